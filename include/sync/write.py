"""Writes some records to Simon, one by one: what Simon lacks, holds in an older form, or people changed there."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from threading import Event
from typing import Any

from include.connectors.field_service import FieldService
from include.errors import RecordRejected
from include.records import LongValueEffect, MasterRecord, Raw
from include.runs import Run
from include.store import links
from include.store.bulk_copy import async_commit
from include.store.links import Link
from include.store.records import DueRecord
from include.streams import STREAMS
from include.sync.drift import change_texts, content_digest

Changes = dict[str, tuple[Any, Any]]  # by our word for a field: as it was in Simon, as it is written


@dataclass
class WriteCounts:
    """What came of writing some records; those that were the same already are in none.

    ``corrected`` are those that people had changed or removed in Simon.
    """

    new: int = 0
    changed: int = 0
    corrected: int = 0
    rejected: int = 0

    @property
    def total(self) -> int:
        """How many are not the same."""
        return self.new + self.changed + self.corrected + self.rejected


@dataclass
class Batch:
    """Some records of a stream, what Simon has of them and of those they point at, and what came of writing them."""

    stream: str
    records: Sequence[tuple[DueRecord, MasterRecord]]
    parent_ids: dict[tuple[str, str], int]
    remote: dict[int, Raw] = field(default_factory=dict)
    ids_by_key: dict[str, list[int]] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)
    corrected: dict[str, tuple[int, MasterRecord, Raw]] = field(default_factory=dict)  # id, record, payload by key
    counts: WriteCounts = field(default_factory=WriteCounts)


def write_batch(run: Run, app: FieldService, batch: Batch, *, stop: Event) -> Batch:
    """Look up, then write one by one; what one record is refused for does not concern the next."""
    ids = [due.simon_id for due, _ in batch.records if due.simon_id is not None]
    keys = [due.key for due, _ in batch.records if due.simon_id is None]
    batch.remote = app.get_many(batch.stream, ids) if ids else {}
    batch.ids_by_key = app.find(batch.stream, keys) if keys else {}
    with run.context.store.begin() as tx:
        known = links.keys(tx, run.tenant.id, batch.stream, [id for ids in batch.ids_by_key.values() for id in ids])
    # what is linked under another key is another thing
    ours = {key: [id for id in ids if known.get(id, key) == key] for key, ids in batch.ids_by_key.items()}
    batch.ids_by_key = {key: ids for key, ids in ours.items() if ids}
    if unlinked_ids := [ids[0] for ids in batch.ids_by_key.values()]:
        batch.remote |= app.get_many(batch.stream, unlinked_ids)
    with run.transaction() as tx:  # the run is locked, so whoever takes it over waits for what is being written
        async_commit(tx)
        for pair in batch.records:
            if stop.is_set():
                break
            try:
                _write(run, app, batch, pair)
            except RecordRejected as error:
                batch.counts.rejected += 1
                if error.values.get("parent_stream") not in run.streams:  # else its parent's refusal was logged already
                    run.log.write(error.code, pair[1].label, STREAMS[batch.stream].table, **error.values)
        _note_not_kept(run, app, batch)
    return batch


def _note_not_kept(run: Run, app: FieldService, batch: Batch) -> None:
    """Look how Simon keeps what was put right: a form of its own is no drift, else it would be written every day."""
    rows = app.get_many(batch.stream, [id for id, _, _ in batch.corrected.values()]) if batch.corrected else {}
    for key, (id, record, payload) in batch.corrected.items():
        if id in rows and (changes := app.changes(batch.stream, rows[id], payload)):
            kept = content_digest(app.written(batch.stream, rows[id])[0], {})
            batch.links = [replace(link, kept_digest=kept) if link.key == key else link for link in batch.links]
            values = {"changes": change_texts({word: (new, old) for word, (old, new) in changes.items()})}
            run.log.write("sync.not_kept", record.label, STREAMS[batch.stream].table, **values)


def _write(run: Run, app: FieldService, batch: Batch, pair: tuple[DueRecord, MasterRecord]) -> None:
    due, record = pair
    payload, too_long = app.payload(record)
    for cut in too_long:
        if cut.effect is LongValueEffect.REFUSED:
            values = {"field": cut.field, "length": cut.length, "system": "Simple-Simon"}
            raise RecordRejected("sync.key_too_long", record.label, **values)
    for name, parent in app.parents(record).items():
        if parent not in batch.parent_ids:
            stream, key = parent
            names = {"parent_kind": stream, "parent_stream": stream}
            raise RecordRejected("sync.parent_missing", record.label, parent=key, **names)
        payload[name] = batch.parent_ids[parent]
    simon_id = due.simon_id if due.simon_id is not None else _existing_id(run, batch, due.key, record.label)
    remote = batch.remote.get(simon_id) if simon_id is not None else None
    changes = None if remote is None else _update(app, batch, remote, key=due.key, payload=payload)
    if simon_id is None or changes is None:
        simon_id = app.create(batch.stream, due.key, payload)
    _count(run, batch, pair, changes)
    if due.drifted and changes:
        batch.corrected[due.key] = simon_id, record, payload
    batch.links.append(Link(due.key, simon_id, due.payload_digest))
    for cut in too_long:
        code = "sync.text_shortened" if cut.effect is LongValueEffect.SHORTENED else "sync.value_left_out"
        values = {"field": cut.field, "length": cut.length, "system": "Simple-Simon", "key": due.key}
        run.log.write(code, record.label, STREAMS[batch.stream].table, **values)


def _update(app: FieldService, batch: Batch, remote: Raw, *, key: str, payload: Raw) -> Changes | None:
    """Bring a record in line and return what differed; None when somebody removed it in Simon meanwhile."""
    changes = app.changes(batch.stream, remote, payload)
    try:
        app.update(batch.stream, remote, key, payload)
    except LookupError:
        return None
    return changes


def _count(run: Run, batch: Batch, pair: tuple[DueRecord, MasterRecord], changes: Changes | None) -> None:
    """Count what was written; what people did to a record in Simon is reported field by field (R1.12)."""
    due, record = pair
    if not due.drifted:
        batch.counts.new += changes is None
        batch.counts.changed += bool(changes)
        return
    batch.counts.corrected += changes is None or bool(changes)
    table = STREAMS[batch.stream].table
    if changes is None:
        run.log.write("sync.made_again", record.label, table)
    elif changes:
        run.log.write("sync.corrected", record.label, table, changes=change_texts(changes))


def _existing_id(run: Run, batch: Batch, key: str, label: str) -> int | None:
    """Return the id of a record that carries our key already: its answer was lost, or it is older than the link."""
    ids = batch.ids_by_key.get(key, [])
    if len(ids) > 1:
        values = {"count": len(ids), "simon_id": ids[0], "key": key}
        run.log.write("sync.duplicates_found", label, STREAMS[batch.stream].table, **values)
    return ids[0] if ids else None
