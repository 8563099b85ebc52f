"""The list of couplings and the deliveries of one: what they count, sort and cost (R1.11, R6)."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event

from include.context import Context
from include.lifecycle.deactivation import pause
from include.log.writer import IntegrationLog
from include.push.ledger import advance, enter
from include.push.stats import push_stats
from include.records import WorkOrderRef
from include.store import ledger, sync_state, tenants, watermarks
from include.store.circuit_breakers import OpenCircuit, access, put
from include.store.engine import engine
from include.store.ledger import LedgerState
from include.store.overview import OverviewQuery
from include.tenants.overview import couplings, next_step
from include.tenants.tenant import load
from tests.helpers.clock import FakeClock

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
SLUGS = ("arend", "beuk", "cedar")


def archive(context: Context, slug: str, number: int, at: datetime, confirmed: bool) -> None:
    """A work order that was archived, and booked or not."""
    sighting = WorkOrderRef(id=number, number=f"WB-{number}", archived_at=at, changed_at=at)
    with context.store.begin() as tx:
        id = load(context, slug).id
        enter(tx, id, [sighting], at)
        [entry] = [entry for entry in ledger.listing(tx, id) if entry.work_order_id == number]
        claimed = ledger.claim(tx, entry.id, at, timedelta(minutes=5))
        assert claimed
        state = LedgerState.CONFIRMED if confirmed else LedgerState.REJECTED
        advance(
            tx,
            claimed,
            state,
            None if confirmed else "work_order.no_customer",
            confirmed_at=datetime.now(UTC) if confirmed else None,
        )


@pytest.fixture
def three(context: Context) -> Context:
    with context.store.begin() as tx:
        for place, slug in enumerate(SLUGS):
            id = tenants.add(
                tx, slug, slug.title(), ("unit4", "rompslomp")[place % 2], status="active", active_since=NOW
            )
            tenants.save_settings(tx, id, {"administration": f"ADM{place}"}, "test")
            sync_state.put(tx, id, synced_at=NOW - timedelta(hours=place))
    return context


def slugs(context: Context, **wanted: object) -> list[str]:
    return [row.tenant for row in couplings(context, OverviewQuery(slugs=SLUGS, **wanted)).rows]  # type: ignore[arg-type]


def test_what_is_shown_of_a_coupling(three: Context) -> None:
    """R1.11, R7.5: administration, moments, highest mutation date on each side, problems by severity, what waits."""
    id = load(three, "beuk").id
    with three.store.begin() as tx:
        watermarks.raise_to(tx, id, "rompslomp", "customers", changed_at=NOW)
        watermarks.raise_to(tx, id, "simple_simon", "customers", changed_at=NOW - timedelta(days=1))
    log = IntegrationLog(three.store, id, "beuk", "run")
    for record in ("a", "b", "b"):
        log.write("run.failed", record, reason="r")
    log.write("work_order.archived_again", "c", document="x")
    archive(three, "beuk", 1, NOW - timedelta(hours=3), confirmed=True)
    archive(three, "beuk", 2, NOW - timedelta(hours=2), confirmed=False)
    archive(three, "beuk", 3, NOW - timedelta(hours=1), confirmed=False)
    [row] = couplings(three, OverviewQuery(slugs=("beuk",))).rows
    assert (row.administration, row.package, row.synced_at) == ("ADM1", "rompslomp", NOW - timedelta(hours=1))
    assert (row.errors, row.warnings, row.waiting, row.oldest) == (2, 1, 2, NOW - timedelta(hours=2))
    assert row.pushed_at is not None
    assert row.seen == {"customers": {"rompslomp": NOW, "simple_simon": NOW - timedelta(days=1)}}


def test_search_filter_and_order(three: Context) -> None:
    """Names and administrations; wildcards are letters; a tenant that may not be seen is in nobody's list."""
    IntegrationLog(three.store, load(three, "cedar").id, "cedar", "run").write("run.failed", "a", reason="r")
    assert slugs(three) == ["arend", "beuk", "cedar"]
    assert slugs(three, text="EU") == ["beuk"]
    assert slugs(three, text="adm2") == ["cedar"]
    assert slugs(three, text="%") == slugs(three, text="' OR 1=1 --") == []
    assert slugs(three, package="unit4") == ["arend", "cedar"]
    assert slugs(three, status="active") == list(SLUGS)
    assert slugs(three, status="inactive") == []
    pause(three, load(three, "beuk"), "test")
    assert slugs(three, status="paused") == ["beuk"]
    assert slugs(three, status="active") == ["arend", "cedar"]
    assert slugs(three, troubled=True) == ["cedar"]
    assert slugs(three, sort="problems", descending=True)[0] == "cedar"
    assert slugs(three, sort="synced") == ["cedar", "beuk", "arend"]
    assert couplings(three, OverviewQuery(slugs=())).total == 0


