"""Alarms: what is wrong until it is not, who was told, and of what somebody is still to be told."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, insert

from include.store.engine import Transaction
from include.store.tables import alarms, alert_addresses, problems, tenants

LOCK = 4_711_016  # one process at a time decides what is told


@dataclass(frozen=True)
class AlarmRow:
    """Holds an alarm: in how many ``rounds`` it was found; ``tenant_id`` is None when it is the installation's."""

    id: int
    tenant_id: int | None
    cause: str
    code: str
    values: dict[str, Any]
    opened_at: datetime
    rounds: int
    told_at: datetime | None
    closed_at: datetime | None


@dataclass(frozen=True)
class ProblemsOfCause:
    """Open problems of one code, and of one system where that is said: of how many tenants; ``values`` of the first."""

    code: str
    system: str
    slugs: list[str]
    values: dict[str, Any]
    first_at: datetime


_ROW = [alarms.c[name] for name in AlarmRow.__dataclass_fields__]


def lock(tx: Transaction) -> bool:
    """Take the lock of this transaction's round; return False when another process has it."""
    return bool(tx.execute(select(func.pg_try_advisory_xact_lock(LOCK))).scalar_one())


def open_or_count(tx: Transaction, now: datetime, rows: Collection[Mapping[str, Any]]) -> None:
    """Open an alarm of each of these, or count one more round of it: tenant_id, cause, code, values."""
    if not rows:
        return
    statement = insert(alarms).values([{**row, "opened_at": now} for row in rows])
    again = {"rounds": alarms.c.rounds + 1, "values": statement.excluded["values"]}
    key: list[Any] = [text("coalesce(tenant_id, 0)"), alarms.c.cause]
    is_open = alarms.c.closed_at.is_(None)
    tx.execute(statement.on_conflict_do_update(index_elements=key, index_where=is_open, set_=again))


def close_others(tx: Transaction, now: datetime, still: Collection[tuple[int | None, str]]) -> None:
    """Close the open alarms that were not found in this round; those nobody was told of leave nothing to tell."""
    rows = tx.execute(select(alarms.c.id, alarms.c.tenant_id, alarms.c.cause).where(alarms.c.closed_at.is_(None)))
    over = [row.id for row in rows if (row.tenant_id, row.cause) not in still]
    if over:
        tx.execute(update(alarms).where(alarms.c.id.in_(over)).values(closed_at=now))


def to_tell(tx: Transaction, rounds: int) -> tuple[list[AlarmRow], list[AlarmRow]]:
    """Return the alarms that somebody is to be told of, and those whose end is; found in so many rounds or more."""
    untold = select(*_ROW).where(alarms.c.told_at.is_(None), alarms.c.closed_at.is_(None), alarms.c.rounds >= rounds)
    over = select(*_ROW).where(
        alarms.c.told_at.is_not(None), alarms.c.closed_at.is_not(None), alarms.c.recovery_told_at.is_(None)
    )
    opened, closed = (tx.execute(query.order_by(alarms.c.id)).mappings() for query in (untold, over))
    return [AlarmRow(**row) for row in opened], [AlarmRow(**row) for row in closed]


def told(tx: Transaction, alarm_id: int, now: datetime, *, recovery: bool) -> None:
    """Store that somebody was told of an alarm, or of its end."""
    column = "recovery_told_at" if recovery else "told_at"
    tx.execute(update(alarms).where(alarms.c.id == alarm_id).values({column: now}))


def opened_since(tx: Transaction, moment: datetime) -> int:
    """Count the alarms of the installation that were opened since a moment and that somebody was told of."""
    where = (alarms.c.opened_at >= moment, alarms.c.told_at.is_not(None), alarms.c.tenant_id.is_(None))
    return int(tx.execute(select(func.count()).select_from(alarms).where(*where)).scalar_one())


def listing(tx: Transaction, limit: int) -> list[AlarmRow]:
    """Return the latest alarms, open ones first."""
    order = (alarms.c.closed_at.is_not(None), alarms.c.id.desc())
    return [AlarmRow(**row) for row in tx.execute(select(*_ROW).order_by(*order).limit(limit)).mappings()]


def problems_by_cause(tx: Transaction, codes: Collection[str], before: datetime) -> list[ProblemsOfCause]:
    """Return the open problems of these codes that were first reported before a moment, by code and system."""
    system = func.coalesce(problems.c["values"]["system"].astext, "")
    query = (
        select(
            problems.c.code,
            system.label("system"),
            func.array_agg(tenants.c.slug.distinct()).label("slugs"),
            (func.array_agg(problems.c["values"], type_=ARRAY(JSONB))[1]).label("values"),
            func.min(problems.c.first_at).label("first_at"),
        )
        .join(tenants, tenants.c.id == problems.c.tenant_id)
        .where(problems.c.code.in_(codes), problems.c.resolved_at.is_(None), problems.c.first_at <= before)
        .where(or_(tenants.c.status == "active", tenants.c.status == "importing"), tenants.c.paused_at.is_(None))
        .group_by(problems.c.code, system)
    )
    return [ProblemsOfCause(**row) for row in tx.execute(query).mappings()]


def addresses(tx: Transaction) -> dict[int, bytes]:
    """Return, by tenant, where its office wants to be told, encrypted."""
    return {row.tenant_id: bytes(row.encrypted) for row in tx.execute(select(alert_addresses))}


def set_address(tx: Transaction, tenant_id: int, encrypted: bytes, *, by: str, now: datetime) -> None:
    """Store where a tenant's office wants to be told."""
    values = {"encrypted": encrypted, "set_by": by, "set_at": now}
    statement = insert(alert_addresses).values(tenant_id=tenant_id, **values)
    tx.execute(statement.on_conflict_do_update(index_elements=["tenant_id"], set_=values))


def lock_addresses(tx: Transaction, tenant_id: int) -> bytes | None:
    """Return where a tenant's office wants to be told, encrypted, for whoever encrypts it anew."""
    query = select(alert_addresses.c.encrypted).where(alert_addresses.c.tenant_id == tenant_id).with_for_update()
    encrypted = tx.execute(query).scalar_one_or_none()
    return None if encrypted is None else bytes(encrypted)


def reencrypt(tx: Transaction, tenant_id: int, encrypted: bytes) -> None:
    """Store the same addresses under another key."""
    here = update(alert_addresses).where(alert_addresses.c.tenant_id == tenant_id)
    tx.execute(here.values(encrypted=encrypted))


def remove_address(tx: Transaction, tenant_id: int) -> bool:
    """Forget where a tenant's office wants to be told; return whether it was stored."""
    return tx.execute(alert_addresses.delete().where(alert_addresses.c.tenant_id == tenant_id)).rowcount == 1
