"""Bad days of the package and of Simon during a sync: it finishes, or ends with one clear message and no harm done."""

from typing import Any

import pytest

from include.access.credentials import StoredCredentials
from include.cleanup.pipeline import clean_up
from include.connectors import registry
from include.connectors.simple_simon.client import SimonAccess
from include.errors import ContractBroken, IntegrationError, Misconfigured, Transient
from include.sync.pipeline import sync
from include.sync.poller import MasterDataPoller
from tests.helpers.clock import FakeClock
from tests.helpers.sandboxes import Sandbox
from tests.helpers.snapshots import (
    add_fault,
    assert_same_outcome,
    count_reads,
    count_simon_writes,
    simon_state,
    unexpected_codes,
)
from tests.helpers.tenants import CoupledTenant, CoupleTenant

pytestmark = pytest.mark.usefixtures("small_steps")
Fault = dict[str, Any]


READING: dict[str, tuple[Fault, list[float]]] = {
    "429": ({"kind": "status", "status": 429, "retry_after": 7}, [7.0]),
    "429 without a word": ({"kind": "status", "status": 429}, [1.0]),
    "500 three times": ({"kind": "status", "status": 500, "count": 3}, [1.0, 2.0, 4.0]),
    "503": ({"kind": "status", "status": 503}, [1.0]),
    "dropped before": ({"kind": "drop_before"}, [1.0]),
    "dropped after": ({"kind": "drop_after"}, [1.0]),
}


@pytest.mark.parametrize("name", READING)
def test_a_listing_that_stutters_is_read_all_the_same(
    coupled: CoupledTenant, undisturbed: CoupledTenant, sandbox: Sandbox, clock: FakeClock, name: str
) -> None:
    """R5.3, architecture 4: waited out, as long as was asked; nothing is missing and nothing is logged."""
    fault, waits = READING[name]
    clock.slept_s.clear()
    add_fault(sandbox, **fault, path=coupled.accounting.customers_path, skip=1)
    sync(coupled.context, coupled.tenant, "one")
    assert clock.slept_s == waits
    assert unexpected_codes(coupled) == []
    assert_same_outcome(coupled, undisturbed)


