"""Rows of removals: what goes from Simon, and what became of it. What may follow what is in ``cleanup.states``."""

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, func, insert, literal_column, null, select, update
from sqlalchemy.dialects.postgresql import JSONB

from include.store.engine import Transaction
from include.store.tables import removals, runs


class RemovalReason(StrEnum):
    """Why a record should go from Simon."""

    # The package does not have it any more.
    DELETED = "deleted"
    # It is not active in the package.
    INACTIVE = "inactive"
    # It is not within the filter that the tenant set.
    OUTSIDE_FILTER = "outside_filter"
    # It was made in Simon, and the package does not know it.
    HAND_MADE = "hand_made"
    # It was there before the coupling began, and a person confirmed that all of it goes.
    WIPED = "wiped"


class RemovalState(StrEnum):
    """Where a removal is in its life."""

    # The run that planned it is to do it.
    PLANNED = "planned"
    # A person has to decide first.
    PROPOSED = "proposed"
    # All of it is stored with us, and it is about to be deleted.
    EXPORTED = "exported"
    # It is gone from Simon.
    DELETED = "deleted"
    # Simon would not delete it; it was made inactive.
    INACTIVE = "inactive"
    # An open work order needs it; it stays for now.
    IN_USE = "in_use"
    # It stays: the package still has it, Simon refused, or a person did.
    SKIPPED = "skipped"
    # It is being put back: made again, but not linked yet.
    RESTORING = "restoring"
    # It was put back.
    RESTORED = "restored"
    # Its run broke off before it got there.
    ABANDONED = "abandoned"


@dataclass(frozen=True)
class PlannedRemoval:
    """A record that should go from Simon, and why."""

    stream: str
    simon_id: int
    key: str | None
    label: str
    reason: RemovalReason


@dataclass(frozen=True)
class Removal(PlannedRemoval):
    """A planned removal as it is stored, and what became of it."""

    id: int
    run_id: int
    proposal_id: int | None
    state: RemovalState
    work_order: str | None
    has_export: bool


_COLUMNS: list[ColumnElement[Any]] = [
    *(removals.c[name] for name in Removal.__dataclass_fields__ if name != "has_export"),
    removals.c.export.is_not(None).label("has_export"),
]


def add_all(
    tx: Transaction,
    tenant_id: int,
    run_id: int,
    planned: Iterable[PlannedRemoval],
    *,
    state: RemovalState,
    **values: Any,
) -> None:
    """Store what a run is to do, or what its proposal is about, with more fields of the table."""
    shared = {"tenant_id": tenant_id, "run_id": run_id, "state": state, **values}
    if rows := [{**asdict(removal), **shared} for removal in planned]:
        tx.execute(insert(removals), rows)


def of_run(tx: Transaction, tenant_id: int, run_id: int, *states: RemovalState) -> list[Removal]:
    """Return the removals of a run that are in one of these states, if any is named."""
    here = (removals.c.tenant_id == tenant_id, removals.c.run_id == run_id)
    return _select(tx, *here, *([removals.c.state.in_(states)] if states else []))


def of_proposal(tx: Transaction, proposal_id: int, *states: RemovalState) -> list[Removal]:
    """Return the removals of a proposal that are in one of these states, if any is named."""
    chosen = [removals.c.state.in_(states)] if states else []
    return _select(tx, removals.c.proposal_id == proposal_id, *chosen)


def of_other_runs(tx: Transaction, tenant_id: int, run_id: int, *states: RemovalState) -> list[Removal]:
    """Return the removals of all runs but this one that are in one of these states."""
    return _select(tx, removals.c.tenant_id == tenant_id, removals.c.run_id != run_id, removals.c.state.in_(states))


def _select(tx: Transaction, *where: ColumnElement[bool]) -> list[Removal]:
    return [_removal(row) for row in tx.execute(select(*_COLUMNS).where(*where).order_by(removals.c.id))]


def _removal(row: Row[Any]) -> Removal:
    values = dict(row._mapping)
    kinds = {"reason": RemovalReason(values["reason"]), "state": RemovalState(values["state"])}
    return Removal(**{**values, **kinds})


def move(
    tx: Transaction, removal_id: int, before: Collection[RemovalState], after: RemovalState, **values: Any
) -> bool:
    """Bring a removal to another state, with more fields; return whether it was in one of the states ``before``."""
    here = (removals.c.id == removal_id, removals.c.state.in_(before))
    return tx.execute(update(removals).where(*here).values(state=after, **values)).rowcount == 1


