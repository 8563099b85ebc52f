"""Transform: staged rows into our records, within the filters; only what differs is written to the store."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from include.access.systems import open_app
from include.connectors.field_service import FieldService
from include.connectors.package import PackageStream
from include.local_time import local_date
from include.records import ArticleType, Customer, MasterRecord, Raw, WorkAddress
from include.runs import Run, log_errors
from include.settings.article_filter import ArticleFilter, causes
from include.settings.problems import report_finding
from include.store import Transaction, records, runs, staging, watermarks
from include.store.records import IncomingRecord
from include.store.staging import StagedRow
from include.streams import STREAMS, with_followers
from include.sync.drift import payload_digest
from include.sync.extract import staged_parents
from include.sync.keys import follow, report_alike, report_one_number
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
            with run.transaction() as tx:
                transform_stream(run, tx, app, run.tenant.package.stream(name), article_filter=article_filter)
        _report_findings(run, article_filter)


def transform_stream(
    run: Run, tx: Transaction, app: FieldService, stream: PackageStream, *, article_filter: ArticleFilter
) -> None:
    """Bring what the store knows of a stream in line with its listing, if that was read to the end."""
    if not runs.progress(tx, run.id, stream.name).complete:
        return
    rule = scope_rule(stream.name, article_filter, partial(known_groups, run, tx))
    doubtful = report_alike(run, tx, stream)
    in_scope = left_out = rejected = 0
    dated: set[str] = set()
    records.start_incoming(tx)
    for rows in staging.chunks(tx, run.id, stream.name, CHUNK):
        transformed = transform_rows(run, stream, [row for row in rows if row.key not in doubtful], rule)
        rejected += len(rows) - len(transformed)
        in_scope += sum(item.in_scope for item in transformed)
        left_out += sum(not item.in_scope for item in transformed)
        _report_unknown_countries(run, transformed)
        records.add_incoming(tx, stream.name, _incoming(app, stream.name, transformed))
        dated |= _raise_watermark(run, tx, stream.name, transformed)
        if stream.name == "customers":
            addresses = default_work_addresses(run, tx, transformed)
            _report_unknown_countries(run, addresses)
            records.add_incoming(tx, "work_addresses", _incoming(app, "work_addresses", addresses))
    follow(run, tx, app, stream)
    report_one_number(run, tx, stream.name)
    _save_counts(run, tx, stream.name, in_scope, left_out=left_out, rejected=rejected)
    for name in with_followers(stream.name):
        renumbered, differing = records.merge(tx, run.tenant.id, name)
        for change in renumbered:
            values = {"before": change.before, "after": change.after}
            run.log.write("sync.renumbered", change.after, STREAMS[name].table, **values)
        if differing and name not in dated:  # no day is told, so the moment counts at which the change was seen
            watermarks.raise_to(tx, run.tenant.id, run.tenant.package.name, name, changed_at=run.context.now())
        if name != stream.name:
            _save_counts(run, tx, name, in_scope, read=in_scope, complete=True)
    records.leave_unlisted(tx, run.tenant.id, run.id, stream.name)


def _report_unknown_countries(run: Run, transformed: Sequence[Transformed]) -> None:
    for record in [item.record for item in transformed if item.in_scope]:
        if isinstance(record, Customer | WorkAddress) and record.address.unknown_country:
            table = STREAMS["customers" if isinstance(record, Customer) else "work_addresses"].table
            run.log.write("sync.country_unknown", record.label, table, country=record.address.unknown_country)


def _save_counts(run: Run, tx: Transaction, stream: str, in_scope: int, **values: int | bool) -> None:
    """Count what is in scope as the same until the load finds otherwise; an earlier try may have written some of it."""
    progress = runs.progress(tx, run.id, stream)
    runs.save_progress(
        tx, run.id, stream, same=max(0, in_scope - progress.new - progress.changed - progress.corrected), **values
    )


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
            in_scope = address.active and customer.in_scope
            addresses.append(Transformed(address, in_scope, customer.source_digest, customer.row))
    return addresses


def _raise_watermark(run: Run, tx: Transaction, stream: str, transformed: Sequence[Transformed]) -> set[str]:
    """Keep the latest day of change that is told, of those that have come (R1.11); return the stream if any is told."""
    days = [item.record.changed_on for item in transformed if item.record.changed_on]
    today = local_date(run.context.now())
    if past := [day for day in days if day <= today]:
        latest = watermarks.start_of(max(past))
        watermarks.raise_to(tx, run.tenant.id, run.tenant.package.name, stream, changed_at=latest)
    for item in transformed:
        if item.record.changed_on and item.record.changed_on > today and item.in_scope:
            values = {"day": item.record.changed_on.isoformat(), "system": run.tenant.package.title}
            run.log.write("sync.change_to_come", item.record.label, STREAMS[stream].table, **values)
    return {stream} if days else set()


def _incoming(app: FieldService, stream: str, transformed: Sequence[Transformed]) -> Iterator[IncomingRecord]:
    for item in transformed:
        record, digest = item.record, payload_digest(app, stream, item.record)
        yield IncomingRecord(record.key, record.model_dump_json(), item.in_scope, digest, item.source_digest)


def _report_findings(run: Run, article_filter: ArticleFilter) -> None:
    if "articles" not in run.streams:
        return
    with run.context.store.begin() as tx:
        groups = known_groups(run, tx)
        types = [ArticleType.model_validate(body) for body in records.bodies(tx, run.tenant.id, "article_types")]
        counts = records.article_counts(tx, run.tenant.id)
    import pandas as pd  # for this alone, and it takes its time

    frame = pd.DataFrame(counts, columns=["group_key", "type_key", "count"])
    for finding in causes(article_filter.findings(groups, types, frame)):
        report_finding(run.log, finding)
