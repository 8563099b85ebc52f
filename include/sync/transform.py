"""Transform: staged rows into our records, within the filters; only what differs is written to the store."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

import orjson
import pandas as pd

from include.access.systems import open_app
from include.connectors.field_service import FieldService
from include.connectors.package import PackageStream
from include.records import ArticleGroup, ArticleType, MasterRecord, Raw
from include.runs import Run, log_errors
from include.settings.article_filter import ArticleFilter
from include.store import Transaction, links, records, runs, staging, watermarks
from include.streams import STREAMS, with_followers

CHUNK = 2000  # records in memory at once
# what a row of another shape raises
UNREADABLE = (KeyError, ValueError, TypeError, ArithmeticError, AttributeError, StopIteration)
ScopeRule = Callable[[Sequence[MasterRecord]], list[bool]]


@dataclass(frozen=True)
class Transformed:
    """A record with whether Simon should hold it, and the fingerprint of the row it came from."""

    record: MasterRecord
    wanted: bool
    source: str
    row: Raw


def transform(run: Run) -> None:
    """All chosen streams that were read to the end, then the verdict on the filters."""
    if run.finished:
        return
    with log_errors(run):
        app = open_app(run.context, run.tenant)
        article_filter = filter_of(run)
        for name in run.streams:
            _stream(run, app, run.tenant.package.stream(name), article_filter)
        _report_findings(run, article_filter)


def filter_of(run: Run) -> ArticleFilter:
    """The article filter as the tenant set it."""
    return ArticleFilter(run.tenant.settings.group_names, run.tenant.settings.type_keys)


def _stream(run: Run, app: FieldService, stream: PackageStream, article_filter: ArticleFilter) -> None:
    with run.transaction() as tx:
        if not runs.progress(tx, run.id, stream.name).complete:
            return
        judge = scope_rule(stream.name, article_filter, partial(known_groups, run, tx))
        kept = left_out = rejected = 0
        for rows in staging.chunks(tx, run.id, stream.name, CHUNK):
            made = make(run, stream, rows, judge)
            rejected += len(rows) - len(made)
            kept += sum(one.wanted for one in made)
            left_out += sum(not one.wanted for one in made)
            _merge(run, tx, app, stream.name, made)
            if stream.name == "customers":
                _merge(run, tx, app, "work_addresses", work_addresses(run, tx, made))
        _note_kept(run, tx, stream.name, kept, left_out=left_out, rejected=rejected)
        if stream.name == "customers":
            _note_kept(run, tx, "work_addresses", kept, read=kept, complete=True)
        _relink(run, tx, stream.name)


def _note_kept(run: Run, tx: Transaction, stream: str, kept: int, **noted: int | bool) -> None:
    """What is kept counts as the same until the load finds otherwise; an earlier try may have written some of it."""
    at = runs.progress(tx, run.id, stream)
    runs.save_progress(tx, run.id, stream, same=max(0, kept - at.new - at.changed), **noted)


def make(run: Run, stream: PackageStream, rows: Sequence[tuple[str, Raw, str]], judge: ScopeRule) -> list[Transformed]:
    """Our records of these staged rows; one that cannot be made out is left out, with a message."""
    made = [(record, source, row) for key, row, source in rows if (record := _record(run, stream, key, row))]
    wanted = judge([record for record, _, _ in made])
    return [Transformed(record, w, source, row) for (record, source, row), w in zip(made, wanted, strict=True)]


def _record(run: Run, stream: PackageStream, key: str, row: Raw) -> MasterRecord | None:
    try:
        record = stream.to_record(row)
        if record.key != key:
            raise ValueError(f"key {record.key!r}")
        return record
    except UNREADABLE as error:
        reason = f"{type(error).__name__} {error}"[:200]
        system, table = run.tenant.package.title, STREAMS[stream.name].table
        run.log.write("sync.record_unreadable", key, table, system=system, reason=reason)
        return None


def scope_rule(stream: str, article_filter: ArticleFilter, known: Callable[[], Iterable[ArticleGroup]]) -> ScopeRule:
    """A function that says which records of a stream Simon should hold; ``known`` gives the package's groups."""
    if stream == "article_groups":
        return lambda made: [record.key in article_filter.groups([record]) for record in made]  # type: ignore[list-item]
    if stream == "articles":
        groups = article_filter.groups(known())
        return lambda made: list(article_filter.articles(_frame(made), groups))
    return lambda made: [record.active for record in made]


