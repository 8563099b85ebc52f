"""What is known of one thing over time: the archivings of a work order and their steps, links, removals, messages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select

from include.store.engine import Transaction
from include.store.log import LogRow
from include.store.tables import ledger, ledger_steps, links, log, proposals, records, removals, runs
from include.streams import STREAMS

LIMIT = 500  # rows of a kind that a person is shown
SAME_NUMBER_LIMIT = 20  # records that are shown for one number
LONGEST_ID = 18  # digits, which fit in a bigint


@dataclass(frozen=True)
class ArchivingRow:
    """One archiving of a work order, as the ledger holds it."""

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
    reason: str | None


@dataclass(frozen=True)
class StepRow:
    """One transition of one archiving, as the ledger noted it."""

    at: datetime
    state: str
    code: str | None
    by: str | None


@dataclass(frozen=True)
class LinkedRecordRow:
    """A record of the package, and what it is linked to in the field service app, if anything."""

    stream: str
    key: str
    label: str
    in_scope: bool
    changed_at: datetime
    simon_id: int | None
    written_at: datetime | None


@dataclass(frozen=True)
class RecordRemovalRow:
    """What a clean-up did with a record; who decided on its proposal, and who had it put back, if anybody did."""

    run_id: int
    stream: str
    simon_id: int
    key: str | None
    label: str
    reason: str
    state: str
    work_order: str | None
    changed_at: datetime
    decided_by: str | None
    restored_by: str | None


def archivings(tx: Transaction, tenant_id: int, work_order: str) -> list[ArchivingRow]:
    """Return those of the work order with this number, else with this id; the latest first."""
    columns = [ledger.c[name] for name in ArchivingRow.__dataclass_fields__]
    query = select(*columns).where(ledger.c.tenant_id == tenant_id).order_by(ledger.c.archived_at.desc()).limit(LIMIT)
    rows = tx.execute(query.where(ledger.c.number == work_order)).all()
    if not rows and work_order.isascii() and work_order.isdigit() and len(work_order) <= LONGEST_ID:
        rows = tx.execute(query.where(ledger.c.work_order_id == int(work_order))).all()
    return [ArchivingRow(**row._mapping) for row in rows]


def steps(tx: Transaction, entry_ids: Sequence[int]) -> list[StepRow]:
    """Return the transitions of these archivings, the latest first."""
    query = select(*(ledger_steps.c[name] for name in StepRow.__dataclass_fields__))
    query = query.where(ledger_steps.c.ledger_id.in_(entry_ids)).order_by(ledger_steps.c.id.desc()).limit(LIMIT)
    return [StepRow(**row._mapping) for row in tx.execute(query)]


def messages(tx: Transaction, tenant_id: int, tables: Sequence[str], names: Sequence[str]) -> list[LogRow]:
    """Return the messages about records of these names, the latest first."""
    query = select(*(log.c[name] for name in LogRow.__dataclass_fields__)).where(log.c.tenant_id == tenant_id)
    query = query.where(log.c.table.in_(tables), log.c.record.in_(names))
    query = query.order_by(log.c.at.desc(), log.c.id.desc()).limit(LIMIT)
    return [LogRow(**row._mapping) for row in tx.execute(query)]


def linked_records(tx: Transaction, tenant_id: int, stream: str, name: str) -> list[LinkedRecordRow]:
    """Return the records of the package with this number, code or key, and what they are linked to."""
    number = records.c.body[STREAMS[stream].number_field].astext
    described = func.coalesce(records.c.body["name"].astext, records.c.body["description"].astext)
    label = func.concat_ws(" ", number, described).label("label")
    columns = (records.c.stream, records.c.key, label, records.c.in_scope, records.c.changed_at)
    same_tenant, same_stream = links.c.tenant_id == records.c.tenant_id, links.c.stream == records.c.stream
    query = select(*columns, links.c.simon_id, links.c.written_at).select_from(records)
    query = query.outerjoin(links, same_tenant & same_stream & (links.c.key == records.c.key))
    query = query.where(records.c.tenant_id == tenant_id, records.c.stream == stream)
    query = query.where(or_(records.c.key == name, number == name)).limit(SAME_NUMBER_LIMIT)
    return [LinkedRecordRow(**row._mapping) for row in tx.execute(query)]


def removals_of(tx: Transaction, tenant_id: int, stream: str, names: Sequence[str]) -> list[RecordRemovalRow]:
    """Return what clean-ups did with records of these labels or keys, the latest first."""
    own = [removals.c[name] for name in RecordRemovalRow.__dataclass_fields__ if name in removals.c]
    undone = select(func.max(runs.c.requested_by)).where(runs.c.kind == "restore", runs.c.target == removals.c.run_id)
    undone = undone.where(runs.c.tenant_id == tenant_id, removals.c.state == "restored")
    query = select(*own, proposals.c.decided_by, undone.scalar_subquery().label("restored_by"))
    query = query.select_from(removals).outerjoin(proposals, proposals.c.id == removals.c.proposal_id)
    query = query.where(removals.c.tenant_id == tenant_id, removals.c.stream == stream)
    query = query.where(or_(removals.c.label.in_(names), removals.c.key.in_(names)))
    return [RecordRemovalRow(**row._mapping) for row in tx.execute(query.order_by(removals.c.id.desc()).limit(LIMIT))]
