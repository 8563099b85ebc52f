"""Changing settings: a draft, its checks, and saving it (R4.1, R4.3, R4.4, R5.6), on real checks of the sandboxes."""

import itertools
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from include.access.credentials import StoredCredentials
from include.connectors import registry
from include.errors import Conflict, DraftNotSavable, InvalidInput, NotFound
from include.settings import drafts
from include.settings.check_result import CheckLevel, CheckResult
from include.settings.drafts import Draft
from include.settings.nightly import check_tenant
from include.settings.versions import differences, find_version, history
from include.store import sync_state
from include.store import tenants as tenants_table
from include.sync.pipeline import sync
from include.sync.poller import MasterDataPoller
from include.tenants.tenant import load
from tests.helpers.sandboxes import Sandbox
from tests.helpers.tenants import CoupledTenant, CoupleTenant

BY = "anna"


def change(coupled: CoupledTenant, by: str = BY, **changes: Any) -> Draft:
    return drafts.change(coupled.context, coupled.tenant, changes, by)


def check_all(coupled: CoupledTenant) -> Draft:
    return drafts.check(coupled.context, coupled.tenant, BY)


def save(coupled: CoupledTenant, **how: Any) -> int:
    return drafts.save(coupled.context, coupled.tenant, BY, **how)


def in_order(name: str) -> CheckResult:
    return CheckResult(name, CheckLevel.OK, "settings.ok", name)


def passed(coupled: CoupledTenant, names: list[str] | None = None) -> None:
    """As if every check had found nothing wrong: for tests of what comes after the checks."""
    draft = drafts.open_draft(coupled.context, coupled.tenant, BY)
    results = [in_order(name) for name in names or type(draft.settings).model_fields]
    drafts.store_results(coupled.context, coupled.tenant, draft.revision, results)


# checking before saving


def test_change_check_save(coupled: CoupledTenant) -> None:
    """R4.1, R4.3: a changed setting counts once it was checked and saved, and not before."""
    assert change(coupled, work_article="REIS").unchecked == list(type(coupled.tenant.settings).model_fields)
    assert coupled.tenant.settings.work_article == "UREN"
    draft = check_all(coupled)
    assert (draft.unchecked, draft.wrong) == ([], [])
    assert list(draft.results) == list(type(draft.settings).model_fields)
    assert save(coupled) == 2
    assert (coupled.tenant.settings.work_article, coupled.tenant.settings_version) == ("REIS", 2)
    assert drafts.find(coupled.context, coupled.tenant) is None


def test_unchecked_settings_are_not_saved(coupled: CoupledTenant) -> None:
    """R4.1: refused, with the names of all that were not checked."""
    change(coupled, work_article="REIS")
    drafts.check(coupled.context, coupled.tenant, BY, ["work_article"])
    with pytest.raises(DraftNotSavable) as caught:
        save(coupled)
    named = [problem.split(":")[0].removeprefix("settings.") for problem in caught.value.problems]
    assert named == [name for name in type(coupled.tenant.settings).model_fields if name != "work_article"]
    assert coupled.tenant.settings_version == 1


def test_any_change_makes_all_checks_void(coupled: CoupledTenant) -> None:
    """R4.1: also a change back to what was checked."""
    change(coupled, work_article="REIS")
    check_all(coupled)
    change(coupled, filter_word="garantie")
    assert len(change(coupled, filter_word="").unchecked) == len(type(coupled.tenant.settings).model_fields)
    with pytest.raises(DraftNotSavable, match="not checked since the last change"):
        save(coupled)


def test_a_change_to_the_same_is_none(coupled: CoupledTenant) -> None:
    """R4.1: nothing changed, so the checks hold."""
    change(coupled, work_article="REIS")
    check_all(coupled)
    assert change(coupled, work_article="REIS").unchecked == []


def test_errors_are_not_saved_and_warnings_are(couple: CoupleTenant) -> None:
    """R4.1, R4.4: an error is named in words; a warning is for a person to weigh."""
    unit4 = couple("unit4")
    change(unit4, work_article="uren")
    assert check_all(unit4).wrong == ["work_article"]
    with pytest.raises(DraftNotSavable, match="bedoelt u 'UREN'"):
        save(unit4)
    change(unit4, work_article="GRS-01")
    draft = check_all(unit4)
    assert [result.level for result in draft.results["work_article"]] == [CheckLevel.WARNING]
    assert save(unit4) == 2


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"work_article": "BESTAAT-NIET"}, "settings.article_unknown"),
        ({"article_groups": ["Zwembaden"]}, "settings.group_unknown"),
    ],
)
def test_what_does_not_exist_is_refused_by_name(couple: CoupleTenant, wrong: dict[str, Any], code: str) -> None:
    """R4.4: an unknown article code or group."""
    unit4 = couple("unit4")
    change(unit4, **wrong)
    [name] = wrong
    assert [result.code for result in check_all(unit4).results[name]] == [code]
    with pytest.raises(DraftNotSavable, match=r"BESTAAT-NIET|Zwembaden"):
        save(unit4)