def _frame(made: Sequence[MasterRecord]) -> pd.DataFrame:
    columns = ["group_key", "type_key", "active"]
    return pd.DataFrame([[getattr(record, name) for name in columns] for record in made], columns=columns)


def known_groups(run: Run, tx: Transaction) -> list[ArticleGroup]:
    """The package's groups as of the latest sync of them."""
    return [ArticleGroup.model_validate(body) for body in records.bodies(tx, run.tenant.id, "article_groups")]


def work_addresses(run: Run, tx: Transaction, customers: Sequence[Transformed]) -> list[Transformed]:
    """Each customer's default work address (R1.4), from its own row and what was read under it in this run."""
    package = run.tenant.package
    keys = [customer.record.key for customer in customers]
    under: dict[str, list[Raw]] = {}
    for child in package.children("customers"):
        keys = staging.present(tx, run.id, f"{child.name}_of", keys)
        under |= staging.children(tx, run.id, child.name, keys)
    made = []
    for customer in customers:
        if customer.record.key in set(keys):
            address = package.work_address(customer.row, under.get(customer.record.key, []))
            made.append(Transformed(address, address.active, customer.source, customer.row))
    return made


def _merge(run: Run, tx: Transaction, app: FieldService, stream: str, made: Sequence[Transformed]) -> None:
    rows = (
        (one.record.key, one.record.model_dump_json(), one.wanted, digest(app, stream, one.record), one.source)
        for one in made
    )
    for renamed in records.merge(tx, run.tenant.id, stream, rows):
        run.log.write(
            "sync.renumbered", renamed.after, STREAMS[stream].table, before=renamed.before, after=renamed.after
        )
    days = [one.record.changed_on for one in made if one.record.changed_on]
    if days:
        watermarks.raise_to(tx, run.tenant.id, run.tenant.package.name, stream, watermarks.day(max(days)))


def digest(app: FieldService, stream: str, record: MasterRecord) -> bytes:
    """A fingerprint of what Simon should hold of this record; what it has no table for has a fixed one."""
    if not STREAMS[stream].in_simon:
        return b""
    seen = (app.payload(record)[0], app.parents(record))
    return hashlib.blake2b(orjson.dumps(seen, option=orjson.OPT_SORT_KEYS), digest_size=16).digest()


def _relink(run: Run, tx: Transaction, stream: str) -> None:
    """The same thing under a new key keeps its place in Simon: never removed there and made again."""
    for moved in records.moved(tx, run.tenant.id, run.id, stream):
        for linked in with_followers(stream):
            links.rekey(tx, run.tenant.id, linked, moved.before, moved.after)
            records.forget(tx, run.tenant.id, linked, moved.before)
        run.log.write("sync.relinked", moved.after, STREAMS[stream].table, before=moved.before, after=moved.after)


def _report_findings(run: Run, article_filter: ArticleFilter) -> None:
    if "articles" not in run.streams:
        return
    with run.context.store.begin() as tx:
        groups = known_groups(run, tx)
        types = [ArticleType.model_validate(body) for body in records.bodies(tx, run.tenant.id, "article_types")]
        counted = records.article_counts(tx, run.tenant.id)
    counts = pd.DataFrame(counted, columns=["group_key", "type_key", "count"])
    for finding in article_filter.findings(groups, types, counts):
        run.log.write(finding.code, finding.record, near=finding.near, count=finding.count)
