"""The watcher's last look at each tenant, and the heartbeats of the parts of Koppel."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from include.store.engine import Transaction
from include.store.tables import heartbeats, looks, tenants

RESTED = timedelta(minutes=40)  # a tenant in trouble is looked at less often


@dataclass(frozen=True)
class Look:
    """How the last look of a kind at a tenant went; ``code`` says what went wrong, None that nothing did."""

    tenant_id: int
    kind: str
    ended_at: datetime
    took_ms: int
    code: str | None = None


@dataclass(frozen=True)
class Heartbeat:
    """When a part of Koppel last said that it is at work, which it does every so many seconds."""

    at: datetime
    every_s: int


def save(tx: Transaction, ended: Sequence[Look]) -> None:
    """Store how looks went, each tenant and kind at most once; of tenants that are gone, nothing is stored."""
    if not ended:
        return
    columns = ("tenant_id", "kind", "ended_at", "took_ms", "code")
    rows = [{name: getattr(look, name) for name in columns} for look in ended]
    there = set(tx.execute(select(tenants.c.id).where(tenants.c.id.in_({look.tenant_id for look in ended}))).scalars())
    for row in rows:
        row["succeeded_at"] = row["ended_at"] if row["code"] is None else None
    statement = insert(looks).values([row for row in rows if row["tenant_id"] in there])
    new = statement.excluded
    succeeded = func.coalesce(new.succeeded_at, looks.c.succeeded_at)
    changes = {name: new[name] for name in ("ended_at", "took_ms", "code")} | {"succeeded_at": succeeded}
    tx.execute(statement.on_conflict_do_update(index_elements=["tenant_id", "kind"], set_=changes))


def beat(tx: Transaction, part: str, at: datetime, every_s: int) -> None:
    """Store that a part of Koppel is at work."""
    statement = insert(heartbeats).values(part=part, at=at, every_s=every_s)
    changes = {"at": statement.excluded.at, "every_s": statement.excluded.every_s}
    tx.execute(statement.on_conflict_do_update(index_elements=["part"], set_=changes))


def heartbeats_of(tx: Transaction) -> dict[str, Heartbeat]:
    """Return the last heartbeat of each part."""
    return {row.part: Heartbeat(row.at, row.every_s) for row in tx.execute(select(heartbeats))}


def not_looked_at(tx: Transaction, now: datetime, late_s: float) -> list[str]:
    """Return the active tenants whose work orders were not looked at for so long, whatever the looks found.

    A look that failed counts, as the next one comes later then; so does a coupling that became active since.
    """
    late = now - timedelta(seconds=late_s)
    here = (looks.c.tenant_id == tenants.c.id, looks.c.kind == "archived")
    seen = exists().where(
        *here, or_(looks.c.ended_at >= late, looks.c.code.is_not(None) & (looks.c.ended_at >= now - RESTED))
    )
    active = (tenants.c.status == "active", tenants.c.paused_at.is_(None), tenants.c.active_since < late)
    return list(tx.execute(select(tenants.c.slug).where(*active, ~seen).order_by(tenants.c.slug)).scalars())
