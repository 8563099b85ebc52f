"""Open problems: what was said at least once and is not known to be settled; one for each code and record (R7.5)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.dialects.postgresql import insert

from include.store.engine import Transaction
from include.store.tables import links, problems

_SAME = ["tenant_id", "code", "table", "record"]


@dataclass(frozen=True)
class ProblemRow:
    id: int
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
    """A choice among the open ones; what is left out does not matter. ``values`` are some of the text's values."""

    table: str | None = None
    record: str | None = None
    codes: tuple[str, ...] = ()
    startswith: str = ""  # of the code
    family: str = ""  # how the record begins
    before: datetime | None = None  # not said again since
    values: Mapping[str, str] = field(default_factory=dict)

    def conditions(self) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = [problems.c.code.startswith(self.startswith, autoescape=True)]
        found += [problems.c.record.startswith(self.family, autoescape=True)]
        found += [problems.c.table == self.table] if self.table is not None else []
        found += [problems.c.record == self.record] if self.record is not None else []
        found += [problems.c.code.in_(self.codes)] if self.codes else []
        found += [problems.c.last_at < self.before] if self.before is not None else []
        return found + [problems.c["values"][name].astext == value for name, value in self.values.items()]


def record(tx: Transaction, tenant_id: int, row: Mapping[str, Any]) -> None:
    """Open it, or note that it was said again. ``row`` is that of the log."""
    statement = insert(problems).values(tenant_id=tenant_id, **row)
    again = {"count": problems.c.count + 1, "last_at": func.now(), "values": row["values"], "run": row["run"]}
    open_one = problems.c.closed_at.is_(None)
    tx.execute(statement.on_conflict_do_update(index_elements=_SAME, index_where=open_one, set_=again))


def is_open(tx: Transaction, tenant_id: int, code: str, record: str) -> bool:
    here = (problems.c.tenant_id == tenant_id, problems.c.code == code, problems.c.record == record)
    query = select(problems.c.id).where(*here, problems.c.closed_at.is_(None)).limit(1)
    return tx.execute(query).first() is not None


def close(tx: Transaction, tenant_id: int, which: ProblemFilter) -> int:
    """Close those on evidence; how many there were."""
    statement = update(problems).where(problems.c.tenant_id == tenant_id, problems.c.closed_at.is_(None))
    return tx.execute(statement.where(*which.conditions()).values(closed_at=func.now())).rowcount


def close_written(tx: Transaction, tenant_id: int, stream: str, which: ProblemFilter) -> int:
    """Those of records that are gone, or were written since; the record's ``key`` is in their values."""
    same = (links.c.tenant_id == tenant_id, links.c.stream == stream, links.c.key == problems.c["values"]["key"].astext)
    unwritten = select(links.c.key).where(*same, links.c.written_at < which.before).exists()
    statement = update(problems).where(problems.c.tenant_id == tenant_id, problems.c.closed_at.is_(None), ~unwritten)
    return tx.execute(statement.where(*which.conditions()).values(closed_at=func.now())).rowcount


def dismiss(tx: Transaction, tenant_id: int, problem_id: int, by: str) -> bool:
    """Close one because a person says so; False when there is no such open one."""
    here = (problems.c.tenant_id == tenant_id, problems.c.id == problem_id, problems.c.closed_at.is_(None))
    statement = update(problems).where(*here).values(closed_at=func.now(), closed_by=by)
    return tx.execute(statement).rowcount == 1


def opened(tx: Transaction, tenant_id: int, limit: int, severity: str | None = None) -> list[ProblemRow]:
    """The open ones, the one that was said last first."""
    query = select(*(problems.c[name] for name in ProblemRow.__dataclass_fields__))
    query = query.where(problems.c.tenant_id == tenant_id, problems.c.closed_at.is_(None))
    if severity:
        query = query.where(problems.c.severity == severity)
    return [
        ProblemRow(*row) for row in tx.execute(query.order_by(problems.c.last_at.desc(), problems.c.id).limit(limit))
    ]
