"""The queue of pending operations: what people decided and what became of it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, insert, or_, select, update

from include.store.engine import Transaction
from include.store.tables import pending_operations, tenants


class OperationKind(StrEnum):
    """What is to be done."""

    # Empty the chosen parts of Simple-Simon before a coupling begins (R5.2).
    WIPE = "wipe"
    # Remove the set of an approved proposal (R2.5).
    REMOVAL = "removal"
    # Put back what a clean-up or a wipe took (R5.2).
    RESTORE = "restore"
    # Both sides are compared with what is believed.
    RECONCILE = "reconcile"


class OperationState(StrEnum):
    """How far an operation is; ``lifecycle.pending.TRANSITIONS`` names the ways from one to another."""

    # It waits for somebody to carry it out, for the first time or again.
    QUEUED = "queued"
    # Somebody carries it out, or was cut off while doing so.
    RUNNING = "running"
    # It was carried out.
    DONE = "done"
    # It is not carried out any more; the error code says why.
    FAILED = "failed"


OPEN = (OperationState.QUEUED, OperationState.RUNNING)


@dataclass(frozen=True)
class PendingOperation:
    """``target`` is the proposal of a removal, or the run of a restore; ``parts`` are those of a wipe."""

    id: int
    tenant_id: int
    kind: OperationKind
    target: int | None
    parts: tuple[str, ...]
    state: OperationState
    requested_by: str
    requested_at: datetime
    not_before: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    error_code: str | None

    @property
    def run_key(self) -> str:
        """The key of the run that carries it out, whoever does, so that a second try goes on with the first."""
        return f"operation__{self.id}"


def add(tx: Transaction, tenant_id: int, kind: OperationKind, **values: Any) -> PendingOperation:
    """Queue an operation with more fields of the table, and return it."""
    statement = insert(pending_operations).values(tenant_id=tenant_id, kind=kind, state=OperationState.QUEUED, **values)
    return _operation(tx.execute(statement.returning(pending_operations)).one())


def find(tx: Transaction, tenant_id: int, operation_id: int) -> PendingOperation | None:
    """Return an operation of this tenant."""
    here = (pending_operations.c.tenant_id == tenant_id, pending_operations.c.id == operation_id)
    row = tx.execute(select(pending_operations).where(*here)).one_or_none()
    return _operation(row) if row else None


def latest(
    tx: Transaction, tenant_id: int, kind: OperationKind, target: int | None = None, *, states: Collection[str] = ()
) -> PendingOperation | None:
    """Return the tenant's last operation of this kind, with this target and in one of these states if any is named."""
    query = select(pending_operations).where(
        pending_operations.c.tenant_id == tenant_id, pending_operations.c.kind == kind
    )
    if target is not None:
        query = query.where(pending_operations.c.target == target)
    if states:
        query = query.where(pending_operations.c.state.in_(states))
    row = tx.execute(query.order_by(pending_operations.c.id.desc()).limit(1)).one_or_none()
    return _operation(row) if row else None


def due(tx: Transaction, tenant_id: int, now: datetime) -> PendingOperation | None:
    """Return the tenant's first operation that is open and may be carried out now."""
    query = select(pending_operations).where(pending_operations.c.tenant_id == tenant_id, *_due(now))
    query = query.join(tenants, tenants.c.id == pending_operations.c.tenant_id).order_by(pending_operations.c.id)
    row = tx.execute(query.limit(1)).one_or_none()
    return _operation(row) if row else None


def tenants_with_due(tx: Transaction, now: datetime) -> list[str]:
    """Return the slugs of the tenants that have an operation to be carried out now."""
    query = select(tenants.c.slug).join(pending_operations, tenants.c.id == pending_operations.c.tenant_id)
    return list(tx.execute(query.where(*_due(now)).distinct().order_by(tenants.c.slug)).scalars())


def _due(now: datetime) -> list[ColumnElement[bool]]:
    """Return the conditions of an operation that may be carried out now; those of a paused tenant wait."""
    not_before = pending_operations.c.not_before
    return [
        pending_operations.c.state.in_(OPEN),
        or_(not_before.is_(None), not_before <= now),
        tenants.c.paused_at.is_(None),
    ]


def move(tx: Transaction, operation_id: int, before: Collection[OperationState], **values: Any) -> bool:
    """Change fields of an operation that is in one of the states ``before``; return whether it was."""
    here = (pending_operations.c.id == operation_id, pending_operations.c.state.in_(before))
    return tx.execute(update(pending_operations).where(*here).values(**values)).rowcount == 1


def open_ids(tx: Transaction, tenant_id: int) -> list[int]:
    """Return the ids of the tenant's operations that have not ended."""
    here = (pending_operations.c.tenant_id == tenant_id, pending_operations.c.state.in_(OPEN))
    return list(tx.execute(select(pending_operations.c.id).where(*here)).scalars())


def _operation(row: Any) -> PendingOperation:
    values = dict(row._mapping)
    kinds = {"kind": OperationKind(values["kind"]), "state": OperationState(values["state"])}
    return PendingOperation(**{**values, **kinds, "parts": tuple(values["parts"] or ())})