def test_a_change_during_a_check_is_not_taken_for_checked(coupled: CoupledTenant) -> None:
    """R4.1: results on what was there before are not kept, not even when it is the same again."""
    draft = change(coupled, work_article="REIS")
    change(coupled, work_article="VOORRIJ")
    change(coupled, work_article="REIS")
    with pytest.raises(Conflict, match="while they were being checked"):
        drafts.store_results(coupled.context, coupled.tenant, draft.revision, [in_order("work_article")])
    draft = drafts.find(coupled.context, coupled.tenant)
    assert draft is not None
    assert not draft.results


def test_unreachable_package_is_not_passed(coupled: CoupledTenant, sandbox: Sandbox) -> None:
    """R4.1: what could not be checked is wrong, though the message itself is only a warning."""
    change(coupled, work_article="REIS")
    path = coupled.accounting.api_path
    sandbox.server.world.faults.add({"kind": "status", "status": 503, "path": path, "count": -1})
    assert {"administration", "work_article"} <= set(check_all(coupled).wrong)
    with pytest.raises(DraftNotSavable):
        save(coupled)


# wrong input


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"filterword": "x"}, "settings.filterword: unknown; use administration"),
        ({"sync_at": "25:00"}, "settings.sync_at: '25:00' is not allowed"),
        ({"sync_at": "25:00"}, "HH:MM, Dutch time"),
        ({"simon_at_once": 0}, "settings.simon_at_once: 0 is not allowed"),
        ({"filter_word": "a\nb"}, "one line of readable characters"),
        ({"filter_word": "a\x00b"}, "one line of readable characters"),
        ({"administration": ""}, "settings.administration: '' is not allowed"),
    ],
)
def test_wrong_input_names_field_value_and_what_is_allowed(
    coupled: CoupledTenant, changes: dict[str, Any], expected: str
) -> None:
    """R4.4: and nothing of it is kept, what was right beside it neither."""
    with pytest.raises(InvalidInput) as caught:
        change(coupled, travel_article="UREN", **changes)
    assert expected in str(caught.value)
    assert drafts.find(coupled.context, coupled.tenant) is None


def test_an_unknown_setting_cannot_be_checked(coupled: CoupledTenant) -> None:
    """R4.4: named, with those there are."""
    with pytest.raises(InvalidInput, match=r"settings\.colour: unknown; use administration"):
        drafts.check(coupled.context, coupled.tenant, BY, ["work_article", "colour"])


def test_an_active_coupling_stays_with_its_administration(coupled: CoupledTenant) -> None:
    """R5.6: its links and documents are there."""
    with pytest.raises(InvalidInput, match="stays with it"):
        change(coupled, administration="MVL00002")
    assert coupled.tenant.settings_version == 1


# versions


def test_every_version_is_kept(coupled: CoupledTenant) -> None:
    """R4.3: who, when and what are kept; a version never changes afterwards."""
    for code in ("REIS", "VOORRIJ"):
        change(coupled, work_article=code)
        check_all(coupled)
        save(coupled)
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
    change(unit4, work_article="UREN")
    check_all(unit4)
    save(unit4)
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
        save(coupled)
    check_all(coupled)
    with pytest.raises(DraftNotSavable, match="nothing was changed"):
        save(coupled)


def test_a_setting_that_is_newer_than_the_version(coupled: CoupledTenant) -> None:
    """R4.3: what a version did not know has its default in it, which is no change by anybody."""
    with coupled.context.store.begin() as tx:
        body = coupled.tenant.settings.model_dump(mode="json")
        older = {name: body[name] for name in ("administration", "cleanup_days")}
        tenants_table.save_settings(tx, coupled.tenant.id, older, "anna")
    check_all(coupled)
    with pytest.raises(DraftNotSavable, match="nothing was changed"):
        save(coupled)
    latest, _ = history(coupled.context, coupled.tenant)
    assert set(latest.changed) == {"travel_article", "work_article", "default_article", "work_description"}


