"""The store: migrations, COPY, staging and merging."""

from datetime import UTC, datetime, timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, text

from include.context import Context
from include.errors import NotConfigured
from include.store import migrate, records, runs, staging, tenants
from include.store.records import IncomingRecord
from include.store.runs import NewRun
from include.store.tables import metadata
from local.database import RoleUrls

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
LEASE = timedelta(minutes=5)


@pytest.fixture
def tenant_id(context: Context) -> int:
    with context.store.begin() as tx:
        return tenants.add(tx, "one", "Een B.V.", "unit4", status="active", active_since=NOW)


def test_migrations_make_the_tables(store_roles: RoleUrls) -> None:
    """Architecture 2: the migrations and the declared tables are the same, and migrating again changes nothing."""
    migrate(store_roles.owner)
    engine = create_engine(store_roles.owner)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
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
        chunks = [[(key, row) for key, row, _ in chunk] for chunk in staging.chunks(tx, run_id, "customers", 1)]
        assert chunks == [[("1", {"v": 2})], [("2", {"v": 1})]]


def test_the_same_rows_are_not_rewritten(context: Context, tenant_id: int) -> None:
    """R1.10: merging what is there already leaves the rows as they are."""
    rows = [IncomingRecord(str(n), '{"name": "x"}', True, b"digest", "source") for n in range(10)]
    for _ in range(2):
        with context.store.begin() as tx:
            records.start_incoming(tx)
            records.add_incoming(tx, "customers", rows)
            records.merge(tx, tenant_id, "customers")
    with context.store.begin() as tx:
        assert tx.execute(text("SELECT count(DISTINCT xmin::text) FROM records")).scalar() == 1


def test_an_older_version_leaves_a_newer_store_alone(context: Context) -> None:
    """Architecture 2: it says so, and what to do; nothing is changed."""
    with context.store.begin() as tx:
        revision = tx.execute(
            text("UPDATE alembic_version SET version_num = '9999' RETURNING version_num")
        ).scalar_one()
    try:
        with pytest.raises(NotConfigured, match="newer version of Koppel"):
            migrate(context.store.url)
        with context.store.begin() as tx:
            assert tx.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == revision
    finally:
        with context.store.begin() as tx:
            tx.execute(text("UPDATE alembic_version SET version_num = '0001'"))
