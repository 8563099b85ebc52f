"""Everything that ever happened to one work order, customer or article, from all that is kept of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from include.context import Context
from include.messages import Language, catalogue, lookup
from include.store import history
from include.store.history import EntryRow, LinkRow, RemovalRow, SaidRow, StepRow
from include.streams import STREAMS, with_followers
from include.tenants.tenant import Tenant

__all__ = ["KINDS", "EntryRow", "LinkRow", "RemovalRow", "Timeline", "TimelineEvent", "of_record", "of_work_order"]

# what the log calls them, and their stream
KINDS = {stream.table: stream.name for stream in STREAMS.values() if stream.number_field}


@dataclass(frozen=True)
class TimelineEvent:
    """``type`` is the severity of a message, or empty for a step; ``state`` is where a step led to."""

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
    """``events`` have the latest first. Of a work order ``entries`` are its archivings, the latest first."""

    name: str
    events: tuple[TimelineEvent, ...]
    entries: tuple[EntryRow, ...] = ()
    links: tuple[LinkRow, ...] = ()
    removals: tuple[RemovalRow, ...] = ()


def of_work_order(context: Context, tenant: Tenant, name: str, language: Language = "nl") -> Timeline:
    """Steps of the ledger and messages. What is not known has an empty story."""
    with context.store.begin() as tx:
        entries = history.archivings(tx, tenant.id, name)
        names = list(dict.fromkeys([name, *(one.number for one in entries)]))
        steps, said = history.steps(tx, entries), history.said(tx, tenant.id, ["work_order"], names)
    events = [*(_step(one) for one in steps), *(_message(one, language) for one in said)]
    return Timeline(entries[0].number if entries else name, _ordered(events), tuple(entries))


def of_record(context: Context, tenant: Tenant, kind: str, name: str, language: Language = "nl") -> Timeline:
    """Links, removals and messages of a customer or an article, by its number or key, or as the log names it."""
    stream = KINDS[kind]
    with context.store.begin() as tx:
        links = [row for given in _alike(name) for row in history.known(tx, tenant.id, stream, given)][:1]
        names = list(dict.fromkeys([name, *(part for row in links for part in (row.key, row.label))]))
        names += [part for row in links if (part := row.label.partition(" ")[0]) not in names]
        removals = history.removed(tx, tenant.id, stream, names)
        said = history.said(tx, tenant.id, [STREAMS[each].table for each in with_followers(stream)], names)
    return Timeline(name, _ordered([_message(one, language) for one in said]), (), tuple(links), tuple(removals))


def _alike(name: str) -> list[str]:
    """As it was given, and its first word: the log names a customer by number and name."""
    return list(dict.fromkeys([name, name.partition(" ")[0]]))


def _ordered(events: Sequence[TimelineEvent]) -> tuple[TimelineEvent, ...]:
    return tuple(sorted(events, key=lambda one: one.at, reverse=True))


def _step(row: StepRow) -> TimelineEvent:
    return TimelineEvent(row.at, state=row.state, code=row.code or "", by=row.by or "")


def _message(row: SaidRow, language: Language) -> TimelineEvent:
    if row.code not in catalogue():
        return TimelineEvent(row.at, row.severity, message=row.code, code=row.code, run=row.run)
    text = lookup(row.code).text({"record": row.record, **row.values}, language)
    return TimelineEvent(row.at, row.severity, "", text.message, text.action, row.code, "", row.run)
