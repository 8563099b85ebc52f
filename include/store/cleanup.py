"""The clean-up's memory: baselines of certified listings, removals with their exports, proposals, marks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, delete, insert, null, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from include.store.engine import Transaction
from include.store.tables import baselines, marks, proposals, removals

RemovalReason = Literal["deleted", "inactive", "outside_filter", "hand_made", "wiped"]
# planned: to be done by its run · proposed: waits for a person · exported: kept, and about to be deleted ·
# deleted, inactive, in_use, spared: what became of it · restored: put back · abandoned: its run did not get to it
RemovalState = Literal[
    "planned", "proposed", "exported", "deleted", "inactive", "in_use", "spared", "restoring", "restored", "abandoned"
]
# kept: put back by a person · inactive: Simon would not delete it · in_use: on an open work order · deleted: by us,
# where Simon keeps what is deleted as inactive
ExemptionKind = Literal["kept", "inactive", "in_use", "deleted"]


@dataclass(frozen=True)
class Baseline:
    """What a certified listing of a stream was made with."""

    administration: str
    rights: str
    filters: str
    count: int


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
    """The same, and what became of it."""

    id: int
    run_id: int
    proposal_id: int | None
    state: RemovalState
    work_order: str | None
    has_export: bool


@dataclass(frozen=True)
class Proposal:
    """A set of removals that waits for a person; ``state``: open, approved, done, refused, expired or replaced."""

    id: int
    state: str
    digest: str
    certified: dict[str, dict[str, Any]]
    made_at: datetime
    expires_at: datetime
    decided_by: str | None
    decided_at: datetime | None


_REMOVAL: list[ColumnElement[Any]] = [removals.c[name] for name in Removal.__dataclass_fields__ if name != "has_export"]
_REMOVAL.append(removals.c.export.is_not(None))
_PROPOSAL = [proposals.c[name] for name in Proposal.__dataclass_fields__]


def baseline(tx: Transaction, tenant_id: int, stream: str) -> Baseline | None:
    columns = [baselines.c[name] for name in Baseline.__dataclass_fields__]
    query = select(*columns).where(baselines.c.tenant_id == tenant_id, baselines.c.stream == stream)
    row = tx.execute(query).one_or_none()
    return Baseline(*row) if row else None


def set_baseline(tx: Transaction, tenant_id: int, stream: str, made_with: Baseline, at: datetime) -> None:
    values = {**vars(made_with), "certified_at": at}
    statement = upsert(baselines).values(tenant_id=tenant_id, stream=stream, **values)
    tx.execute(statement.on_conflict_do_update(index_elements=["tenant_id", "stream"], set_=values))


def forget_baselines(tx: Transaction, tenant_id: int) -> int:
    """How many there were."""
    return int(tx.execute(delete(baselines).where(baselines.c.tenant_id == tenant_id)).rowcount)


def plan(
    tx: Transaction,
    tenant_id: int,
    run_id: int,
    planned: Iterable[PlannedRemoval],
    at: datetime,
    proposal_id: int | None,
) -> None:
    """Enter what a run is to do, or what a proposal is about."""
    state = "planned" if proposal_id is None else "proposed"
    entered = {"tenant_id": tenant_id, "run_id": run_id, "proposal_id": proposal_id, "state": state, "changed_at": at}
    if rows := [{**vars(one), **entered} for one in planned]:
        tx.execute(insert(removals), rows)


def of_run(tx: Transaction, tenant_id: int, run_id: int, *states: RemovalState) -> list[Removal]:
    here = (removals.c.tenant_id == tenant_id, removals.c.run_id == run_id)
    return _removals(tx, *here, *([removals.c.state.in_(states)] if states else []))


def of_proposal(tx: Transaction, proposal_id: int, *states: RemovalState) -> list[Removal]:
    chosen = [removals.c.state.in_(states)] if states else []
    return _removals(tx, removals.c.proposal_id == proposal_id, *chosen)


def unsettled(tx: Transaction, tenant_id: int, but_run: int) -> list[Removal]:
    """What earlier runs of this tenant were about to do when they broke off; never what a person has still to judge."""
    broken_off = removals.c.state.in_(("planned", "exported"))
    return _removals(tx, removals.c.tenant_id == tenant_id, removals.c.run_id != but_run, broken_off)


def _removals(tx: Transaction, *where: Any) -> list[Removal]:
    query = select(*_REMOVAL).where(*where).order_by(removals.c.id)
    return [Removal(*row) for row in tx.execute(query)]


def move(tx: Transaction, removal: Removal, state: RemovalState, at: datetime, **values: Any) -> None:
    """What became of it, with more fields of the table."""
    statement = update(removals).where(removals.c.id == removal.id)
    tx.execute(statement.values(state=state, changed_at=at, **values))


def export_of(tx: Transaction, removal: Removal) -> dict[str, Any] | None:
    """What is kept of it."""
    return tx.execute(select(removals.c.export).where(removals.c.id == removal.id)).scalar_one_or_none()


def made_again(tx: Transaction, removal: Removal) -> list[tuple[str, int, int]]:
    """(stream, id before, id now) of what was put back so far."""
    found = tx.execute(select(removals.c.made_again).where(removals.c.id == removal.id)).scalar_one_or_none()
    return [(stream, before, now) for stream, before, now in found or ()]


def put_back_before(tx: Transaction, tenant_id: int, removal: Removal) -> list[tuple[str, int, int]]:
    """``made_again`` of another removal of the same record: one that was made inactive first, and deleted later."""
    same = (removals.c.stream == removal.stream, removals.c.simon_id == removal.simon_id, removals.c.id != removal.id)
    query = select(removals.c.made_again).where(removals.c.tenant_id == tenant_id, *same)
    query = query.where(removals.c.state.in_(("restoring", "restored"))).order_by(removals.c.id.desc()).limit(1)
    found = tx.execute(query).scalar_one_or_none()
    return [(stream, before, now) for stream, before, now in found or ()]


def let_go(tx: Transaction, tenant_id: int, before: datetime) -> int:
    """Empty the exports that were made before a moment; how many those were."""
    old = (removals.c.tenant_id == tenant_id, removals.c.changed_at < before, removals.c.export.is_not(None))
    # not None, which a column of JSON takes for the value null
    return int(tx.execute(update(removals).where(*old).values(export=null())).rowcount)


def propose(
    tx: Transaction, tenant_id: int, digest: str, certified: Mapping[str, Baseline], at: datetime, until: datetime
) -> int:
    """A new proposal in the place of the one that is open, if any; its id. ``certified`` is by stream."""
    withdraw(tx, tenant_id)
    values = {"tenant_id": tenant_id, "state": "open", "digest": digest, "made_at": at, "expires_at": until}
    values["certified"] = {stream: vars(made_with) for stream, made_with in certified.items()}
    return int(tx.execute(insert(proposals).values(values).returning(proposals.c.id)).scalar_one())


def withdraw(tx: Transaction, tenant_id: int) -> None:
    """Another set, or none, is in the place of the open proposal."""
    here = (proposals.c.tenant_id == tenant_id, proposals.c.state == "open")
    tx.execute(update(proposals).where(*here).values(state="replaced"))


def decide(tx: Transaction, proposal_id: int, before: str, after: str, **values: Any) -> bool:
    """Move a proposal on, with ``decided_by`` and ``decided_at``; whether it was of that state still."""
    here = (proposals.c.id == proposal_id, proposals.c.state == before)
    values["state"] = after
    return tx.execute(update(proposals).where(*here).values(values)).rowcount == 1


def proposal(tx: Transaction, tenant_id: int, proposal_id: int) -> Proposal | None:
    query = select(*_PROPOSAL).where(proposals.c.tenant_id == tenant_id, proposals.c.id == proposal_id)
    row = tx.execute(query).one_or_none()
    return Proposal(*row) if row else None


def latest_proposal(tx: Transaction, tenant_id: int, *states: str) -> Proposal | None:
    """The last one of these states."""
    query = select(*_PROPOSAL).where(proposals.c.tenant_id == tenant_id, proposals.c.state.in_(states))
    row = tx.execute(query.order_by(proposals.c.id.desc()).limit(1)).one_or_none()
    return Proposal(*row) if row else None


def marked(tx: Transaction, tenant_id: int, stream: str) -> dict[int, tuple[ExemptionKind, str | None]]:
    """By Simon's id: the mark, and the work order it is about."""
    query = select(marks.c.simon_id, marks.c.mark, marks.c.work_order)
    found = tx.execute(query.where(marks.c.tenant_id == tenant_id, marks.c.stream == stream))
    return {row.simon_id: (row.mark, row.work_order) for row in found}


def mark(
    tx: Transaction, tenant_id: int, stream: str, simon_id: int, as_: ExemptionKind, work_order: str | None = None
) -> None:
    values = {"mark": as_, "work_order": work_order}
    statement = upsert(marks).values(tenant_id=tenant_id, stream=stream, simon_id=simon_id, **values)
    tx.execute(statement.on_conflict_do_update(index_elements=["tenant_id", "stream", "simon_id"], set_=values))


def unmark(tx: Transaction, tenant_id: int, stream: str, simon_ids: Sequence[int]) -> None:
    here = (marks.c.tenant_id == tenant_id, marks.c.stream == stream, marks.c.simon_id.in_(simon_ids))
    tx.execute(delete(marks).where(*here))
