"""What master data costs, counted: requests at the sandboxes, rows at Postgres. Seconds are for ``make bench``."""

from math import ceil

import pytest
from sqlalchemy import text

from include.store import runs
from include.store.engine import engine
from include.sync.extract import extract
from include.sync.load import BATCH, load
from include.sync.pipeline import sync
from include.sync.run import begin_sync
from tests.helpers.snapshots import count_requests
from tests.helpers.tenants import CoupledTenant, CoupleTenant


def rows_written(coupled: CoupledTenant) -> dict[str, tuple[int, ...]]:
    """Rows inserted, updated and deleted so far in the tables that last, by Postgres' own count."""
    pool = engine(coupled.context.store.url)
    connections = [pool.connect() for _ in range(max(1, pool.pool.checkedin()))]  # type: ignore[attr-defined]
    for connection in connections:  # each holds back what it counted last
        connection.execute(text("SELECT pg_stat_force_next_flush()"))
        connection.commit()
        connection.close()
    query = text("SELECT relname, n_tup_ins, n_tup_upd, n_tup_del FROM pg_stat_user_tables")
    with coupled.context.store.begin() as tx:
        return {row[0]: tuple(row[1:]) for row in tx.execute(query) if row[0] in ("records", "links")}


@pytest.mark.parametrize("size", [1, 4, 5, 100])
def test_an_extract_asks_each_page_once(coupled: CoupledTenant, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    """One request a page; where no total is announced, one more, for only an empty page is the end."""
    monkeypatch.setattr(f"include.connectors.{coupled.package}.client.PAGE_SIZE", size)
    mark = coupled.control.mark()
    read = extract(begin_sync(coupled.context, coupled.tenant, "one", ["customers"]), "customers").read

    announced = coupled.accounting.lists_announce_totals
    pages = ceil(read / size) if announced else ceil(read / size) + 1
    assert count_requests(coupled, mark, coupled.package)[f"GET {coupled.accounting.customers_route}"] == pages


def test_an_unchanged_run_writes_nothing_and_rewrites_no_row(coupled: CoupledTenant) -> None:
    """R1.10: neither in Simon nor in what the store knows; one listing of each stream is all it asks for."""
    sync(coupled.context, coupled.tenant, "one")
    before, mark = rows_written(coupled), coupled.control.mark()
    sync(coupled.context, coupled.tenant, "two", full=False)
    assert rows_written(coupled) == before
    assert before["records"][0] > 0
    assert count_requests(coupled, mark, "simon") == {}
    streams = coupled.tenant.package.streams
    ends = 0 if coupled.accounting.lists_announce_totals else sum(stream.paged for stream in streams)
    assert count_requests(coupled, mark, coupled.package).total() == len(streams) + ends


def test_that_count_sees_a_row_that_is_rewritten(couple: CoupleTenant) -> None:
    """The count above would notice."""
    coupled = couple("unit4")
    sync(coupled.context, coupled.tenant, "one", ["article_groups"])
    before = rows_written(coupled)
    with coupled.context.store.begin() as tx:
        changed = tx.execute(text("UPDATE records SET in_scope = in_scope")).rowcount
    assert rows_written(coupled)["records"][1] == before["records"][1] + changed > before["records"][1]


def test_a_load_is_a_write_for_each_change_and_a_look_up_for_each_batch(couple: CoupleTenant) -> None:
    """Nothing else is asked of Simon."""
    coupled = couple("unit4")
    filling = {"account": coupled.control.administration("unit4"), "customers": 2 * BATCH}
    coupled.control.call("POST", "unit4/fill", filling)
    sync(coupled.context, coupled.tenant, "one", ["customers"], full=False)
    with coupled.context.store.begin() as tx:
        change = (
            "UPDATE records SET body = jsonb_set(body, '{mobile}', '\"06-1\"'), payload_digest = '\\x01'"
            " WHERE stream = 'customers' AND in_scope"
        )
        changed = tx.execute(text(change)).rowcount

    mark = coupled.control.mark()
    run = begin_sync(coupled.context, coupled.tenant, "two", ["customers"], full=False)
    with coupled.context.store.begin() as tx:
        runs.save_progress(tx, run.id, "customers", complete=True)
    counts = load(run)
    assert counts["customers"]["changed"] == changed > 2 * BATCH
    assert count_requests(coupled, mark, "simon") == {
        "PUT Customer({id})": changed,
        "GET Customer": ceil(changed / BATCH),
    }
