"""What a sync would do, record by record, without writing to Simon or to what the store knows of the package."""

from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal

from include.access.systems import open_app
from include.connectors.field_service import FieldService
from include.connectors.package import PackageStream
from include.context import Context
from include.records import ArticleGroup, MasterRecord, Raw
from include.runs import Run, RunKind, begin
from include.store import Transaction, links, records, staging
from include.store.links import Link
from include.streams import STREAMS
from include.sync.extract import extract
from include.sync.run import selection
from include.sync.transform import (
    CHUNK,
    UNREADABLE,
    Transformed,
    digest,
    filter_of,
    known_groups,
    make,
    scope_rule,
    work_addresses,
)
from include.tenants.tenant import Tenant

Effect = Literal["create", "change", "same", "skip"]


@dataclass(frozen=True)
class SyncPreviewRow:
    """``fields``: name in Simon -> (as it is there, as it would be); for a change only.

    Skipped is what Simon should not hold, and what points at something that is not there yet.
    """

    stream: str
    key: str
    label: str
    verdict: Effect
    fields: dict[str, tuple[Any, Any]] = field(default_factory=dict)


def dry_run(
    context: Context, tenant: Tenant, key: str, streams: Sequence[str] | None = None
) -> Iterator[SyncPreviewRow]:
    """Every record of the chosen streams with what would become of it. Raises as ``sync`` does."""
    run = begin(context, tenant, RunKind.DRY_RUN, key, streams=selection(tenant, streams))
    try:
        for stream in run.streams:
            extract(run, stream)
        look = _Look(run, open_app(context, tenant))
        for name in run.streams:
            with context.store.begin() as tx:
                yield from look.outcomes(tx, tenant.package.stream(name))
    finally:
        with context.store.begin() as tx:
            run.finish(tx)


@dataclass
class _Look:
    """What came out so far; a stream comes after those that its records point at."""

    run: Run
    app: FieldService
    groups: dict[str, ArticleGroup] = field(default_factory=dict)  # as read just now
    moved: dict[str, dict[str, str]] = field(default_factory=dict)  # by stream: new key -> the key it is linked under
    found: dict[tuple[str, str], int | str] = field(default_factory=dict)  # (stream, key) -> id, or what stands for it

    def outcomes(self, tx: Transaction, stream: PackageStream) -> Iterator[SyncPreviewRow]:
        """Those of one stream; those of the work addresses with their customers."""
        judge = scope_rule(stream.name, filter_of(self.run), lambda: self._groups(tx))
        self.moved[stream.name] = _moved(self.run, tx, stream)
        if stream.name == "customers":
            self.moved["work_addresses"] = self.moved["customers"]  # they carry their customer's key
        for rows in staging.chunks(tx, self.run.id, stream.name, CHUNK):
            made = make(self.run, stream, rows, judge)
            self.groups |= {one.record.key: one.record for one in made if isinstance(one.record, ArticleGroup)}
            yield from self._judged(tx, stream.name, made)
            if stream.name == "customers":
                yield from self._judged(tx, "work_addresses", work_addresses(self.run, tx, made))

    def _groups(self, tx: Transaction) -> Iterable[ArticleGroup]:
        return ({group.key: group for group in known_groups(self.run, tx)} | self.groups).values()

    def _judged(self, tx: Transaction, stream: str, made: Sequence[Transformed]) -> Iterator[SyncPreviewRow]:
        """In the order of ``made``; what Simon holds is looked up for the records that differ."""
        if not STREAMS[stream].in_simon:
            return
        known = self._links(tx, stream, [one.record.key for one in made])
        differing = [one.record for one in made if one.wanted and not self._same(stream, one, known)]
        contents = self._contents(tx, differing)
        ids = self._ids(stream, [record.key for record in differing], known)
        held = self.app.get_many(stream, list(ids.values())) if ids else {}
        for one in made:
            key, content = one.record.key, contents.get(one.record.key)
            verdict: Effect = "same" if one.wanted and key not in contents else "skip"
            fields: dict[str, tuple[Any, Any]] = {}
            if content is not None and (row := held.get(ids.get(key, -1))) is not None:
                self.found[stream, key] = ids[key]
                fields = _changes(row, content)
                verdict = "change" if fields else "same"
            elif content is not None:
                self.found[stream, key] = f"{stream} {key}"  # its id is not known before it is made
                verdict = "create"
            yield SyncPreviewRow(stream, key, one.record.label, verdict, fields)

    def _links(self, tx: Transaction, stream: str, keys: Iterable[str]) -> dict[str, Link]:
        under = {key: self.moved.get(stream, {}).get(key, key) for key in keys}
        found = links.get(tx, self.run.tenant.id, stream, list(under.values()))
        return {key: found[linked] for key, linked in under.items() if linked in found}

    def _same(self, stream: str, one: Transformed, known: dict[str, Link]) -> bool:
        key, link = one.record.key, known.get(one.record.key)
        return (
            link is not None
            and key not in self.moved.get(stream, {})
            and link.digest == digest(self.app, stream, one.record)
        )

    def _ids(self, stream: str, keys: Sequence[str], known: dict[str, Link]) -> dict[str, int]:
        """Simon's ids by our key: by link, else by the key that Simon's record carries."""
        linked = {key: known[key].simon_id for key in keys if key in known}
        unlinked = [key for key in keys if key not in known]
        found = self.app.find(stream, unlinked) if unlinked else {}
        return linked | {key: ids[0] for key, ids in found.items()}

    def _contents(self, tx: Transaction, made: Sequence[MasterRecord]) -> dict[str, Raw | None]:
        """What would be written, by key; None when what it points at is not there and would not come either."""
        pointed: dict[str, set[str]] = {}
        for record in made:
            for stream, key in self.app.parents(record).values():
                pointed.setdefault(stream, set()).add(key)
        ids: Mapping[tuple[str, str], int | str] = ChainMap(
            {
                (stream, key): link.simon_id
                for stream, keys in pointed.items()
                for key, link in self._links(tx, stream, keys).items()
            },
            self.found,
        )
        return {record.key: self._content(record, ids) for record in made}

    def _content(self, record: MasterRecord, ids: Mapping[tuple[str, str], int | str]) -> Raw | None:
        content = self.app.payload(record)[0]
        for name, parent in self.app.parents(record).items():
            if parent not in ids:
                return None
            content[name] = ids[parent]
        return content


def _moved(run: Run, tx: Transaction, stream: PackageStream) -> dict[str, str]:
    """What the transform would relink: new key -> old key."""
    gone = records.gone(tx, run.tenant.id, run.id, stream.name)
    carriers: dict[str, list[str]] = {}
    for rows in staging.chunks(tx, run.id, stream.name, CHUNK) if gone else ():
        for _, row, _ in rows:
            with suppress(*UNREADABLE):
                record = stream.to_record(row)
                carriers.setdefault(record.identity, []).append(record.key)
    fresh = {keys[0]: gone[mark] for mark, keys in carriers.items() if len(keys) == 1 and len(gone.get(mark, ())) == 1}
    linked = links.simon_ids(tx, run.tenant.id, stream.name, list(fresh))
    return {new: old[0] for new, old in fresh.items() if new not in linked}


def _changes(held: Raw, content: Raw) -> dict[str, tuple[Any, Any]]:
    return {name: (held.get(name), value) for name, value in content.items() if held.get(name) != value}
