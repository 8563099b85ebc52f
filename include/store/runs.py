"""Rows of runs and of how far each of their streams is. What may follow what is decided in ``include.runs``."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from include.store.engine import Transaction
from include.store.tables import run_streams, runs, staged


class RunState(StrEnum):
    """Where a run is in its life."""

    # It is under way, or waits for its next task; it may still write.
    OPEN = "open"
    # It came to its own end.
    FINISHED = "finished"
    # Another run took its place, or its tenant was stopped: whoever works at it stops without another write.
    SUPERSEDED = "superseded"


@dataclass(frozen=True)
class NewRun:
    """A run as it is asked for; ``fingerprint`` is that of the package's lists when it begins."""

    tenant_id: int
    kind: str
    key: str
    streams: tuple[str, ...] = ()
    full: bool = True
    target: int | None = None
    requested_by: str | None = None
    fingerprint: str | None = None


@dataclass(frozen=True)
class RunRow:
    """A run as it is stored. ``key`` is that of whoever took it up last."""

    id: int
    kind: str
    key: str
    state: RunState
    streams: tuple[str, ...]
    full: bool
    target: int | None
    requested_by: str | None
    fingerprint: str | None
    started_at: datetime
    ended_at: datetime | None

    @property
    def open(self) -> bool:
        """Whether it may still write."""
        return self.state is RunState.OPEN

    @property
    def finished(self) -> bool:
        """Whether it came to its own end."""
        return self.state is RunState.FINISHED


@dataclass(frozen=True)
class Progress:
    """How far a stream is in a run; ``cursor`` is where to read on."""

    cursor: str | None = None
    complete: bool = False
    announced: int | None = None
    due: int | None = None
    read: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0
    corrected: int = 0
    left_out: int = 0
    rejected: int = 0
    started_at: datetime | None = None
    updated_at: datetime | None = None


_ROW = [runs.c[name] for name in RunRow.__dataclass_fields__]
_PROGRESS = [run_streams.c[name] for name in Progress.__dataclass_fields__]


def now(tx: Transaction) -> datetime:
    """Return the store's own time, by which all its processes measure."""
    return tx.execute(select(func.now())).scalar_one()


def add(tx: Transaction, run: NewRun) -> RunRow:
    """Insert an open run. The table refuses a second one of its kind and tenant."""
    values = {**asdict(run), "streams": list(run.streams), "state": RunState.OPEN}
    return _run(tx.execute(insert(runs).values(values).returning(*_ROW)).one())


def find(tx: Transaction, tenant_id: int, kind: str, key: str) -> RunRow | None:
    """Return the run of this key, in whatever state."""
    query = select(*_ROW).where(runs.c.tenant_id == tenant_id, runs.c.kind == kind, runs.c.key == key)
    row = tx.execute(query).one_or_none()
    return _run(row) if row else None


def lock_open(tx: Transaction, tenant_id: int, kinds: Collection[str] | None = None) -> list[RunRow]:
    """Return the open runs of a tenant, of these kinds or of all, and lock them for this transaction."""
    query = select(*_ROW).where(runs.c.tenant_id == tenant_id, runs.c.state == RunState.OPEN)
    if kinds is not None:
        query = query.where(runs.c.kind.in_(kinds))
    return [_run(row) for row in tx.execute(query.order_by(runs.c.id).with_for_update())]


def lock_current(tx: Transaction, run_id: int, key: str) -> bool:
    """Keep a run open for this transaction; return False when it has ended or another key has it."""
    query = select(runs.c.id).where(runs.c.id == run_id, runs.c.key == key, runs.c.state == RunState.OPEN)
    return tx.execute(query.with_for_update(read=True)).one_or_none() is not None


def take_over(tx: Transaction, run: RunRow, key: str) -> RunRow:
    """Give an open run to another key, and leave a superseded row under the one that it had."""
    row = tx.execute(update(runs).where(runs.c.id == run.id).values(key=key).returning(*_ROW)).one()
    tenant_id = select(runs.c.tenant_id).where(runs.c.id == run.id).scalar_subquery()
    values = asdict(run) | {"streams": list(run.streams), "tenant_id": tenant_id}
    del values["id"]
    tx.execute(insert(runs).values(values | {"state": RunState.SUPERSEDED, "ended_at": func.now()}))
    return _run(row)


def end(tx: Transaction, run_id: int, before: Collection[RunState], after: RunState) -> bool:
    """Move a run that is in one of the states ``before`` to its last one, and remove its staged rows.

    Return False, and change nothing, when it is in another state.
    """
    statement = update(runs).where(runs.c.id == run_id, runs.c.state.in_(before))
    ended = tx.execute(statement.values(state=after, ended_at=func.now())).rowcount == 1
    if ended:
        tx.execute(staged.delete().where(staged.c.run_id == run_id))
    return ended


def latest_first() -> list[ColumnElement[Any]]:
    """Return the order in which the latest run is first, and one that was taken over follows the one that goes on."""
    return [runs.c.started_at.desc(), runs.c.state == RunState.SUPERSEDED, runs.c.id.desc()]


def latest(tx: Transaction, tenant_id: int, kind: str) -> RunRow | None:
    """Return the latest run of this kind, in whatever state."""
    query = select(*_ROW).where(runs.c.tenant_id == tenant_id, runs.c.kind == kind)
    row = tx.execute(query.order_by(*latest_first()).limit(1)).one_or_none()
    return _run(row) if row else None


def last_activity(tx: Transaction, run: RunRow) -> datetime:
    """Return when something of a run was last stored."""
    query = select(func.max(run_streams.c.updated_at)).where(run_streams.c.run_id == run.id)
    return max(run.started_at, tx.execute(query).scalar_one() or run.started_at)


def progress(tx: Transaction, run_id: int, stream: str) -> Progress:
    """Return how far a stream is; one that was not begun has read nothing."""
    query = select(*_PROGRESS).where(run_streams.c.run_id == run_id, run_streams.c.stream == stream)
    row = tx.execute(query).one_or_none()
    return Progress(**row._mapping) if row else Progress()


def progress_by_stream(tx: Transaction, run_id: int) -> dict[str, Progress]:
    """Return how far each stream is that was begun, in the order in which they were."""
    query = select(run_streams.c.stream, *_PROGRESS).where(run_streams.c.run_id == run_id)
    rows = [dict(row._mapping) for row in tx.execute(query.order_by(run_streams.c.started_at))]
    return {row.pop("stream"): Progress(**row) for row in rows}


def save_progress(tx: Transaction, run_id: int, stream: str, **values: Any) -> None:
    """Set fields of a stream's progress."""
    statement = insert(run_streams).values(run_id=run_id, stream=stream, **values)
    changes = {**values, "updated_at": func.clock_timestamp()}
    tx.execute(statement.on_conflict_do_update(index_elements=["run_id", "stream"], set_=changes))


def reset_progress(tx: Transaction, run_id: int, stream: str) -> None:
    """Remove what was read of a stream, so that it is read from its beginning."""
    tx.execute(staged.delete().where(staged.c.run_id == run_id, staged.c.stream == stream))
    tx.execute(delete(run_streams).where(run_streams.c.run_id == run_id, run_streams.c.stream == stream))


def _run(row: Any) -> RunRow:
    return RunRow(**{**row._mapping, "state": RunState(row.state)})