BROKEN: dict[str, tuple[Fault, type[IntegrationError], str]] = {
    "truncated": ({"kind": "truncated"}, ContractBroken, "connection.unexpected_response"),
    "html": ({"kind": "html"}, ContractBroken, "connection.unexpected_response"),
    "empty": ({"kind": "empty"}, ContractBroken, "connection.unexpected_response"),
    "busy for an hour": ({"kind": "status", "status": 429, "retry_after": 3600}, Transient, "connection.busy"),
    "away": ({"kind": "status", "status": 503, "count": 5}, Transient, "connection.unavailable"),
    "forbidden": ({"kind": "status", "status": 403}, Misconfigured, "connection.forbidden"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_listing_that_breaks_is_one_clear_message(
    coupled: CoupledTenant, undisturbed: CoupledTenant, sandbox: Sandbox, clock: FakeClock, name: str
) -> None:
    """R7.1, R7.2: it gives one row with an action; Simon is as it was; the next run reads only what is missing."""
    fault, kind, code = BROKEN[name]
    add_fault(sandbox, **fault, path=coupled.accounting.customers_path, skip=1)
    with pytest.raises(kind) as caught:
        sync(coupled.context, coupled.tenant, "one")
    assert caught.value.action()
    assert unexpected_codes(coupled) == [code]
    assert coupled.simon("Customer") == coupled.simon("Item") == []
    mark = coupled.control.mark()
    clock.advance(minutes=61)
    sync(coupled.context, coupled.tenant, "one")
    pages = 3 if coupled.accounting.lists_announce_totals else 4  # with the empty one at the end
    assert count_reads(coupled, mark, coupled.accounting.customers_route) == pages - 1
    assert_same_outcome(coupled, undisturbed)


def test_a_wait_that_is_too_long_is_passed_on(coupled: CoupledTenant, sandbox: Sandbox, clock: FakeClock) -> None:
    """R6.1: an hour is Airflow's to wait, and it is told how long."""
    clock.slept_s.clear()
    add_fault(sandbox, kind="status", status=429, retry_after=3600, path=coupled.accounting.customers_path)
    with pytest.raises(Transient) as caught:
        sync(coupled.context, coupled.tenant, "one")
    assert caught.value.retry_after_s == 3600
    assert clock.slept_s == []


@pytest.mark.parametrize("system", ["package", "Simple-Simon"])
def test_a_wait_is_honoured_by_every_next_try(
    coupled: CoupledTenant, sandbox: Sandbox, clock: FakeClock, system: str
) -> None:
    """R6.1: of the same run or another, of a sync or a clean-up, and by the watcher: nothing is asked before."""
    path = coupled.accounting.customers_path if system == "package" else "/odata/Customer"
    add_fault(sandbox, kind="status", status=429, retry_after=1800, path=path)
    with pytest.raises(Transient):
        sync(coupled.context, coupled.tenant, "one")
    mark = coupled.control.mark()
    watcher = MasterDataPoller(coupled.context)
    for minutes in (0, 20, 9):
        clock.advance(minutes=minutes)
        for attempt in ("one", "two"):
            with pytest.raises(Transient) as caught:
                sync(coupled.context, coupled.tenant, attempt)
            assert caught.value.retry_after_s is not None
            assert 0 < caught.value.retry_after_s <= 1800
        with pytest.raises(Transient):
            clean_up(coupled.context, coupled.tenant, "clean")
        assert watcher.poll(coupled.tenant) is False
    assert coupled.control.call("GET", f"requests?since={mark}")["counts"] == []
    clock.advance(minutes=2)
    assert sync(coupled.context, coupled.tenant, "two")["customers"]["new"] > 0


def test_a_token_that_expires_in_the_middle(
    coupled: CoupledTenant, undisturbed: CoupledTenant, sandbox: Sandbox
) -> None:
    """Architecture 4: renewed once, also Simon's; what was stored is what was used."""
    coupled.accounting.use_expiring_tokens(coupled.context, coupled.tenant)
    add_fault(sandbox, kind="expired_token", path=coupled.accounting.customers_path, skip=1)
    add_fault(sandbox, kind="expired_token", path="/odata/Customer", method="POST", skip=3)
    add_fault(sandbox, kind="expired_token", path="/odata/Item", method="GET", skip=1)
    sync(coupled.context, coupled.tenant, "one")
    assert unexpected_codes(coupled) == []
    assert_same_outcome(coupled, undisturbed)
    sync(coupled.context, coupled.tenant, "two")


def test_all_tokens_expire_between_extract_and_load(
    coupled: CoupledTenant, undisturbed: CoupledTenant, sandbox: Sandbox
) -> None:
    """Architecture 4: each step opens its systems anew and signs in when it must."""
    coupled.accounting.use_expiring_tokens(coupled.context, coupled.tenant)
    add_fault(sandbox, kind="status", status=503, path="/odata/Customer", count=5)
    with pytest.raises(Transient):
        sync(coupled.context, coupled.tenant, "one")
    sandbox.control.call("POST", "expire-tokens")
    sync(coupled.context, coupled.tenant, "one")
    assert_same_outcome(coupled, undisturbed)


CREATING: dict[str, Fault] = {
    "dropped before": {"kind": "drop_before"},
    "dropped after": {"kind": "drop_after"},
    "500 after it was stored": {"kind": "status_after", "status": 500},
    "500 instead": {"kind": "status", "status": 500},
    "429": {"kind": "status", "status": 429, "retry_after": 2},
    "truncated": {"kind": "truncated"},
    "empty": {"kind": "empty"},
    "html": {"kind": "html"},
}


@pytest.mark.parametrize("name", CREATING)
def test_a_create_whose_answer_is_lost_makes_one_record(
    coupled: CoupledTenant, undisturbed: CoupledTenant, sandbox: Sandbox, name: str
) -> None:
    """R1.10: looked up before it is made again, in every table, twice in a row."""
    for entity in ("Customer", "Location", "Item"):
        add_fault(sandbox, **CREATING[name], path=f"/odata/{entity}$", method="POST", skip=2)
        add_fault(sandbox, **CREATING[name], path=f"/odata/{entity}$", method="POST", skip=6)
    sync(coupled.context, coupled.tenant, "one")
    assert unexpected_codes(coupled) == []
    assert_same_outcome(coupled, undisturbed)


def use_rest(coupled: CoupledTenant, sandbox: Sandbox) -> None:
    """Connect Simon by its older interface."""
    simon = registry.field_service()
    vault = StoredCredentials[SimonAccess](coupled.context, coupled.tenant.id, simon)
    older = vault.read().model_copy(update={"base": sandbox.access["simon"]["rest"], "dialect": "rest"})
    with coupled.context.store.begin() as tx:
        StoredCredentials(coupled.context, coupled.tenant.id, simon).put(tx, older)


@pytest.mark.parametrize("name", ["dropped before", "dropped after", "500 after it was stored", "truncated"])
def test_the_older_interface_loses_no_answer_either(
    coupled: CoupledTenant, undisturbed: CoupledTenant, sandbox: Sandbox, name: str
) -> None:
    """R1.1, R1.10: the same records through Simon's older interface, each once; a second run writes nothing."""
    use_rest(coupled, sandbox)
    for table in ("customer", "location", "item"):
        add_fault(sandbox, **CREATING[name], path=f"/rest/{table}/insert$", skip=2)
    sync(coupled.context, coupled.tenant, "one")
    assert unexpected_codes(coupled) == []
    assert_same_outcome(coupled, undisturbed)
    key = coupled.accounting.rename_first_company("Andere Naam B.V.")
    mark = coupled.control.mark()
    counts = sync(coupled.context, coupled.tenant, "two")
    assert counts["customers"]["changed"] == 1
    assert coupled.control.writes(coupled.key, mark) <= 2  # the customer, and its work address if it bears the name
    assert next(r for r in coupled.simon("Customer") if r["ExternalId"] == key)["Name"] == "Andere Naam B.V."
    mark = coupled.control.mark()
    sync(coupled.context, coupled.tenant, "three")
    assert coupled.control.writes(coupled.key, mark) == 0


@pytest.mark.parametrize("name", ["dropped before", "dropped after", "500 instead", "500 after it was stored"])
def test_an_update_that_stutters_is_sent_again(coupled: CoupledTenant, sandbox: Sandbox, name: str) -> None:
    """R1.10: a PUT may be repeated; afterwards the record is as it should be and nothing else is touched."""
    sync(coupled.context, coupled.tenant, "one")
    before = simon_state(coupled)
    key = coupled.accounting.rename_first_company("Andere Naam B.V.")
    add_fault(sandbox, **CREATING[name], path=r"/odata/Customer\(", method="PUT")
    counts = sync(coupled.context, coupled.tenant, "two")
    assert (counts["customers"]["changed"], counts["customers"]["new"]) == (1, 0)
    after = simon_state(coupled)
    assert [row["ExternalId"] for row in after["Customer"] if row not in before["Customer"]] == [key]
    assert unexpected_codes(coupled) == []


@pytest.mark.parametrize(("kind", "skip"), [("moving_total", 0), ("moving_total", 1), ("lost_page", 1)])
def test_a_listing_that_moves_is_read_again(couple: CoupleTenant, sandbox: Sandbox, kind: str, skip: int) -> None:
    """R2.4: as many rows as were announced, on every page the same number of them; else it is read from the start."""
    coupled, undisturbed = couple("rompslomp"), couple("rompslomp", slug="undisturbed")
    sync(undisturbed.context, undisturbed.tenant, "one")
    add_fault(sandbox, kind=kind, path="/contacts", skip=skip)
    sync(coupled.context, coupled.tenant, "one")
    assert unexpected_codes(coupled) == []
    assert_same_outcome(coupled, undisturbed)


def test_a_listing_that_keeps_moving_is_one_clear_message(couple: CoupleTenant, sandbox: Sandbox) -> None:
    """R2.4, R7.2: after three times it stops, Simon is as it was, and the next run completes."""
    coupled, undisturbed = couple("rompslomp"), couple("rompslomp", slug="undisturbed")
    sync(undisturbed.context, undisturbed.tenant, "one")
    add_fault(sandbox, kind="lost_page", path="/contacts", count=-1)
    with pytest.raises(Transient) as caught:
        sync(coupled.context, coupled.tenant, "one")
    assert caught.value.action()
    assert unexpected_codes(coupled) == ["sync.listing_unstable"]
    assert coupled.simon("Customer") == []
    sandbox.server.world.faults.clear()
    sync(coupled.context, coupled.tenant, "two")
    assert_same_outcome(coupled, undisturbed)


def test_a_record_that_simon_refuses_is_its_own_trouble_only(
    coupled: CoupledTenant, undisturbed: CoupledTenant, sandbox: Sandbox
) -> None:
    """R7.1, R1.1: one error with the record's name; all others come over, and the next sync repairs it."""
    add_fault(sandbox, kind="status", status=400, path="/odata/Item$", method="POST", skip=4)
    counts = sync(coupled.context, coupled.tenant, "one")
    assert counts["articles"]["rejected"] == 1
    assert unexpected_codes(coupled) == ["sync.record_refused"]
    [row] = [row for row in coupled.log("error")]
    assert (row.table, row.values["system"]) == ("article", "Simple-Simon")
    assert len(coupled.simon("Item")) == len(undisturbed.simon("Item")) - 1
    assert row.record not in {item["Code"] for item in coupled.simon("Item")}

    mark = coupled.control.mark()
    sync(coupled.context, coupled.tenant, "two")
    assert count_simon_writes(coupled, mark) == {"POST Item": 1}
    assert_same_outcome(coupled, undisturbed)


def test_a_refused_customer_keeps_its_work_address_back(
    coupled: CoupledTenant, undisturbed: CoupledTenant, sandbox: Sandbox
) -> None:
    """R1.4: no work address without its customer; both come with the next sync."""
    add_fault(sandbox, kind="status", status=422, path="/odata/Customer$", method="POST")
    counts = sync(coupled.context, coupled.tenant, "one")
    assert counts["customers"]["rejected"] == counts["work_addresses"]["rejected"] == 1
    assert unexpected_codes(coupled)[0] == "sync.record_refused"
    mark = coupled.control.mark()
    sync(coupled.context, coupled.tenant, "two")
    assert count_simon_writes(coupled, mark) == {"POST Customer": 1, "POST Location": 1}
    assert_same_outcome(coupled, undisturbed)


def test_a_refused_change_is_tried_again(coupled: CoupledTenant, sandbox: Sandbox) -> None:
    """R1.1: the record stays as it was in Simon, and the next sync brings the change."""
    sync(coupled.context, coupled.tenant, "one")
    before = simon_state(coupled)["Customer"]
    key = coupled.accounting.rename_first_company("Andere Naam B.V.")
    add_fault(sandbox, kind="status", status=409, path=r"/odata/Customer\(", method="PUT")
    sync(coupled.context, coupled.tenant, "two")
    assert unexpected_codes(coupled) == ["sync.record_refused"]
    assert simon_state(coupled)["Customer"] == before
    sync(coupled.context, coupled.tenant, "three")
    assert next(r for r in coupled.simon("Customer") if r["ExternalId"] == key)["Name"] == "Andere Naam B.V."


@pytest.mark.parametrize("path", ["/odata/", "/odata/Customer$", "/odata/Item$", "/login$"])
def test_simon_away_is_one_clear_message(
    coupled: CoupledTenant, undisturbed: CoupledTenant, sandbox: Sandbox, path: str
) -> None:
    """R7.1, R7.2: the run fails with one row and an action; the next one completes what is missing."""
    add_fault(sandbox, kind="status", status=503, path=path, count=-1)
    with pytest.raises(Transient) as caught:
        sync(coupled.context, coupled.tenant, "one")
    assert caught.value.action()
    assert unexpected_codes(coupled) == ["connection.unavailable"]
    sandbox.server.world.faults.clear()
    sync(coupled.context, coupled.tenant, "two")
    assert unexpected_codes(coupled) == ["connection.unavailable"]
    assert_same_outcome(coupled, undisturbed)


def test_simon_that_refuses_everything_stops_the_run(couple: CoupleTenant, sandbox: Sandbox, monkeypatch: Any) -> None:
    """R7.1: something else is wrong then; one row says so, after those of the records."""
    monkeypatch.setattr("include.sync.load.TOO_MANY_REJECTED", 5)
    coupled = couple("rompslomp")
    add_fault(sandbox, kind="status", status=400, path="/odata/Customer$", method="POST", count=-1)
    with pytest.raises(IntegrationError, match=r"sync\.too_many_refused"):
        sync(coupled.context, coupled.tenant, "one")
    assert unexpected_codes(coupled)[-1] == "sync.too_many_refused"
    assert unexpected_codes(coupled).count("sync.too_many_refused") == 1
    assert len(unexpected_codes(coupled)) <= 5 + 2 * 5 + 1  # two batches may be under way when it is seen
