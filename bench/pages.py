"""How long the pages take with 1,000 tenants and 2 million rows in the integration log."""

import shutil
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg2
from rich.table import Table

from include.store import migrate
from local import database
from local.settings import ROOT
from tests.plugin.airflow_server import AirflowServer, PageUser, environment_of_airflow, run_airflow, serve_airflow

TENANTS, LINES, TIMES = 1_000, 2_000_000, 25
PLACE = ROOT / ".local" / "bench-pages"
USERS = {"admin": "admin", "only_t0500": "user"}
OLD = "20260801T000000000000-1"
PATHS = {
    "couplings": "/",
    "couplings, most problems first": "/?sort=-problems",
    "couplings, searched": "/?text=bedrijf+10",
    "couplings, last page": "/?page=20",
    "one coupling": "/tenants/t0500",
    "log": "/log",
    "log, of one coupling": "/log?tenant=t0500",
    "log, errors": "/log?type=error",
    "log, errors of one coupling": "/log?type=error&tenant=t0500",
    "log, one table": "/log?table=article",
    "log, a text that is there": "/log?text=WB-19999",
    "log, a text that is nowhere": "/log?text=nowhere+to+be+found",
    "log, a week of three months ago": "/log?from=2026-08-01&until=2026-08-07",
    "log, far back": f"/log?before={OLD}",
    "log, a text far back": f"/log?text=nowhere&before={OLD}",
    "newer messages": "/log/newer?after=20991231T000000000000-1",
    "JSON, couplings": "/api/tenants",
    "JSON, 500 messages": "/api/log",
}
FILL = """
INSERT INTO tenants (slug, company, package, status, active_since)
SELECT 't' || lpad(n::text, 4, '0'), 'Bedrijf ' || n,
  CASE n % 2 WHEN 0 THEN 'unit4' ELSE 'rompslomp' END, 'active', now()
FROM generate_series(1, {tenants}) n;
INSERT INTO settings (tenant_id, version, body, saved_by)
SELECT id, 1, jsonb_build_object('administration', 'ADM' || id), 'bench' FROM tenants;
INSERT INTO sync_state (tenant_id, synced_at) SELECT id, now() - id * interval '1 minute' FROM tenants;
INSERT INTO watermarks SELECT id, s, 'customers', now() FROM tenants, unnest(ARRAY['unit4', 'simple_simon']) s;
INSERT INTO watermarks SELECT id, s, 'articles', now() FROM tenants, unnest(ARRAY['unit4', 'simple_simon']) s;
INSERT INTO log (at, tenant_id, "table", record, severity, code, values, run)
SELECT timestamptz '2026-05-01' + n * interval '8 seconds', 1 + (n::bigint * 7919) % {tenants},
  (ARRAY['work_order', 'work_order', 'customer', 'article'])[1 + n % 4], 'WB-' || n,
  CASE WHEN n % 200 = 0 THEN 'error' WHEN n % 50 = 0 THEN 'warning' WHEN n % 3 = 0 THEN 'info' ELSE 'success' END,
  'run.failed', jsonb_build_object('reason', 'number ' || n), 'scheduled__' || n / 100
FROM generate_series(1, {lines}) n;
INSERT INTO problems (tenant_id, "table", record, severity, code, values, run)
SELECT 1 + n % {tenants}, 'work_order', 'WB-' || n, CASE n % 3 WHEN 0 THEN 'error' ELSE 'warning' END, 'run.failed',
  '{{"reason": "bench"}}', 'run' FROM generate_series(1, 5 * {tenants}) n;
INSERT INTO ledger (tenant_id, work_order_id, number, archived_at, reference, state, due_at, confirmed_at)
SELECT 1 + n % {tenants}, n, 'WB-' || n, now() - (n % 60) * interval '1 day', 'WB-' || n,
  CASE WHEN n % 100 = 0 THEN 'rejected' ELSE 'confirmed' END, now(),
  CASE WHEN n % 100 <> 0 THEN now() - (n % 60) * interval '1 day' + (n % 300) * interval '1 second' END
FROM generate_series(1, 300 * {tenants}) n;
ANALYZE;
"""
DAGS = """
INSERT INTO dag_bundle (name, active) VALUES ('bench', true);
INSERT INTO dag (dag_id, bundle_name, fileloc, is_paused, is_stale, max_active_tasks, max_active_runs,
  max_consecutive_failed_dag_runs, has_task_concurrency_limits, has_import_errors, fail_fast, exceeds_max_non_backfill,
  timetable_type, partition_mapper_info)
SELECT kind || '__t' || lpad(n::text, 4, '0'), 'bench', 'dags/sync.py', false, false, 16, 1, 0, false, false, false,
  false, '', '[]' FROM generate_series(1, {tenants}) n, unnest(ARRAY['sync', 'push', 'cleanup']) kind;
ANALYZE;
"""


def measure() -> dict[str, Any]:
    """Measure how long each page takes, for somebody who sees all tenants and for one who sees one."""
    with _place() as served:
        people = {"all": PageUser(served, "admin"), "one": PageUser(served, "only_t0500")}
        times = {name: _timed(people["all"], path) for name, path in PATHS.items()}
        times |= {f"{name}, sees one": _timed(people["one"], PATHS[name]) for name in ("couplings", "log")}
    return {"pages": {"tenants": TENANTS, "lines": LINES, "times": TIMES, "ms": times}}


def show(result: dict[str, Any]) -> Table:
    """Return a table of what was measured."""
    pages = result["pages"]
    shown = Table(
        title=f"Pages: {pages['tenants']:,} tenants, {pages['lines']:,} messages, {pages['times']} times each"
    )
    for column in ("page", "median, ms", "slowest, ms"):
        shown.add_column(column, justify="left" if column == "page" else "right")
    for name, times in pages["ms"].items():
        shown.add_row(name, str(times["median"]), str(times["slowest"]))
    return shown


def _timed(person: PageUser, path: str) -> dict[str, int]:
    """Measure a page; the first two are not counted: they load what is loaded once."""
    took = []
    for _ in range(TIMES + 2):
        begun = time.perf_counter()
        answer = person.get(path)
        took.append(time.perf_counter() - begun)
        assert answer.status_code in (200, 204), (path, answer.status_code, answer.text[:500])
    counted = took[2:]
    return {"median": round(statistics.median(counted) * 1000), "slowest": round(max(counted) * 1000)}


@contextmanager
def _place() -> Iterator[AirflowServer]:
    """Start a Postgres of its own, filled, and Airflow's api-server app on it in this process."""
    shutil.rmtree(PLACE, ignore_errors=True)
    server = database.start(PLACE)
    try:
        store = database.create(server, "koppel")
        migrate(store)
        airflow_environment = environment_of_airflow(PLACE, server, store, USERS)
        database.create(server, "airflow")
        run_airflow(airflow_environment, "db", "migrate")
        _sql(store, FILL)
        _sql(airflow_environment["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"], DAGS)
        with serve_airflow(airflow_environment) as served:
            yield served
    finally:
        database.stop(PLACE)


def _sql(url: str, statements: str) -> None:
    connection = psycopg2.connect(url.replace("postgresql+psycopg2://", "postgresql://"))
    connection.autocommit = True
    with connection.cursor() as cursor:
        for statement in statements.format(tenants=TENANTS, lines=LINES).split(";\n"):
            if statement.strip():
                cursor.execute(statement)
    connection.close()
