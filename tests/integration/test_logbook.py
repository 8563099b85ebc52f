"""The log over tenants: filters, pages, and that no question costs more than it should (R7.3, R7.5)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, text

from include.context import Context
from include.log.problems import open_problems
from include.log.search import LogQuery, newer_messages, older_messages, search_messages
from include.log.writer import IntegrationLog
from include.store import Store, log_search, tenants
from include.store.log_search import LogCursor, LogRowFilter
from include.store.problems import ProblemFilter
from local.database import RoleUrls

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
LINES = 30_000
FILL = """
INSERT INTO log (at, tenant_id, "table", record, severity, code, values, run)
SELECT timestamptz '2026-06-01 12:00+00' - n * interval '1 minute', 1 + n % 20,
  (ARRAY['customer', 'article'])[1 + n % 2],
  'R-' || n, CASE n % 100 WHEN 0 THEN 'error' WHEN 1 THEN 'warning' ELSE 'success' END, 'run.failed',
  jsonb_build_object('reason', 'because ' || n), 'run' FROM generate_series(1, :lines) n
"""


@pytest.fixture
def two(context: Context) -> dict[str, IntegrationLog]:
    with context.store.begin() as tx:
        ids = {
            slug: tenants.add(tx, slug, slug.title(), "unit4", status="active", active_since=NOW)
            for slug in ("jansen", "devries")
        }
    return {slug: IntegrationLog(context.store, id, slug, f"run-{slug}") for slug, id in ids.items()}


@pytest.fixture
def many(context: Context) -> Context:
    """Make twenty tenants with 1,500 lines each, one a minute."""
    with context.store.begin() as tx:
        for number in range(1, 21):
            tenants.add(tx, f"t{number}", f"T {number}", "unit4", status="active", active_since=NOW)
        tx.execute(text(FILL), {"lines": LINES})
        tx.execute(text("ANALYZE log"))
    return context


def choice(**wanted: Any) -> LogQuery:
    return LogQuery(frozenset({"jansen", "devries"}), **wanted)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({}, ["D1", "J2", "J1"]),
        ({"tenant": "jansen"}, ["J2", "J1"]),
        ({"tenant": "nobody"}, []),
        ({"severity": "error"}, ["D1", "J1"]),
        ({"severity": "success"}, ["J2"]),
        ({"table": "customer"}, ["J1"]),
        ({"text": "j1"}, ["J1"]),
        ({"text": "RUN-DEV"}, ["D1"]),
        ({"text": "because of this"}, ["J1"]),
        ({"text": "onverwacht gestopt"}, ["D1", "J1"]),
        ({"text": "unexpectedly", "language": "en"}, ["D1", "J1"]),
        ({"text": "unexpectedly"}, []),
        ({"text": "%"}, []),
        ({"text": "_1"}, []),
        ({"text": "'; DROP TABLE log; --"}, []),
        ({"until": NOW}, []),
        ({"since": NOW}, ["D1", "J2", "J1"]),
    ],
)
def test_filters(context: Context, two: dict[str, IntegrationLog], wanted: dict[str, Any], expected: list[str]) -> None:
    """R7.3: by type, table, tenant, text (in what is said, in the reader's language, too) and period."""
    two["jansen"].write("run.failed", "J1", "customer", reason="because of this")
    two["jansen"].write("sync.stream_done", "J2", "article", stream="articles")
    two["devries"].write("run.failed", "D1", reason="other")
    assert [row.record for row in older_messages(context, choice(**wanted)).rows] == expected


def test_who_sees_no_tenant_sees_no_line(context: Context, two: dict[str, IntegrationLog]) -> None:
    """Access: of no tenant is not the same as of all."""
    two["jansen"].write("run.failed", "J1", reason="r")
    nobody = LogQuery(frozenset())
    assert older_messages(context, nobody).rows == []
    assert open_problems(context, nobody) == []
    assert list(search_messages(context, nobody)) == []


def test_pages_hold_every_line_once(many: Context) -> None:
    """R7.3: newest first, none twice, none missing, also where moments are the same."""
    with many.store.begin() as tx:
        tx.execute(text("UPDATE log SET at = :at WHERE id % 5 < 3"), {"at": NOW})
    wanted = LogQuery(frozenset({"t1", "t2"}))
    seen: list[int] = []
    mark: LogCursor | None = None
    while True:
        part = older_messages(many, wanted, mark, 70)
        seen += [row.id for row in part.rows]
        if (mark := part.further) is None:
            break
    assert len(seen) == len(set(seen)) == 3_000
    assert seen == [row.id for row in search_messages(many, wanted)]


def test_newer_lines(context: Context, two: dict[str, IntegrationLog]) -> None:
    """R7.3: what was said since the first line of the page, and passes its filter."""
    two["jansen"].write("run.failed", "J1", reason="r")
    [first] = older_messages(context, choice()).rows
    assert newer_messages(context, choice(), first.cursor) == []
    two["devries"].write("run.failed", "D1", reason="r")
    assert [row.record for row in newer_messages(context, choice(), first.cursor)] == ["D1"]
    assert newer_messages(context, choice(tenant="jansen"), first.cursor) == []


def test_a_search_looks_at_a_part_and_says_how_far(many: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    """R7.3: a text that is rare costs no more than one that is not there; going on finds what is further back."""
    monkeypatch.setattr(log_search, "WINDOW", 10_000)
    visible = frozenset(f"t{number}" for number in range(1, 21))
    wanted = LogQuery(visible, text="because 29999")
    marks: list[LogCursor] = []
    listed = older_messages(many, wanted)
    while listed.further and not listed.rows:
        marks.append(listed.further)
        listed = older_messages(many, wanted, listed.further)
    assert [row.record for row in listed.rows] == ["R-29999"]
    assert [NOW - mark.at for mark in marks] == [timedelta(minutes=10_000), timedelta(minutes=20_000)]


def test_open_problems_are_grouped(context: Context, two: dict[str, IntegrationLog]) -> None:
    """R7.5: once for each tenant, code and record, with the number of times; those that are settled are not there."""
    for reason in ("one", "two"):
        two["jansen"].write("run.failed", "J1", reason=reason)
        two["devries"].write("run.failed", "D1", reason=reason)
    problems = open_problems(context, choice())
    assert [(problem.tenant, problem.record, problem.count, "two" in problem.message) for problem in problems] == [
        ("devries", "D1", 2, True),
        ("jansen", "J1", 2, True),
    ]
    assert all(problem.first < problem.last for problem in problems)
    assert [problem.tenant for problem in open_problems(context, choice(text="j1"))] == ["jansen"]
    two["jansen"].resolve(ProblemFilter(problems[1].table, "J1"))
    assert [problem.tenant for problem in open_problems(context, choice())] == ["devries"]


def plan(tx: Connection, wanted: LogRowFilter, before: LogCursor | None) -> Iterator[dict[str, Any]]:
    """The nodes of the plan."""
    query = log_search.older_query(wanted, before, 51).compile(tx, compile_kwargs={"literal_binds": True})
    [explained] = tx.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {str(query).replace('%', '%%')}").scalar_one()
    waiting = [explained["Plan"]]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += node.get("Plans", [])


@pytest.mark.parametrize("before", [None, LogCursor(NOW - timedelta(days=3), 1)])
@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        (LogRowFilter(), "ix_log_at_id"),
        (LogRowFilter(tenants=(7,)), "ix_log_tenant_id_at_id"),
        (LogRowFilter(severity="error"), "ix_log_wrong"),
        (LogRowFilter(tenants=(1,), severity="error"), "ix_log_tenant_wrong"),
        (LogRowFilter(since=NOW - timedelta(days=2), until=NOW - timedelta(days=1)), "ix_log_at_id"),
        (LogRowFilter(text="because", codes=("run.failed",)), "ix_log_at_id"),
        (LogRowFilter(table="article"), "ix_log_at_id"),
        (LogRowFilter(tenants=(7,), text="because"), "ix_log_tenant_id_at_id"),
        (LogRowFilter(severity="success"), "ix_log_at_id"),
    ],
)
def test_an_index_is_used(
    many: Context, wanted: LogRowFilter, index: str, before: LogCursor | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Must hold 6: the plan reads the log along the index that is meant for the question, and never all of it."""
    monkeypatch.setattr(log_search, "WINDOW", 100)
    with many.store.begin() as tx:
        nodes = list(plan(tx, wanted, before))
    assert {node["Index Name"] for node in nodes if "Index Name" in node} == {index}
    assert "Seq Scan" not in [node["Node Type"] for node in nodes]


def test_without_the_index_the_log_is_read_as_a_whole(many: Context, store_roles: RoleUrls) -> None:
    """The counter-proof: what the test above looks at does change."""
    with Store(store_roles.owner).begin() as tx:
        tx.execute(text("DROP INDEX ix_log_wrong"))
        nodes = [node for node in plan(tx, LogRowFilter(severity="error"), None) if node.get("Relation Name") == "log"]
        tx.rollback()
    assert "ix_log_wrong" not in [node.get("Index Name") for node in nodes]


def test_a_line_of_an_unknown_tenant_is_left_out(many: Context) -> None:
    """A tenant that was added while the page was made belongs to nobody's list yet."""
    visible = LogQuery(frozenset({"t1"}))
    assert {row.tenant for row in older_messages(many, visible).rows} == {"t1"}
    assert {row.tenant for row in older_messages(many, replace(visible, tenant="t1")).rows} == {"t1"}
    assert older_messages(many, replace(visible, tenant="t2")).rows == []
