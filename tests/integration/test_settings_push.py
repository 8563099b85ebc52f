"""Settings and the push: a document is made with one version of them, and says which (R4.2, R4.3)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from include.push.worker import push
from include.settings import drafts
from include.store import ledger, records
from include.store.ledger import LedgerEntry
from include.sync.pipeline import sync
from include.tenants.tenant import Tenant
from tests.helpers.sandboxes import Sandbox
from tests.helpers.tenants import CoupledTenant
from tests.helpers.work_orders import archive_work_order, only_document_of


def save(coupled: CoupledTenant, **changes: Any) -> int:
    drafts.change(coupled.context, coupled.tenant, changes, "anna")
    assert drafts.check(coupled.context, coupled.tenant, "anna").wrong == []
    return drafts.save(coupled.context, coupled.tenant, "anna")


def entries(coupled: CoupledTenant) -> dict[str, LedgerEntry]:
    with coupled.context.store.begin() as tx:
        return {entry.number: entry for entry in ledger.listing(tx, coupled.tenant.id)}


def version_of(coupled: CoupledTenant, work_order: dict[str, Any]) -> int | None:
    return entries(coupled)[work_order["Number"]].settings_version


def first_lines(coupled: CoupledTenant, work_order: dict[str, Any]) -> list[str]:
    return only_document_of(coupled, work_order).line_texts


def test_a_document_names_its_settings_version(ready: CoupledTenant) -> None:
    """R4.3: what was made before a change stays as it was, and says with which version it was made."""
    before = archive_work_order(ready)
    push(ready.context, ready.tenant, "one")
    made = only_document_of(ready, before)
    assert save(ready, work_description=False, default_article="") == 2
    after = archive_work_order(ready)
    push(ready.context, ready.tenant, "two")
    assert (version_of(ready, before), version_of(ready, after)) == (1, 2)
    assert "Cv-ketel nazien" in first_lines(ready, before)
    assert "Cv-ketel nazien" not in first_lines(ready, after)
    assert only_document_of(ready, before) == made


def test_settings_are_those_of_the_moment(ready: CoupledTenant) -> None:
    """R3.9, R3.11, R4.3: saved in the middle of a run of three, a new version holds from the next work order on."""
    begun = [archive_work_order(ready) for _ in range(3)]
    tenant, saved = ready.tenant, []

    def change(entry_count: int) -> None:
        if entry_count == 1 and not saved:
            saved.append(save(ready, work_description=False))

    run = replace(ready.context, now=after_each_document(ready, change))
    assert push(run, tenant, "run") == {"confirmed": 3}
    assert saved == [2]
    assert sorted(version_of(ready, work_order) or 0 for work_order in begun) == [1, 2, 2]
    for work_order in begun:
        described = "Cv-ketel nazien" in first_lines(ready, work_order)
        assert described == (version_of(ready, work_order) == 1)


def test_a_filter_word_holds_at_once(ready: CoupledTenant) -> None:
    """R3.9, R4.3: saved while a run is under way, it keeps back what was not processed yet."""
    for _ in range(3):
        archive_work_order(ready)
    saved: list[int] = []

    def change(entry_count: int) -> None:
        if entry_count == 1 and not saved:
            saved.append(save(ready, filter_word="ketel"))

    run = replace(ready.context, now=after_each_document(ready, change))
    assert push(run, ready.tenant, "run") == {"confirmed": 1, "skipped": 2}


def after_each_document(coupled: CoupledTenant, tell: Callable[[int], None]) -> Callable[[], datetime]:
    """A clock that says how many documents there are whenever it is looked at: the run does so between two of them."""

    def now() -> datetime:
        tell(len(coupled.documents()))
        return coupled.context.now()

    return now


def test_what_passes_the_check_can_be_booked_at_once(ready: CoupledTenant, sandbox: Sandbox) -> None:
    """R4.2: an article that is newer than the last synchronisation passes the check and is on the next document."""
    ready.accounting.create_article("NIEUW-1", price="10.0")
    save(ready, default_article="NIEUW-1")
    made = archive_work_order(ready)
    assert push(ready.context, ready.tenant, "run") == {"confirmed": 1}
    assert "Artikel NIEUW-1" in first_lines(ready, made)


def test_what_a_check_looked_up_does_not_disturb_the_sync(ready: CoupledTenant, sandbox: Sandbox) -> None:
    """R1.1, R1.10: Simon gets the article with the next synchronisation, once, and then nothing more."""
    ready.accounting.create_article("NIEUW-1", price="10.0")
    save(ready, default_article="NIEUW-1", work_article="UREN")
    with ready.context.store.begin() as tx:
        assert records.count_due(tx, ready.tenant.id, "articles") == 0
    counts = sync(ready.context, ready.tenant, "second")
    assert (counts["articles"]["new"], counts["articles"]["changed"]) == (1, 0)
    again = sync(ready.context, ready.tenant, "third")
    assert (again["articles"]["new"], again["articles"]["changed"]) == (0, 0)
    assert [row["Code"] for row in ready.simon("Item")].count("NIEUW-1") == 1


def test_tenant_is_read_whole(ready: CoupledTenant) -> None:
    """R4.3: settings and their number are read together."""
    tenant: Tenant = ready.tenant
    save(ready, filter_word="garantie")
    assert (tenant.settings.filter_word, tenant.settings_version) == ("", 1)
    assert (ready.tenant.settings.filter_word, ready.tenant.settings_version) == ("garantie", 2)
