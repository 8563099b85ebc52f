"""Everything that ever happened to one work order, customer or article, from all that is kept of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from include.context import Context
from include.messages import Language, catalogue, lookup
from include.store import timeline
from include.store.log import LogRow
from include.store.timeline import ArchivingRow as ArchivingRow
from include.store.timeline import LinkedRecordRow as LinkedRecordRow
from include.store.timeline import RecordRemovalRow as RecordRemovalRow
from include.store.timeline import StepRow
from include.streams import STREAMS, with_followers
from include.tenants.tenant import Tenant

# what the log calls a record -> its stream
KINDS = {stream.table: stream.name for stream in STREAMS.values() if stream.number_field}


@dataclass(frozen=True)
class TimelineEvent:
    """A message or a step. ``type`` is the severity of a message; ``state`` is where a step led to."""

    at: datetime
    type: str = ""
    state: str = ""
    message: str = ""
    action: str = ""
    code: str = ""
    by: str = ""
    run: str = ""


@dataclass(frozen=True)
class Timeline:
    """What happened to one thing, the latest first. Of a work order ``entries`` are its archivings."""

    name: str
    events: tuple[TimelineEvent, ...]
    entries: tuple[ArchivingRow, ...] = ()
    links: tuple[LinkedRecordRow, ...] = ()
    removals: tuple[RecordRemovalRow, ...] = ()


def work_order_timeline(context: Context, tenant: Tenant, name: str, language: Language = "nl") -> Timeline:
    """Return the steps in the ledger and the messages of a work order; none of one that is not known."""
    with context.store.begin() as tx:
        entries = timeline.archivings(tx, tenant.id, name)
        names = list(dict.fromkeys([name, *(entry.number for entry in entries)]))
        steps = timeline.steps(tx, [entry.id for entry in entries])
        messages = timeline.messages(tx, tenant.id, ["work_order"], names)
    events = [*(_step_event(step) for step in steps), *(_message_event(row, language) for row in messages)]
    return Timeline(entries[0].number if entries else name, _latest_first(events), entries=tuple(entries))


def record_timeline(context: Context, tenant: Tenant, kind: str, name: str, *, language: Language = "nl") -> Timeline:
    """Return links, removals and messages of a customer or an article, by number, by key, or as the log names it."""
    stream = KINDS[kind]
    with context.store.begin() as tx:
        # the log names a customer by number and name
        alike = dict.fromkeys([name, name.partition(" ")[0]])
        links = [row for each in alike for row in timeline.linked_records(tx, tenant.id, stream, each)][:1]
        names = list(dict.fromkeys([name, *(part for row in links for part in (row.key, row.label))]))
        names += [part for row in links if (part := row.label.partition(" ")[0]) not in names]
        removals = timeline.removals_of(tx, tenant.id, stream, names)
        tables = [STREAMS[follower].table for follower in with_followers(stream)]
        messages = timeline.messages(tx, tenant.id, tables, names)
    events = _latest_first(_message_event(row, language) for row in messages)
    return Timeline(name, events, links=tuple(links), removals=tuple(removals))


def _latest_first(events: Iterable[TimelineEvent]) -> tuple[TimelineEvent, ...]:
    return tuple(sorted(events, key=lambda event: event.at, reverse=True))


def _step_event(step: StepRow) -> TimelineEvent:
    return TimelineEvent(step.at, state=step.state, code=step.code or "", by=step.by or "")


def _message_event(row: LogRow, language: Language) -> TimelineEvent:
    if row.code not in catalogue():
        return TimelineEvent(row.at, row.severity, message=row.code, code=row.code, run=row.run)
    text = lookup(row.code).text({"record": row.record, **row.values}, language)
    return TimelineEvent(row.at, row.severity, message=text.message, action=text.action, code=row.code, run=row.run)
