"""What a sync would do, record by record, without writing to Simon or to what the store knows of the package."""

from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from include.access.systems import open_app
from include.connectors.field_service import FieldService
from include.connectors.package import PackageStream
from include.context import Context
from include.records import ArticleGroup, MasterRecord, Raw
from include.runs import Run, RunKind, begin
from include.store import Transaction, links, records, staging
from include.store.links import Link
from include.streams import STREAMS, with_followers
from include.sync.extract import extract
from include.sync.run import selection
from include.sync.scope import article_filter_of, known_groups, scope_rule
from include.sync.transform import (
    CHUNK,
    UNREADABLE,
    Transformed,
    default_work_addresses,
    payload_digest,
    transform_rows,
)
from include.tenants.tenant import Tenant


class Effect(StrEnum):
    """What a sync would do with a record in Simon."""

    # Simon lacks it.
    CREATE = "create"
    # Simon holds it in another form.
    CHANGE = "change"
    # Simon holds it as it should.
    SAME = "same"
    # Simon should not hold it, or what it points at is not there and would not come either.
    SKIP = "skip"


@dataclass(frozen=True)
class SyncPreviewRow:
    """``fields``: name in Simon -> (as it is there, as it would be); for a change only."""

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
        preview = _Preview(run, open_app(context, tenant))
        for name in run.streams:
            with context.store.begin() as tx:
                yield from preview.rows(tx, tenant.package.stream(name))
    finally:
        with context.store.begin() as tx:
            run.finish(tx)


@dataclass
class _Preview:
    """What is known so far; a stream comes after those that its records point at.

    ``old_keys``: by stream, the key that a record is linked under by its new key. ``ids``: Simon's id of a record by
    (stream, key), or what stands for it while it has none.
    """

    run: Run
    app: FieldService
    groups: dict[str, ArticleGroup] = field(default_factory=dict)  # as read just now
    old_keys: dict[str, dict[str, str]] = field(default_factory=dict)
    ids: dict[tuple[str, str], int | str] = field(default_factory=dict)

    def rows(self, tx: Transaction, stream: PackageStream) -> Iterator[SyncPreviewRow]:
        """Yield those of one stream; those of the work addresses with their customers."""
        rule = scope_rule(stream.name, article_filter_of(self.run), lambda: self._groups(tx))
        old_keys = _old_keys(self.run, tx, stream)
        self.old_keys |= dict.fromkeys(with_followers(stream.name), old_keys)
        for chunk in staging.chunks(tx, self.run.id, stream.name, CHUNK):
            transformed = transform_rows(self.run, stream, chunk, rule)
            groups = [item.record for item in transformed if isinstance(item.record, ArticleGroup)]
            self.groups |= {group.key: group for group in groups}
            yield from self._compare(tx, stream.name, transformed)
            if stream.name == "customers":
                addresses = default_work_addresses(self.run, tx, transformed)
                yield from self._compare(tx, "work_addresses", addresses)

    def _groups(self, tx: Transaction) -> Iterable[ArticleGroup]:
        return ({group.key: group for group in known_groups(self.run, tx)} | self.groups).values()

    def _compare(self, tx: Transaction, stream: str, transformed: Sequence[Transformed]) -> Iterator[SyncPreviewRow]:
        """Yield a row for each, in their order; what Simon holds is looked up for the records that differ."""
        if not STREAMS[stream].in_simon:
            return
        linked = self._links(tx, stream, [item.record.key for item in transformed])
        differing = [item.record for item in transformed if item.in_scope and not self._same(stream, item, linked)]
        payloads = self._payloads(tx, differing)
        ids = self._remote_ids(stream, [record.key for record in differing], linked)
        remote = self.app.get_many(stream, list(ids.values())) if ids else {}
        for item in transformed:
            key, payload = item.record.key, payloads.get(item.record.key)
            effect = Effect.SAME if item.in_scope and key not in payloads else Effect.SKIP
            fields: dict[str, tuple[Any, Any]] = {}
            if payload is not None and (row := remote.get(ids.get(key, -1))) is not None:
                self.ids[stream, key] = ids[key]
                fields = _changes(row, payload)
                effect = Effect.CHANGE if fields else Effect.SAME
            elif payload is not None:
                self.ids[stream, key] = f"{stream} {key}"  # its id is not known before it is made
                effect = Effect.CREATE
            yield SyncPreviewRow(stream, key, item.record.label, effect, fields)

    def _links(self, tx: Transaction, stream: str, keys: Iterable[str]) -> dict[str, Link]:
        linked_keys = {key: self.old_keys.get(stream, {}).get(key, key) for key in keys}
        by_key = links.get(tx, self.run.tenant.id, stream, list(linked_keys.values()))
        return {key: by_key[linked] for key, linked in linked_keys.items() if linked in by_key}

    def _same(self, stream: str, item: Transformed, linked: dict[str, Link]) -> bool:
        key, link = item.record.key, linked.get(item.record.key)
        return (
            link is not None
            and key not in self.old_keys.get(stream, {})
            and link.written_digest == payload_digest(self.app, stream, item.record)
        )

    def _remote_ids(self, stream: str, keys: Sequence[str], linked: dict[str, Link]) -> dict[str, int]:
        """Return Simon's ids by our key: by link, else by the key that Simon's record carries."""
        by_link = {key: linked[key].simon_id for key in keys if key in linked}
        unlinked = [key for key in keys if key not in linked]
        by_key = self.app.find(stream, unlinked) if unlinked else {}
        return by_link | {key: ids[0] for key, ids in by_key.items()}

    def _payloads(self, tx: Transaction, pointing: Sequence[MasterRecord]) -> dict[str, Raw | None]:
        """Return what would be written, by key; None when what it points at is not there and would not come either."""
        keys_by_stream: dict[str, set[str]] = {}
        for record in pointing:
            for stream, key in self.app.parents(record).values():
                keys_by_stream.setdefault(stream, set()).add(key)
        ids: Mapping[tuple[str, str], int | str] = ChainMap(
            {
                (stream, key): link.simon_id
                for stream, keys in keys_by_stream.items()
                for key, link in self._links(tx, stream, keys).items()
            },
            self.ids,
        )
        return {record.key: self._payload(record, ids) for record in pointing}

    def _payload(self, record: MasterRecord, ids: Mapping[tuple[str, str], int | str]) -> Raw | None:
        payload = self.app.payload(record)[0]
        for name, parent in self.app.parents(record).items():
            if parent not in ids:
                return None
            payload[name] = ids[parent]
        return payload


def _old_keys(run: Run, tx: Transaction, stream: PackageStream) -> dict[str, str]:
    """Return what the transform would relink: new key -> old key."""
    unlisted = records.linked_but_unlisted(tx, run.tenant.id, run.id, stream.name)
    bearers: dict[str, list[str]] = {}
    for chunk in staging.chunks(tx, run.id, stream.name, CHUNK) if unlisted else ():
        for staged in chunk:
            with suppress(*UNREADABLE):
                record = stream.to_record(staged.row)
                bearers.setdefault(record.identity, []).append(record.key)
    old_keys = {
        keys[0]: unlisted[identity][0]
        for identity, keys in bearers.items()
        if len(keys) == 1 and len(unlisted.get(identity, ())) == 1
    }
    linked = links.simon_ids(tx, run.tenant.id, stream.name, list(old_keys))
    return {new: old for new, old in old_keys.items() if new not in linked}


def _changes(remote: Raw, payload: Raw) -> dict[str, tuple[Any, Any]]:
    return {name: (remote.get(name), value) for name, value in payload.items() if remote.get(name) != value}
