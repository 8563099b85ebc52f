"""Versions of settings: each is kept, and says what it changes (R4.1, R4.3)."""

from typing import Any

import pytest

from include.access.credentials import StoredCredentials
from include.connectors import registry
from include.errors import DraftNotSavable, InvalidInput, NotFound
from include.settings import drafts
from include.settings.nightly import check_tenant
from include.settings.versions import differences, find_version, history
from include.store import sync_state
from include.store import tenants as tenants_table
from include.sync.pipeline import sync
from include.sync.poller import MasterDataPoller
from include.tenants.tenant import load
from tests.helpers.setting_drafts import BY, change_draft, check_draft, pass_all_checks, save_draft
from tests.helpers.tenants import CoupledTenant, CoupleTenant


def test_every_version_is_kept(coupled: CoupledTenant) -> None:
    """R4.3: who, when and what are kept; a version never changes afterwards."""
    for code in ("REIS", "VOORRIJ"):
        change_draft(coupled, work_article=code)
        check_draft(coupled)
        save_draft(coupled)
    third, second, first = history(coupled.context, coupled.tenant)
    assert [version.version for version in (first, second, third)] == [1, 2, 3]
    assert third.changed == {"work_article": ("REIS", "VOORRIJ")}
    assert (second.saved_by, second.body["work_article"]) == (BY, "REIS")
    assert first.changed["administration"] == ("", coupled.tenant.settings.administration)
    assert "filter_word" not in first.changed
    assert first.saved_at < second.saved_at < third.saved_at
    assert differences(first.body, third.body) == {"work_article": ("UREN", "VOORRIJ")}
    assert find_version(coupled.context, coupled.tenant, 1).body == first.body
    with pytest.raises(NotFound, match="version: 9 does not exist; use 1 to 3"):
        find_version(coupled.context, coupled.tenant, 9)


def test_a_save_is_told_and_settles(couple: CoupleTenant) -> None:
    """R4.3, R7.5: who changed what stands in the log; what the night found wrong is over, what is still so is not."""
    unit4 = couple("unit4", work_article="BESTAAT-NIET")
    check_tenant(unit4.context, unit4.tenant, "night")
    assert {problem.code for problem in unit4.open_problems()} == {
        "settings.article_unknown",
        "settings.customers_without_payment_condition",
    }
    change_draft(unit4, work_article="UREN")
    check_draft(unit4)
    save_draft(unit4)
    [told] = [row for row in unit4.log("success") if row.code == "settings.saved"]
    assert (told.record, told.values) == (
        "2",
        {"by": BY, "changed": {"nl": "Artikel werktijd", "en": "Article for work time"}},
    )
    [still] = unit4.open_problems()
    assert still.code == "settings.customers_without_payment_condition"


def test_nothing_changed_is_nothing_to_save(coupled: CoupledTenant) -> None:
    """R4.3: a version is a change."""
    with pytest.raises(DraftNotSavable, match="nothing was changed"):
        save_draft(coupled)
    check_draft(coupled)
    with pytest.raises(DraftNotSavable, match="nothing was changed"):
        save_draft(coupled)


def test_a_setting_that_is_newer_than_the_version(coupled: CoupledTenant) -> None:
    """R4.3: what a version did not know has its default in it, which is no change by anybody."""
    with coupled.context.store.begin() as tx:
        body = coupled.tenant.settings.model_dump(mode="json")
        older = {name: body[name] for name in ("administration", "cleanup_days")}
        tenants_table.save_settings(tx, coupled.tenant.id, older, "anna")
    check_draft(coupled)
    with pytest.raises(DraftNotSavable, match="nothing was changed"):
        save_draft(coupled)
    latest, _ = history(coupled.context, coupled.tenant)
    assert set(latest.changed) == {"travel_article", "work_article", "default_article", "work_description"}


def test_other_filters_make_the_lists_be_read_again(couple: CoupleTenant) -> None:
    """R4.3: they count from the moment of saving, though nothing changed in the package."""
    unit4 = couple("unit4")
    poller = MasterDataPoller(unit4.context)
    assert poller.poll(unit4.tenant)
    sync(unit4.context, unit4.tenant, "first", full=True)
    assert not MasterDataPoller(unit4.context).poll(unit4.tenant)
    change_draft(unit4, filter_word="garantie")
    pass_all_checks(unit4)
    save_draft(unit4)
    assert not MasterDataPoller(unit4.context).poll(unit4.tenant)
    change_draft(unit4, article_groups=["Arbeid"])
    pass_all_checks(unit4)
    save_draft(unit4)
    with unit4.context.store.begin() as tx:
        assert sync_state.get(tx, unit4.tenant.id).synced_fingerprint is None
    assert MasterDataPoller(unit4.context).poll(unit4.tenant)


def test_the_first_settings_of_a_tenant(coupled: CoupledTenant) -> None:
    """R5.1: a tenant that has none yet is set, checked and saved in the same way; until it was active, it may move."""
    context, other = coupled.context, load(coupled.context, coupled.slug)
    with context.store.begin() as tx:
        tenant_id = tenants_table.add(tx, "nieuw", "Nieuw B.V.", coupled.package, status="settings")  # type: ignore[arg-type]
        vault = StoredCredentials[Any](context, other.id, other.package)
        StoredCredentials(context, tenant_id, registry.package(coupled.package)).put(tx, vault.read())
    with pytest.raises(InvalidInput, match=r"settings\.administration: Field required"):
        drafts.change(context, load(context, "nieuw"), {"filter_word": "garantie"}, BY)
    drafts.change(context, load(context, "nieuw"), {"administration": "NERGENS"}, BY)
    assert "administration" in drafts.check(context, load(context, "nieuw"), BY).wrong
    drafts.change(context, load(context, "nieuw"), {"administration": other.settings.administration}, BY)
    assert drafts.check(context, load(context, "nieuw"), BY).wrong == []
    assert drafts.save(context, load(context, "nieuw"), BY) == 1