def export_of(tx: Transaction, removal: Removal) -> dict[str, Any] | None:
    """Return what is kept of it; None once that was erased."""
    return tx.execute(select(removals.c.export).where(removals.c.id == removal.id)).scalar_one_or_none()


def restorable_by_run(tx: Transaction, tenant_id: int) -> dict[int, int]:
    """Return how many records each run took that can be put back and were not."""
    kept = (removals.c.export.is_not(None), removals.c.state.in_((RemovalState.DELETED, RemovalState.INACTIVE)))
    query = select(removals.c.run_id, func.count()).where(removals.c.tenant_id == tenant_id, *kept)
    rows = tx.execute(query.group_by(removals.c.run_id).order_by(removals.c.run_id))
    return {int(run_id): int(count) for run_id, count in rows}


def count_along(tx: Transaction, tenant_id: int, run_id: int) -> dict[str, int]:
    """Return how many records of each kind were deleted along with those of a run, by their exports."""
    here = (removals.c.tenant_id == tenant_id, removals.c.run_id == run_id, removals.c.state == RemovalState.DELETED)
    way: ColumnElement[Any] = literal_column("'strict $.record.**.children[*]'")
    children = func.jsonb_path_query(removals.c.export, way, type_=JSONB).label("child")
    along = select(children).where(*here).subquery()
    kind, row = along.c.child["stream"].astext, along.c.child["row"]
    # what belongs to two of them, such as a contact of a customer and of its address, is exported with both
    rows = tx.execute(select(kind, func.count(row.distinct())).group_by(kind).order_by(kind))
    return {str(name): int(count) for name, count in rows}


def restored_as(tx: Transaction, removal: Removal) -> list[tuple[str, int, int]]:
    """Return (stream, id before, id now) of what was put back of it so far."""
    return _restored_ids(tx, removals.c.id == removal.id)


def restored_before(tx: Transaction, tenant_id: int, removal: Removal) -> list[tuple[str, int, int]]:
    """Return what another removal of the same record was put back as: one made inactive first, and deleted later."""
    same = (removals.c.stream == removal.stream, removals.c.simon_id == removal.simon_id, removals.c.id != removal.id)
    states = (RemovalState.RESTORING, RemovalState.RESTORED)
    return _restored_ids(tx, removals.c.tenant_id == tenant_id, *same, removals.c.state.in_(states))


def _restored_ids(tx: Transaction, *where: ColumnElement[bool]) -> list[tuple[str, int, int]]:
    """Return the ids that the last of these removals was put back as."""
    query = select(removals.c.restored_as).where(*where).order_by(removals.c.id.desc()).limit(1)
    rows = tx.execute(query).scalar_one_or_none()
    return [(stream, before, now) for stream, before, now in rows or ()]


def erase_exports(tx: Transaction, tenant_id: int, before: datetime) -> None:
    """Remove what is kept of records that were removed before a moment; what became of them stays known."""
    old = (removals.c.tenant_id == tenant_id, removals.c.changed_at < before, removals.c.export.is_not(None))
    # not None, which a column of JSON takes for the value null
    tx.execute(update(removals).where(*old).values(export=null()))


@dataclass(frozen=True)
class RemovalCount:
    """How many removals of a stream a run has in one state; ``exported`` of them can be put back still."""

    run_id: int
    kind: str
    key: str
    started_at: datetime
    ended_at: datetime | None
    stream: str
    state: RemovalState
    count: int
    exported: int


def counts_of_latest_runs(tx: Transaction, tenant_id: int, limit: int) -> list[RemovalCount]:
    """Return what the latest runs that removed something did, by stream and state; the latest run first."""
    latest = select(removals.c.run_id).where(removals.c.tenant_id == tenant_id).distinct()
    latest = latest.order_by(removals.c.run_id.desc()).limit(limit)
    of_run = (runs.c.id.label("run_id"), runs.c.kind, runs.c.key, runs.c.started_at, runs.c.ended_at)
    counts = (func.count().label("count"), func.count(removals.c.export).label("exported"))
    query = select(*of_run, removals.c.stream, removals.c.state, *counts).join(runs, runs.c.id == removals.c.run_id)
    query = query.where(removals.c.tenant_id == tenant_id, removals.c.run_id.in_(latest))
    query = query.group_by(runs.c.id, removals.c.stream, removals.c.state)
    rows = tx.execute(query.order_by(runs.c.id.desc(), removals.c.stream))
    return [RemovalCount(**{**row._mapping, "state": RemovalState(row.state)}) for row in rows]