def test_pages(three: Context) -> None:
    """The total is of all pages, also on a page that is too far."""
    assert [couplings(three, OverviewQuery(slugs=SLUGS), offset, 2).total for offset in (0, 2, 40)] == [3, 3, 3]
    assert [row.tenant for row in couplings(three, OverviewQuery(slugs=SLUGS), 2, 2).rows] == ["cedar"]


def queries(context: Context, wanted: OverviewQuery) -> int:
    """How many it takes."""
    counted: list[str] = []
    watch = engine(context.store.url)

    def count(*arguments: object) -> None:
        counted.append(str(arguments[2]))

    event.listen(watch, "before_cursor_execute", count)
    couplings(context, wanted)
    event.remove(watch, "before_cursor_execute", count)
    return len(counted)


def test_as_many_queries_for_one_as_for_many(three: Context) -> None:
    """Must hold 6: made for 1,000 tenants."""
    cost = queries(three, OverviewQuery(slugs=("arend",)))
    with three.store.begin() as tx:
        more = [f"more{number}" for number in range(60)]
        for slug in more:
            tenants.add(tx, slug, slug, "unit4", status="active", active_since=NOW)
    assert queries(three, OverviewQuery(slugs=(*SLUGS, *more))) == cost <= 4


def test_deliveries(three: Context, clock: FakeClock) -> None:
    """R6.5: thirty business days show documents, median and 95th percentile; what waits, and since when."""
    clock.at = datetime.now(UTC)
    for number, seconds in enumerate((10, 20, 30, 40, 1000), 1):
        archive(three, "arend", number, clock.at - timedelta(seconds=seconds), confirmed=True)
    archive(three, "arend", 9, clock.at - timedelta(days=2), confirmed=False)
    stats = push_stats(three, load(three, "arend"))
    assert stats.states == {"confirmed": 5, "rejected": 1}
    assert (stats.waiting, stats.oldest) == (1, clock.at - timedelta(days=2))
    assert len(stats.days) == 30
    booked = [day for day in stats.days if day.documents]
    assert [day.documents for day in booked] == [5]
    assert 29 < (booked[0].median_s or 0) < 40
    assert 700 < (booked[0].p95_s or 0) < 1000


def test_what_holds_a_coupling_up(three: Context) -> None:
    """R7.2: the sentence and the action of the code are in the reader's language."""
    tenant = load(three, "arend")
    assert push_stats(three, tenant).blocked_by is None
    with three.store.begin() as tx:
        until = datetime.now(UTC) + timedelta(minutes=10)
        put(
            tx,
            tenant.id,
            OpenCircuit(
                "connection.unavailable",
                "Unit4",
                {"system": "Unit4", "reason": "x"},
                until,
                1,
                access(tx, tenant.id),
                tenant.settings_version,
            ),
        )
    blocked_by = push_stats(three, tenant).blocked_by
    assert blocked_by is not None
    assert (blocked_by.until, blocked_by.code) == (until, "connection.unavailable")
    assert "Unit4" in blocked_by.message
    assert blocked_by.action


def test_next_step() -> None:
    """One step at a time, the one that the others wait for first."""
    assert next_step("paused", blocked=True, synced=False, errors=3, stuck=0) == "paused"
    assert next_step("inactive", blocked=True, synced=False, errors=3, stuck=0) == "inactive"
    assert next_step("connecting", blocked=False, synced=False, errors=0, stuck=0) == "inactive"
    assert next_step("active", blocked=True, synced=False, errors=3, stuck=0) == "blocked"
    assert next_step("importing", blocked=False, synced=False, errors=3, stuck=0) == "first_sync"
    assert next_step("active", blocked=False, synced=True, errors=3, stuck=0) == "solve"
    assert next_step("active", blocked=False, synced=True, errors=0, stuck=0) == "none"
    assert next_step("active", blocked=False, synced=True, errors=0, stuck=2) == "work_orders"
