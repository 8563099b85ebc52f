"""What is known of one thing over time: the archivings of a work order and their steps, links, removals, log rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select

from include.store.engine import Transaction
from include.store.tables import ledger, ledger_steps, links, log, records, removals, runs
from include.streams import STREAMS

MOST = 500  # rows of a kind that a person is shown


@dataclass(frozen=True)
class StepRow:
    """One transition of one archiving."""

    entry: int
    at: datetime
    state: str
    code: str | None
    by: str | None


@dataclass(frozen=True)
class EntryRow:
    """One archiving of a work order."""

    id: int
    work_order_id: int
    number: str
    archived_at: datetime
    reference: str
    state: str
    code: str | None
    attempts: int
    document_id: str | None
    document_number: str | None
    settings_version: int | None


@dataclass(frozen=True)
class SaidRow:
    at: datetime
    table: str
    record: str
    severity: str
    code: str
    values: dict[str, Any]
    run: str


@dataclass(frozen=True)
class LinkRow:
    stream: str
    key: str
    label: str
    in_scope: bool
    changed_at: datetime
    simon_id: int | None
    written_at: datetime | None


@dataclass(frozen=True)
class RemovalRow:
    run_id: int
    stream: str
    simon_id: int
    key: str | None
    label: str
    reason: str
    state: str
    work_order: str | None
    changed_at: datetime


@dataclass(frozen=True)
class CleanedRow:
    """One run that removed something; ``kept`` of the removed records can be put back still."""

    id: int
    kind: str
    key: str
    started_at: datetime
    ended_at: datetime | None
    stream: str
    state: str
    count: int
    kept: int


def archivings(tx: Transaction, tenant_id: int, work_order: str) -> list[EntryRow]:
    """Of the work order with this number, else with this id; the latest first."""
    query = select(*(ledger.c[name] for name in EntryRow.__dataclass_fields__)).where(ledger.c.tenant_id == tenant_id)
    query = query.order_by(ledger.c.archived_at.desc()).limit(MOST)
    found = tx.execute(query.where(ledger.c.number == work_order)).all()
    if not found and work_order.isascii() and work_order.isdigit() and len(work_order) < 19:
        found = tx.execute(query.where(ledger.c.work_order_id == int(work_order))).all()
    return [EntryRow(*row) for row in found]


def steps(tx: Transaction, entries: Sequence[EntryRow]) -> list[StepRow]:
    """The latest first."""
    shown = ("at", "state", "code", "by")
    query = select(ledger_steps.c.ledger_id, *(ledger_steps.c[name] for name in shown))
    query = query.where(ledger_steps.c.ledger_id.in_([one.id for one in entries]))
    return [StepRow(*row) for row in tx.execute(query.order_by(ledger_steps.c.id.desc()).limit(MOST))]


def said(tx: Transaction, tenant_id: int, tables: Sequence[str], names: Sequence[str]) -> list[SaidRow]:
    """The log rows of records of these names, the latest first."""
    query = select(*(log.c[name] for name in SaidRow.__dataclass_fields__)).where(log.c.tenant_id == tenant_id)
    query = query.where(log.c.table.in_(tables), log.c.record.in_(names))
    return [SaidRow(*row) for row in tx.execute(query.order_by(log.c.at.desc(), log.c.id.desc()).limit(MOST))]


def known(tx: Transaction, tenant_id: int, stream: str, name: str) -> list[LinkRow]:
    """Records of the package with this number, code or key, and what they are linked to."""
    number = records.c.body[STREAMS[stream].number_field].astext
    label = func.concat_ws(
        " ", number, func.coalesce(records.c.body["name"].astext, records.c.body["description"].astext)
    )
    shown = (records.c.stream, records.c.key, label, records.c.in_scope, records.c.changed_at)
    same = (links.c.tenant_id == records.c.tenant_id, links.c.stream == records.c.stream, links.c.key == records.c.key)
    query = select(*shown, links.c.simon_id, links.c.written_at).select_from(records)
    joined = query.outerjoin(links, same[0] & same[1] & same[2])
    here = (records.c.tenant_id == tenant_id, records.c.stream == stream)
    return [
        LinkRow(*row) for row in tx.execute(joined.where(*here, or_(records.c.key == name, number == name)).limit(20))
    ]


def removed(tx: Transaction, tenant_id: int, stream: str, names: Sequence[str]) -> list[RemovalRow]:
    """What clean-ups did with records of these labels or keys, the latest first."""
    query = select(*(removals.c[name] for name in RemovalRow.__dataclass_fields__))
    here = (removals.c.tenant_id == tenant_id, removals.c.stream == stream)
    named = or_(removals.c.label.in_(names), removals.c.key.in_(names))
    return [
        RemovalRow(*row) for row in tx.execute(query.where(*here, named).order_by(removals.c.id.desc()).limit(MOST))
    ]


def cleaned(tx: Transaction, tenant_id: int, limit: int) -> list[CleanedRow]:
    """What the latest runs that removed something did, by stream and state; the latest run first."""
    latest = select(removals.c.run_id).where(removals.c.tenant_id == tenant_id).distinct()
    latest = latest.order_by(removals.c.run_id.desc()).limit(limit)
    about = (runs.c.id, runs.c.kind, runs.c.key, runs.c.started_at, runs.c.ended_at)
    counts = (func.count(), func.count(removals.c.export))
    query = select(*about, removals.c.stream, removals.c.state, *counts).join(runs, runs.c.id == removals.c.run_id)
    query = query.where(removals.c.tenant_id == tenant_id, removals.c.run_id.in_(latest))
    grouped = query.group_by(*about, removals.c.stream, removals.c.state)
    return [CleanedRow(*row) for row in tx.execute(grouped.order_by(runs.c.id.desc(), removals.c.stream))]
