"""The store: migrations, the ledger's lease and fence, COPY, the log."""

from datetime import UTC, datetime, timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError

from include.context import Context
from include.errors import ClaimLost
from include.records import WorkOrderRef
from include.store import ledger, migrate, records, runs, staging, tenants
from include.store.runs import NewRun
from include.store.tables import metadata

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
LEASE = timedelta(minutes=5)


@pytest.fixture
def tenant_id(context: Context) -> int:
    with context.store.begin() as tx:
        return tenants.add(tx, "one", "Een B.V.", "unit4", "active", NOW)


def seen(id: int, minute: int = 0) -> tuple[WorkOrderRef, str]:
    at = NOW + timedelta(minutes=minute)
    return WorkOrderRef(id=id, number=str(id), archived_at=at, changed_at=at), f"WB-{id}"


def test_migrations_make_the_tables(store_url: str) -> None:
    """Architecture 2: the migrations and the declared tables are the same, and migrating again changes nothing."""
    migrate(store_url)
    engine = create_engine(store_url)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


def test_an_archiving_is_entered_once(context: Context, tenant_id: int) -> None:
    """R3.10: one entry per work order and moment of archiving, however often it is seen."""
    with context.store.begin() as tx:
        assert ledger.discover(tx, tenant_id, [seen(1), seen(2)], NOW) == 2
        assert ledger.discover(tx, tenant_id, [seen(1), seen(2), seen(1, minute=9)], NOW) == 1


def test_only_one_claims(context: Context, tenant_id: int) -> None:
    """R3.10: the second runner gets nothing while the lease lasts, and the fence rises with each claim."""
    with context.store.begin() as tx:
        ledger.discover(tx, tenant_id, [seen(1)], NOW)
        [entry_id] = ledger.due(tx, tenant_id, datetime.max.replace(tzinfo=UTC), 10)
        first = ledger.claim(tx, entry_id, NOW, LEASE)
        assert first is not None
        assert ledger.claim(tx, entry_id, NOW, LEASE) is None
        second = ledger.claim(tx, entry_id, NOW + LEASE * 2, LEASE)
        assert second is not None
        assert second.fence == first.fence + 1


def test_a_superseded_runner_cannot_write(context: Context, tenant_id: int) -> None:
    """R3.10: whoever lost the lease learns it before anything is changed."""
    with context.store.begin() as tx:
        ledger.discover(tx, tenant_id, [seen(1)], NOW)
        [entry_id] = ledger.due(tx, tenant_id, datetime.max.replace(tzinfo=UTC), 10)
        slow = ledger.claim(tx, entry_id, NOW, LEASE)
        quick = ledger.claim(tx, entry_id, NOW + LEASE * 2, LEASE)
        assert slow
        assert quick
        with pytest.raises(ClaimLost):
            ledger.step(tx, slow, "sending")
        ledger.step(tx, quick, "sending")


def test_the_database_itself_refuses_a_second_document(context: Context, tenant_id: int) -> None:
    """R3.10: two archivings of one work order cannot both be sent, whatever the code does."""
    with context.store.begin() as tx:
        ledger.discover(tx, tenant_id, [seen(1), seen(1, minute=1)], NOW)
        due = ledger.due(tx, tenant_id, datetime.max.replace(tzinfo=UTC), 10)
        entries = [ledger.claim(tx, entry_id, NOW, LEASE) for entry_id in due]
    first, second = (entry for entry in entries if entry)
    with context.store.begin() as tx:
        ledger.step(tx, first, "sending")
    with pytest.raises(IntegrityError, match="one_document"), context.store.begin() as tx:
        ledger.step(tx, second, "sending")


def test_fresh_work_goes_before_a_backlog(context: Context, tenant_id: int) -> None:
    """R3.13: the latest archived is looked at first."""
    with context.store.begin() as tx:
        ledger.discover(tx, tenant_id, [seen(n, minute=n) for n in range(1, 6)], NOW)
        due = ledger.due(tx, tenant_id, datetime.max.replace(tzinfo=UTC), 2)
        numbers = tx.execute(
            text("SELECT number FROM ledger WHERE id = ANY(:due) ORDER BY archived_at DESC"), {"due": due}
        )
        assert numbers.scalars().all() == ["5", "4"]


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])))
def test_any_text_survives_staging(context: Context, tenant_id: int, value: str) -> None:
    """Architecture 5: COPY takes tabs, line ends, backslashes and all of Unicode."""
    with context.store.begin() as tx:
        run_id = runs.add(tx, NewRun(tenant_id, "sync", value)).id
        staging.add(tx, run_id, "customers", [("key", None, {"name": value})])
        [[(_, row, _)]] = list(staging.chunks(tx, run_id, "customers", 10))
        assert row == {"name": value}
        tx.rollback()


def test_a_row_that_was_read_twice_counts_once(context: Context, tenant_id: int) -> None:
    """Architecture 5: rows shift between pages; the last reading counts."""
    with context.store.begin() as tx:
        run_id = runs.add(tx, NewRun(tenant_id, "sync", "run")).id
        staging.add(tx, run_id, "customers", [("1", None, {"v": 1}), ("2", None, {"v": 1})])
        staging.add(tx, run_id, "customers", [("1", None, {"v": 2})])
        found = [[(key, row) for key, row, _ in chunk] for chunk in staging.chunks(tx, run_id, "customers", 1)]
        assert found == [[("1", {"v": 2})], [("2", {"v": 1})]]


def test_the_same_rows_are_not_rewritten(context: Context, tenant_id: int) -> None:
    """R1.10: merging what is there already leaves the rows as they are."""
    rows = [(str(n), '{"name": "x"}', True, b"digest", "source") for n in range(10)]
    for _ in range(2):
        with context.store.begin() as tx:
            records.merge(tx, tenant_id, "customers", rows)
    with context.store.begin() as tx:
        assert tx.execute(text("SELECT count(DISTINCT xmin::text) FROM records")).scalar() == 1
