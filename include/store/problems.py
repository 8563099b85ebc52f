"""Problems: what was reported at least once and is not known to be resolved; one for each code and record (R7.5)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Update, func, or_, select, update
from sqlalchemy.dialects.postgresql import distinct_on, insert

from include.store.engine import Transaction
from include.store.tables import links, problems

_SAME_PROBLEM = ["tenant_id", "code", "table", "record"]


@dataclass(frozen=True)
class ProblemRow:
    """An open problem as it is stored; ``values`` and ``run`` are those of the last time that it was reported."""

    id: int
    tenant_id: int
    table: str
    record: str
    severity: str
    code: str
    values: dict[str, Any]
    run: str
    first_at: datetime
    last_at: datetime
    count: int


@dataclass(frozen=True)
class ProblemFilter:
    """A choice among the open problems; a field that is left out lets all through.

    ``not_since``: not reported again since that moment. ``values`` are some of the text's values.
    """

    table: str | None = None
    record: str | None = None
    codes: tuple[str, ...] = ()
    code_prefix: str = ""
    record_prefix: str = ""
    not_since: datetime | None = None
    values: Mapping[str, str] = field(default_factory=dict)

    def conditions(self) -> list[ColumnElement[bool]]:
        """Return the filter as conditions of a query."""
        conditions: list[ColumnElement[bool]] = [problems.c.code.startswith(self.code_prefix, autoescape=True)]
        conditions += [problems.c.record.startswith(self.record_prefix, autoescape=True)]
        conditions += [problems.c.table == self.table] if self.table is not None else []
        conditions += [problems.c.record == self.record] if self.record is not None else []
        conditions += [problems.c.code.in_(self.codes)] if self.codes else []
        conditions += [problems.c.last_at < self.not_since] if self.not_since is not None else []
        return conditions + [problems.c["values"][name].astext == value for name, value in self.values.items()]


def record(tx: Transaction, tenant_id: int, row: Mapping[str, Any]) -> None:
    """Open a problem, or note that it was reported again. ``row`` is that of the log."""
    statement = insert(problems).values(tenant_id=tenant_id, **row)
    again = {"count": problems.c.count + 1, "last_at": func.now(), "values": row["values"], "run": row["run"]}
    is_open = problems.c.resolved_at.is_(None)
    tx.execute(statement.on_conflict_do_update(index_elements=_SAME_PROBLEM, index_where=is_open, set_=again))


def is_open(tx: Transaction, tenant_id: int, code: str, record: str) -> bool:
    """Tell whether there is an open problem of this code and record."""
    conditions = (problems.c.tenant_id == tenant_id, problems.c.code == code, problems.c.record == record)
    query = select(problems.c.id).where(*conditions, problems.c.resolved_at.is_(None)).limit(1)
    return tx.execute(query).first() is not None


def open_records(tx: Transaction, tenant_id: int, code: str) -> list[str]:
    """Return the records of the open problems of a code."""
    here = (problems.c.tenant_id == tenant_id, problems.c.code == code, problems.c.resolved_at.is_(None))
    return list(tx.execute(select(problems.c.record).where(*here)).scalars())


def last_values(tx: Transaction, tenant_id: int, code: str) -> dict[str, dict[str, Any]]:
    """Return by record the values of its last problem of this code, if it is open, or a person closed it as it is."""
    here = (problems.c.tenant_id == tenant_id, problems.c.code == code)
    stands = or_(problems.c.resolved_at.is_(None), problems.c.resolved_by.is_not(None))
    latest = select(problems.c.record, problems.c["values"].label("said"), stands.label("stands")).where(*here)
    latest = latest.ext(distinct_on(problems.c.record)).order_by(problems.c.record, problems.c.id.desc())
    return {row.record: dict(row.said) for row in tx.execute(latest) if row.stands}


def was_reported(tx: Transaction, tenant_id: int, code: str, record: str) -> bool:
    """Tell whether a problem of this code and record was ever reported, also when it is resolved since."""
    conditions = (problems.c.tenant_id == tenant_id, problems.c.code == code, problems.c.record == record)
    return tx.execute(select(problems.c.id).where(*conditions).limit(1)).first() is not None


def resolve(tx: Transaction, tenant_id: int, problem_filter: ProblemFilter) -> int:
    """Resolve the open problems that evidence shows to be over, and return how many there were."""
    return tx.execute(_resolving(tenant_id).where(*problem_filter.conditions())).rowcount


def resolve_written(tx: Transaction, tenant_id: int, stream: str, problem_filter: ProblemFilter) -> int:
    """Resolve those of records that are gone, or were written after ``not_since``, and return how many there were.

    The record's ``key`` is in their values.
    """
    key = problems.c["values"]["key"].astext
    same_record = (links.c.tenant_id == tenant_id, links.c.stream == stream, links.c.key == key)
    unwritten = select(links.c.key).where(*same_record, links.c.written_at < problem_filter.not_since).exists()
    return tx.execute(_resolving(tenant_id).where(~unwritten, *problem_filter.conditions())).rowcount


def work_order_of(tx: Transaction, tenant_id: int, problem_id: int) -> str | None:
    """Return the record of an open problem that is about a work order by its code; None for any other problem."""
    here = (problems.c.tenant_id == tenant_id, problems.c.id == problem_id, problems.c.resolved_at.is_(None))
    row = tx.execute(select(problems.c.code, problems.c.record).where(*here)).one_or_none()
    of_work_orders = row is not None and row.record and row.code.startswith(("work_order.", "connection."))
    return str(row.record) if row is not None and of_work_orders else None


def resolve_by_hand(tx: Transaction, tenant_id: int, problem_id: int, by: str) -> bool:
    """Resolve one because a person says so; return False when there is no such open one."""
    statement = _resolving(tenant_id).where(problems.c.id == problem_id).values(resolved_by=by)
    return tx.execute(statement).rowcount == 1


def _resolving(tenant_id: int) -> Update:
    statement = update(problems).where(problems.c.tenant_id == tenant_id, problems.c.resolved_at.is_(None))
    return statement.values(resolved_at=func.now())