def test_other_filters_make_the_lists_be_read_again(couple: CoupleTenant) -> None:
    """R4.3: they count from the moment of saving, though nothing changed in the package."""
    unit4 = couple("unit4")
    poller = MasterDataPoller(unit4.context)
    assert poller.poll(unit4.tenant)
    sync(unit4.context, unit4.tenant, "first", full=True)
    assert not MasterDataPoller(unit4.context).poll(unit4.tenant)
    change(unit4, filter_word="garantie")
    passed(unit4)
    save(unit4)
    assert not MasterDataPoller(unit4.context).poll(unit4.tenant)
    change(unit4, article_groups=["Arbeid"])
    passed(unit4)
    save(unit4)
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


# several people


def test_the_last_change_counts(coupled: CoupledTenant) -> None:
    """R4.1: two people work on one draft, and each sees the other's part."""
    change(coupled, by="anna", work_article="REIS", filter_word="garantie")
    draft = change(coupled, by="bert", work_article="VOORRIJ")
    assert (draft.settings.work_article, draft.settings.filter_word) == ("VOORRIJ", "garantie")
    assert draft.changed_by == "bert"


def test_a_save_after_somebody_elses_is_refused(coupled: CoupledTenant) -> None:
    """R4.3: whoever looked at version 1 does not save over version 2 unseen."""
    change(coupled, work_article="REIS")
    passed(coupled)
    save(coupled, base=1)
    change(coupled, filter_word="garantie")
    passed(coupled)
    with pytest.raises(DraftNotSavable, match="you looked at version 1, but version 2 is the latest"):
        save(coupled, base=1)
    assert save(coupled, base=2) == 3


def test_a_draft_of_an_older_version_is_refused(coupled: CoupledTenant) -> None:
    """R4.3: what was saved beside it is not undone; discarding is the way on."""
    change(coupled, work_article="REIS")
    passed(coupled)
    body = coupled.tenant.settings.model_dump(mode="json") | {"filter_word": "garantie"}
    with coupled.context.store.begin() as tx:
        tenants_table.save_settings(tx, coupled.tenant.id, body, "bert")
    for attempt in (lambda: save(coupled), lambda: change(coupled, work_article="UREN")):
        with pytest.raises((Conflict, DraftNotSavable), match="version 2 was saved meanwhile; discard it"):
            attempt()
    assert drafts.discard(coupled.context, coupled.tenant)
    assert change(coupled, work_article="REIS").settings.filter_word == "garantie"


def test_saves_at_the_same_moment(coupled: CoupledTenant) -> None:
    """R4.3: of ten that press save together, one version comes."""
    change(coupled, work_article="REIS")
    passed(coupled)
    start = threading.Barrier(10)

    def press(_: int) -> int | None:
        start.wait()
        try:
            return save(coupled)
        except DraftNotSavable:
            return None

    with ThreadPoolExecutor(10) as people:
        outcomes = list(people.map(press, range(10)))
    assert sorted(outcome for outcome in outcomes if outcome) == [2]
    assert len(history(coupled.context, coupled.tenant)) == 2


# any order of things

_made = itertools.count()  # a tenant of its own for each example
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("set"), st.sampled_from([("travel_article", c) for c in ("UREN", "REIS", "uren", "")])),
        st.tuples(st.just("set"), st.sampled_from([("filter_word", w) for w in ("garantie", "e", "")])),
        st.tuples(st.just("check"), st.sampled_from([None, ["travel_article"], ["administration", "filter_word"]])),
        st.tuples(st.just("check"), st.none()),
        st.tuples(st.just("save"), st.none()),
    ),
    max_size=12,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_no_order_of_things_saves_what_was_not_checked(
    couple: CoupleTenant, sandbox: Sandbox, steps: list[Any]
) -> None:
    """R4.1: in any sequence of set, check and save, a save succeeds only when all was checked and nothing is wrong."""
    sandbox.server.world.switches.set("rompslomp.rate_limit", 0)
    coupled = couple("rompslomp", slug=f"eigen_{next(_made)}")
    checked: set[str] = set()
    fields = list(type(coupled.tenant.settings).model_fields)
    body, saved = coupled.tenant.settings, coupled.tenant.settings
    for action, how in steps:
        if action == "set":
            after = change(coupled, **{how[0]: how[1]}).settings
            checked, body = (checked if after == body else set()), after
        elif action == "check":
            drafts.check(coupled.context, coupled.tenant, BY, how)
            checked |= set(how or fields)
        else:
            allowed = checked == set(fields) and body.travel_article != "uren" and body != saved
            assert tried(lambda: save(coupled)) == allowed
            if allowed:
                saved, checked = body, set()
            assert coupled.tenant.settings == saved


def tried(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except DraftNotSavable:
        return False
    return True
