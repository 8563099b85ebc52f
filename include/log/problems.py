"""Open problems: warnings and errors not known to be resolved, once for each tenant, code and record (R7.5)."""

from dataclasses import dataclass
from datetime import datetime

from include.context import Context
from include.errors import ProblemNotFound, WorkOrderRefused
from include.log.query import LogQuery, resolve_query
from include.messages import Language, lookup, record_title
from include.store import Store, ledger, log_search, problems
from include.store.problems import ProblemRow
from include.store.tenants import TenantRow
from include.tenants.tenant import Tenant

__all__ = ["LogQuery", "OpenProblem", "is_open", "open_problems", "resolve_by_hand"]


@dataclass(frozen=True)
class OpenProblem:
    """Shows a problem in the reader's language; ``count`` is how often it was reported, from ``first`` to ``last``.

    ``closes`` says what closes it. ``waits``: it is of a work order, named by ``record_key``, that is in no package;
    then nobody can close it.
    """

    id: int
    tenant: str
    company: str
    table: str
    record: str
    type: str
    message: str
    action: str
    code: str
    first: datetime
    last: datetime
    count: int
    run: str
    closes: str = ""
    record_key: str = ""
    waits: bool = False


def open_problems(context: Context, query: LogQuery, limit: int = 50) -> list[OpenProblem]:
    """Return the open problems that a query lets through, the one that was reported last first."""
    with context.store.begin() as tx:
        tenants, row_filter = resolve_query(tx, query)
        rows = log_search.open_problems(tx, row_filter, limit)
        waiting = ledger.waiting_among(tx, {(row.tenant_id, row.record) for row in rows if _is_of_work_order(row)})
    return [
        _problem(row, tenants[row.tenant_id], query.language, (row.tenant_id, row.record) in waiting)
        for row in rows
        if row.tenant_id in tenants
    ]


def is_open(store: Store, tenant_id: int, code: str, record: str = "") -> bool:
    """Tell whether a tenant has an open problem of this code and record."""
    with store.begin() as tx:
        return problems.is_open(tx, tenant_id, code, record)


def resolve_by_hand(context: Context, tenant: Tenant, problem_id: int, by: str) -> None:
    """Resolve a problem because a person says that it is over.

    Raises ProblemNotFound; and WorkOrderRefused for that of a work order that waits: nobody would see it any more.
    """
    with context.store.begin() as tx:
        number = problems.work_order_of(tx, tenant.id, problem_id)
        if number is not None and ledger.waiting_among(tx, {(tenant.id, number)}):
            raise WorkOrderRefused(
                f"problem: {problem_id} is of work order {number}, which is in no package yet;"
                f" repair what it says, or have it not sent:"
                f" koppel work-orders do-not-send {tenant.slug} {number} --reason TEXT"
            )
        if not problems.resolve_by_hand(tx, tenant.id, problem_id, by):
            raise ProblemNotFound(
                f"problem: {problem_id} is not open; koppel problems list TENANT shows those that are"
            )


def _is_of_work_order(row: ProblemRow) -> bool:
    return bool(row.record) and row.code.startswith(("work_order.", "connection."))


def _problem(row: ProblemRow, tenant: TenantRow, language: Language, waits: bool) -> OpenProblem:
    message = lookup(row.code)
    text = message.text({"record": row.record, **row.values}, language)
    return OpenProblem(
        id=row.id,
        tenant=tenant.slug,
        company=tenant.company,
        table=row.table,
        record=record_title(row.record, row.values, language),
        type=row.severity,
        message=text.message,
        action=text.action,
        code=row.code,
        first=row.first_at,
        last=row.last_at,
        count=row.count,
        run=row.run,
        closes=message.closed_by.text(language) if message.closed_by else "",
        record_key=row.record,
        waits=waits,
    )
