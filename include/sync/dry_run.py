"""What a sync would do, record by record, without writing to Simon or to what the store knows of the package."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from include.access.systems import open_app
from include.connectors.field_service import FieldService
from include.context import Context
from include.log.writer import IntegrationLog
from include.records import LongValueEffect, Raw
from include.runs import Run, RunKind, begin
from include.store import Transaction, links, records
from include.streams import STREAMS, WRITING_ORDER, with_followers
from include.sync.drift import find_drifted
from include.sync.extract import extract
from include.sync.run import selection
from include.sync.scope import article_filter_of
from include.sync.transform import CHUNK, transform_stream
from include.tenants.tenant import Tenant


class Effect(StrEnum):
    """What a sync would do with a record in Simon."""

    # Simon lacks it.
    CREATE = "create"
    # Simon holds it in another form.
    CHANGE = "change"
    # People changed or removed it in Simon; it is put right.
    CORRECT = "correct"
    # Simon holds it as it should.
    SAME = "same"
    # Simon should not hold it, or what it points at is not there and would not come either.
    SKIP = "skip"


@dataclass(frozen=True)
class SyncPreviewRow:
    """``fields``: name in Simon -> (as it is there, as it would be); for a change or a correction."""

    stream: str
    key: str
    label: str
    effect: Effect
    fields: dict[str, tuple[Any, Any]] = field(default_factory=dict)


def dry_run(
    context: Context, tenant: Tenant, key: str, streams: Sequence[str] | None = None
) -> Iterator[SyncPreviewRow]:
    """Yield every record of the chosen streams with what would become of it. Raises as ``sync`` does."""
    run = begin(context, tenant, RunKind.DRY_RUN, key, streams=selection(tenant, streams))
    try:
        for stream in run.streams:
            extract(run, stream)
        app = open_app(context, tenant)
        preview = _Preview(app, *_foreseen(run, app))
        for stream in WRITING_ORDER:
            yield from preview.rows(stream)
    finally:
        with context.store.begin() as tx:
            run.finish(tx)


@dataclass(frozen=True)
class _Foreseen:
    """A record of the listing as the transform would store it; ``body`` of one that would be written."""

    key: str
    label: str
    in_scope: bool
    simon_id: int | None = None
    body: dict[str, Any] | None = None
    drifted: bool = False


def _foreseen(run: Run, app: FieldService) -> tuple[dict[str, list[_Foreseen]], dict[tuple[str, str], int | str]]:
    """Transform as a sync does, in a transaction that is undone; return the listed records, and Simon's ids of all."""
    drifted = {
        stream: set(find_drifted(run, app, stream))
        for name in run.streams
        for stream in with_followers(name)
        if STREAMS[stream].in_simon
    }
    silent = replace(run, log=_Silent(run.log.store, run.log.tenant_id, run.log.tenant, run.key))
    with run.context.store.begin() as tx:
        for name in run.streams:
            filters = article_filter_of(run)
            transform_stream(silent, tx, app, run.tenant.package.stream(name), article_filter=filters)
        listed = {stream: _listed(run, tx, stream, keys) for stream, keys in drifted.items()}
        ids: dict[tuple[str, str], int | str] = {
            (stream, key): id for stream in WRITING_ORDER for id, key in links.keys(tx, run.tenant.id, stream).items()
        }
        tx.rollback()
    return listed, ids


def _listed(run: Run, tx: Transaction, stream: str, drifted: Collection[str]) -> list[_Foreseen]:
    kind, listing = STREAMS[stream].record, STREAMS[stream].follows or stream
    foreseen = []
    for row in records.listed(tx, run.tenant.id, run.id, stream, listing=listing):
        is_due = row.in_scope and (row.due or row.key in drifted)
        label = kind.model_validate(row.body).label
        drift = is_due and not row.due
        foreseen.append(
            _Foreseen(row.key, label, row.in_scope, row.simon_id, row.body if is_due else None, drifted=drift)
        )
    return foreseen


class _Silent(IntegrationLog):
    """Writes nothing: what is only foreseen did not happen."""

    def write(self, code: str, record: str = "", table: str = "", **values: object) -> None:
        """Leave it unsaid."""


@dataclass
class _Preview:
    """What would become of the records; a stream comes after those that its records point at.

    ``ids``: Simon's id of a record by (stream, key), or what stands for it while it has none.
    """

    app: FieldService
    listed: dict[str, list[_Foreseen]]
    ids: dict[tuple[str, str], int | str]

    def rows(self, stream: str) -> Iterator[SyncPreviewRow]:
        """Yield those of one stream, in their order; Simon is asked for those that differ."""
        for start in range(0, len(foreseen := self.listed.get(stream, [])), CHUNK):
            yield from self._compare(stream, foreseen[start : start + CHUNK])

    def _compare(self, stream: str, foreseen: Sequence[_Foreseen]) -> Iterator[SyncPreviewRow]:
        payloads = {each.key: self._payload(stream, each.body) for each in foreseen if each.body is not None}
        ids = self._remote_ids(stream, [each for each in foreseen if each.body is not None])
        remote = self.app.get_many(stream, list(ids.values())) if ids else {}
        for each in foreseen:
            key, payload = each.key, payloads.get(each.key)
            effect = Effect.SAME if each.in_scope and key not in payloads else Effect.SKIP
            fields: dict[str, tuple[Any, Any]] = {}
            if payload is not None and (row := remote.get(ids.get(key, -1))) is not None:
                self.ids[stream, key] = ids[key]
                fields = _changes(row, payload)
                effect = (Effect.CORRECT if each.drifted else Effect.CHANGE) if fields else Effect.SAME
            elif payload is not None:
                self.ids[stream, key] = f"{stream} {key}"  # its id is not known before it is made
                effect = Effect.CORRECT if each.drifted else Effect.CREATE
            yield SyncPreviewRow(stream, key, each.label, effect, fields)

    def _remote_ids(self, stream: str, due: Sequence[_Foreseen]) -> dict[str, int]:
        """Return Simon's ids by our key: by link, else by the key that Simon's record carries."""
        unlinked = [each.key for each in due if each.simon_id is None]
        linked = {id for (name, _), id in self.ids.items() if name == stream}
        by_key = self.app.find(stream, unlinked) if unlinked else {}
        free = {key: [id for id in ids if id not in linked] for key, ids in by_key.items()}
        by_link = {each.key: each.simon_id for each in due if each.simon_id is not None}
        return by_link | {key: ids[0] for key, ids in free.items() if ids}

    def _payload(self, stream: str, body: dict[str, Any]) -> Raw | None:
        """Return what would be written; None when it is refused, or lacks what it points at."""
        record = STREAMS[stream].record.model_validate(body)
        payload, too_long = self.app.payload(record)
        if any(cut.effect is LongValueEffect.REFUSED for cut in too_long):
            return None
        for name, parent in self.app.parents(record).items():
            if parent not in self.ids:
                return None
            payload[name] = self.ids[parent]
        return payload


def _changes(remote: Raw, payload: Raw) -> dict[str, tuple[Any, Any]]:
    return {name: (remote.get(name), value) for name, value in payload.items() if remote.get(name) != value}
