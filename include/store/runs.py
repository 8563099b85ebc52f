"""Runs and how far each of their streams is. A tenant has one open run of a kind; who took it up last holds it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Boolean, cast, delete, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert

from include.errors import OtherRunOpen, RunSuperseded
from include.store.engine import Transaction
from include.store.tables import run_streams, runs, staged, tenants

RESUMABLE = timedelta(hours=1)  # what was read longer ago is read again
STALLED = timedelta(minutes=20)  # longer than any pause between two tries of a task
ALONE = ("sync", "cleanup", "proposal", "undo", "wipe")  # write to Simon: one open run of all of these together


@dataclass(frozen=True)
class RunRow:
    """``what`` is empty for a run that was superseded: nothing is left for it to do."""

    id: int
    key: str
    what: tuple[str, ...]
    full: bool
    seen: str | None
    started_at: datetime
    ended_at: datetime | None

    @property
    def superseded(self) -> bool:
        return not self.what

    @property
    def finished(self) -> bool:
        """Whether it came to its own end."""
        return self.ended_at is not None and not self.superseded


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
    left_out: int = 0
    rejected: int = 0
    started_at: datetime | None = None
    noted_at: datetime | None = None


_ROW = [runs.c[name] for name in RunRow.__dataclass_fields__]
_PROGRESS = [run_streams.c[name] for name in Progress.__dataclass_fields__]


def begin(
    tx: Transaction, tenant_id: int, kind: str, key: str, what: Sequence[str], full: bool, seen: str | None = None
) -> RunRow:
    """The run of this key. An open one of another key is taken over when it wants the same and is fresh, else ended.

    Either way the other key is superseded, and stays so when it is asked for again. Raises Busy.
    """
    # one begins at a time: the tasks of a run start together, and so may the command line
    tx.execute(select(tenants.c.id).where(tenants.c.id == tenant_id).with_for_update(key_share=True))
    own = select(*_ROW).where(runs.c.tenant_id == tenant_id, runs.c.kind == kind, runs.c.key == key)
    if row := tx.execute(own).one_or_none():
        return _run(row)
    if kind in ALONE:
        _end_others(tx, tenant_id, kind)
    open_one = select(*_ROW).where(runs.c.tenant_id == tenant_id, runs.c.kind == kind, runs.c.ended_at.is_(None))
    values = {"tenant_id": tenant_id, "kind": kind, "key": key, "what": list(what), "full": full, "seen": seen}
    if (row := tx.execute(open_one.with_for_update()).one_or_none()) and (earlier := _run(row)):
        fresh = runs.c.started_at > func.now() - RESUMABLE
        same = (runs.c.what == list(what)) & (runs.c.full == cast(literal(full), Boolean)) & fresh
        taken = update(runs).where(runs.c.id == earlier.id, same).values(key=key).returning(*_ROW)
        if row := tx.execute(taken).one_or_none():
            tx.execute(insert(runs).values({**values, **_superseded(earlier)}))
            return _run(row)
        supersede(tx, earlier.id)
    return _run(tx.execute(insert(runs).values(values).returning(*_ROW)).one())


def _end_others(tx: Transaction, tenant_id: int, kind: str) -> None:
    """End a stalled run of a kind that excludes this one. Raises Busy when it is not stalled."""
    here = (runs.c.tenant_id == tenant_id, runs.c.kind.in_(ALONE), runs.c.kind != kind, runs.c.ended_at.is_(None))
    for row in tx.execute(select(runs.c.kind, *_ROW).where(*here).with_for_update()).all():
        other = _run(row[1:])
        if active_at(tx, other) > tx.execute(select(func.now())).scalar_one() - STALLED:
            raise OtherRunOpen(row.kind)
        supersede(tx, other.id)


def supersede(tx: Transaction, run_id: int) -> None:
    """End a run that did not come to its own end; whoever works at it stops."""
    end(tx, run_id)
    tx.execute(update(runs).where(runs.c.id == run_id).values(what=[]))


def supersede_open(tx: Transaction, tenant_id: int) -> None:
    """End all that is under way for a tenant, whatever its kind; waits for the record that is being written."""
    open_ones = select(runs.c.id).where(runs.c.tenant_id == tenant_id, runs.c.ended_at.is_(None))
    for run_id in tx.execute(open_ones).scalars().all():
        supersede(tx, run_id)


def _superseded(earlier: RunRow) -> dict[str, Any]:
    """What stays behind under the key of a run that was taken over; just before it, so that it is never the latest."""
    before = earlier.started_at - timedelta(microseconds=1)
    return {"key": earlier.key, "what": [], "started_at": before, "ended_at": func.now()}


def hold(tx: Transaction, run_id: int, key: str) -> None:
    """Keep the run for this transaction. Raises Superseded when it has ended or another key has it."""
    query = select(runs.c.id).where(runs.c.id == run_id, runs.c.key == key, runs.c.ended_at.is_(None))
    if tx.execute(query.with_for_update(read=True)).one_or_none() is None:
        raise RunSuperseded(key)


def end(tx: Transaction, run_id: int) -> None:
    """Note the end, and let the staged rows go."""
    tx.execute(update(runs).where(runs.c.id == run_id).values(ended_at=func.now()))
    tx.execute(staged.delete().where(staged.c.run_id == run_id))


def latest(tx: Transaction, tenant_id: int, kind: str) -> RunRow | None:
    query = select(*_ROW).where(runs.c.tenant_id == tenant_id, runs.c.kind == kind)
    row = tx.execute(query.order_by(runs.c.started_at.desc(), runs.c.id.desc()).limit(1)).one_or_none()
    return _run(row) if row else None


def active_at(tx: Transaction, run: RunRow) -> datetime:
    """When something of it was last noted."""
    noted = tx.execute(select(func.max(run_streams.c.noted_at)).where(run_streams.c.run_id == run.id)).scalar_one()
    return max(run.started_at, noted or run.started_at)


def progress(tx: Transaction, run_id: int, stream: str) -> Progress:
    query = select(*_PROGRESS).where(run_streams.c.run_id == run_id, run_streams.c.stream == stream)
    row = tx.execute(query).one_or_none()
    return Progress(*row) if row else Progress()


def all_progress(tx: Transaction, run_id: int) -> dict[str, Progress]:
    query = select(run_streams.c.stream, *_PROGRESS).where(run_streams.c.run_id == run_id)
    return {row[0]: Progress(*row[1:]) for row in tx.execute(query.order_by(run_streams.c.started_at))}


def note(tx: Transaction, run_id: int, stream: str, **values: Any) -> None:
    """Set fields of a stream's progress."""
    statement = insert(run_streams).values(run_id=run_id, stream=stream, **values)
    changes = {**values, "noted_at": func.clock_timestamp()}
    tx.execute(statement.on_conflict_do_update(index_elements=["run_id", "stream"], set_=changes))


def start_over(tx: Transaction, run_id: int, stream: str) -> None:
    """Forget what was read of a stream."""
    tx.execute(staged.delete().where(staged.c.run_id == run_id, staged.c.stream == stream))
    tx.execute(delete(run_streams).where(run_streams.c.run_id == run_id, run_streams.c.stream == stream))


def _run(row: Any) -> RunRow:
    id, key, what, full, seen, started_at, ended_at = row
    return RunRow(id, key, tuple(what), full, seen, started_at, ended_at)
