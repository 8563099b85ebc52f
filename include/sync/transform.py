"""Transform: staged rows into our records, within the filters; only what differs is written to the store."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import orjson
import pandas as pd

from include.access.systems import open_app
from include.connectors.field_service import FieldService
from include.connectors.package import PackageStream
from include.records import ArticleType, MasterRecord, Raw
from include.runs import Run, log_errors
from include.settings.article_filter import ArticleFilter, causes
from include.settings.problems import report_finding
from include.store import Transaction, links, records, runs, staging, watermarks
from include.store.records import IncomingRecord
from include.store.staging import StagedRow
from include.streams import STREAMS, with_followers
from include.sync.extract import staged_parents
from include.sync.scope import ScopeRule, article_filter_of, known_groups, scope_rule

CHUNK = 2000  # records in memory at once
# what a row of another shape raises
UNREADABLE = (KeyError, ValueError, TypeError, ArithmeticError, AttributeError, StopIteration)


@dataclass(frozen=True)
class Transformed:
    """A record with the row that it was made of; ``in_scope``: Simon should hold it."""

    record: MasterRecord
    in_scope: bool
    source_digest: str
    row: Raw


def transform(run: Run) -> None:
    """Transform all chosen streams that were read to the end, then report what is wrong with the filters."""
    if run.finished:
        return
    with log_errors(run):
        app = open_app(run.context, run.tenant)
        article_filter = article_filter_of(run)
        for name in run.streams:
            _transform_stream(run, app, run.tenant.package.stream(name), article_filter)
        _report_findings(run, article_filter)


def _transform_stream(run: Run, app: FieldService, stream: PackageStream, article_filter: ArticleFilter) -> None:
    with run.transaction() as tx:
        if not runs.progress(tx, run.id, stream.name).complete:
            return
        rule = scope_rule(stream.name, article_filter, partial(known_groups, run, tx))
        in_scope = left_out = rejected = 0
        for rows in staging.chunks(tx, run.id, stream.name, CHUNK):
            transformed = transform_rows(run, stream, rows, rule)
            rejected += len(rows) - len(transformed)
            in_scope += sum(item.in_scope for item in transformed)
            left_out += sum(not item.in_scope for item in transformed)
            _merge(run, tx, stream.name, _incoming(app, stream.name, transformed))
            _raise_watermark(run, tx, stream.name, transformed)
            if stream.name == "customers":
                addresses = default_work_addresses(run, tx, transformed)
                _merge(run, tx, "work_addresses", _incoming(app, "work_addresses", addresses))
        _save_counts(run, tx, stream.name, in_scope, left_out=left_out, rejected=rejected)
        if stream.name == "customers":
            _save_counts(run, tx, "work_addresses", in_scope, read=in_scope, complete=True)
        _relink(run, tx, stream.name)


def _save_counts(run: Run, tx: Transaction, stream: str, in_scope: int, **values: int | bool) -> None:
    """Count what is in scope as the same until the load finds otherwise; an earlier try may have written some of it."""
    progress = runs.progress(tx, run.id, stream)
    runs.save_progress(tx, run.id, stream, same=max(0, in_scope - progress.new - progress.changed), **values)


def transform_rows(run: Run, stream: PackageStream, rows: Sequence[StagedRow], rule: ScopeRule) -> list[Transformed]:
    """Return our records of these rows; one that cannot be read is left out, with a message."""
    readable = [(staged, record) for staged in rows if (record := _record(run, stream, staged))]
    in_scope = rule([record for _, record in readable])
    return [
        Transformed(record, is_in_scope, staged.source_digest, staged.row)
        for (staged, record), is_in_scope in zip(readable, in_scope, strict=True)
    ]


def _record(run: Run, stream: PackageStream, staged: StagedRow) -> MasterRecord | None:
    try:
        record = stream.to_record(staged.row)
        if record.key != staged.key:
            raise ValueError(f"key {record.key!r}")
        return record
    except UNREADABLE as error:
        _note_unreadable(run, stream.name, staged.key, error)
        return None


def _note_unreadable(run: Run, stream: str, key: str, error: Exception) -> None:
    reason = f"{type(error).__name__} {error}"[:200]
    system, table = run.tenant.package.title, STREAMS[stream].table
    run.log.write("sync.record_unreadable", key, table, system=system, reason=reason)


def default_work_addresses(run: Run, tx: Transaction, customers: Sequence[Transformed]) -> list[Transformed]:
    """Return each customer's default work address (R1.4), from its own row and what was read under it in this run."""
    package = run.tenant.package
    keys = [customer.record.key for customer in customers]
    children: dict[str, list[Raw]] = {}
    for child in package.children("customers"):
        keys = staging.present(tx, run.id, staged_parents(child), keys)
        children |= staging.children(tx, run.id, child.name, keys)
    addresses = []
    for customer in customers:
        if customer.record.key in set(keys):
            try:
                address = package.work_address(customer.row, children.get(customer.record.key, []))
            except UNREADABLE as error:
                _note_unreadable(run, "work_addresses", customer.record.key, error)
                continue
            addresses.append(Transformed(address, address.active, customer.source_digest, customer.row))
    return addresses


def _merge(run: Run, tx: Transaction, stream: str, incoming: Iterable[IncomingRecord]) -> None:
    for renaming in records.merge(tx, run.tenant.id, stream, incoming):
        values = {"before": renaming.before, "after": renaming.after}
        run.log.write("sync.renumbered", renaming.after, STREAMS[stream].table, **values)


def _raise_watermark(run: Run, tx: Transaction, stream: str, transformed: Sequence[Transformed]) -> None:
    if days := [item.record.changed_on for item in transformed if item.record.changed_on]:
        latest = watermarks.start_of(max(days))
        watermarks.raise_to(tx, run.tenant.id, run.tenant.package.name, stream, changed_at=latest)


def _incoming(app: FieldService, stream: str, transformed: Sequence[Transformed]) -> Iterator[IncomingRecord]:
    for item in transformed:
        record, digest = item.record, payload_digest(app, stream, item.record)
        yield IncomingRecord(record.key, record.model_dump_json(), item.in_scope, digest, item.source_digest)


def payload_digest(app: FieldService, stream: str, record: MasterRecord) -> bytes:
    """Return a digest of what Simon should hold of a record; what it has no table for has a fixed one."""
    if not STREAMS[stream].in_simon:
        return b""
    payload = (app.payload(record)[0], app.parents(record))
    return hashlib.blake2b(orjson.dumps(payload, option=orjson.OPT_SORT_KEYS), digest_size=16).digest()


def _relink(run: Run, tx: Transaction, stream: str) -> None:
    """Keep the place in Simon of what is the same thing under a new key: it is never removed there and made again."""
    for renaming in records.rekeyed(tx, run.tenant.id, run.id, stream):
        before, after = renaming.before, renaming.after
        for linked in with_followers(stream):
            links.rekey(tx, run.tenant.id, linked, before=before, after=after)
            records.remove(tx, run.tenant.id, linked, before)
        run.log.write("sync.relinked", after, STREAMS[stream].table, before=before, after=after)


def _report_findings(run: Run, article_filter: ArticleFilter) -> None:
    if "articles" not in run.streams:
        return
    with run.context.store.begin() as tx:
        groups = known_groups(run, tx)
        types = [ArticleType.model_validate(body) for body in records.bodies(tx, run.tenant.id, "article_types")]
        counts = records.article_counts(tx, run.tenant.id)
    frame = pd.DataFrame(counts, columns=["group_key", "type_key", "count"])
    for finding in causes(article_filter.findings(groups, types, frame)):
        report_finding(run.log, finding)
