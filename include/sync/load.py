"""Load: what Simon lacks or holds in an older form; looked up in batches, written one record at a time.

While Simon is busy with some batches, those before them are committed and those after them made ready.
"""

from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from threading import Event

import structlog

from include.access.systems import open_app
from include.connectors.field_service import FieldService
from include.errors import RecordRejected
from include.records import MasterRecord
from include.runs import Run, log_errors
from include.store import Transaction, links, records, runs, sync_state
from include.store.records import DueRecord
from include.store.runs import Progress
from include.streams import STREAMS, WRITING_ORDER
from include.sync.drift import give_up_keys, mark_drifted
from include.sync.loose_ends import report_loose_ends
from include.sync.resolve import resolve
from include.sync.write import Batch, write_batch
from include.tenants.states import TenantState, activate

CLOCKS_AGREE = timedelta(seconds=2)
BATCH = 25  # looked up in one request; small, since what people change meanwhile in Simon would be put back
DUE_PAGE = 1000  # read from the store in one query, which walks all that is known
LOG_EVERY = 1000  # records between two lines of progress in the task log
TOO_MANY_REJECTED = 100  # after so many, and none accepted, something else is wrong


def load(run: Run) -> dict[str, dict[str, int]]:
    """Write the differences of the chosen streams; return counts by stream. A work address follows its customer."""
    if run.finished:
        with run.context.store.begin() as tx:
            return _counts(run, tx)
    with log_errors(run):
        apps = [open_app(run.context, run.tenant) for _ in range(run.tenant.settings.simon_at_once)]
        for stream in WRITING_ORDER:
            if stream in run.streams or STREAMS[stream].follows in run.streams:
                give_up_keys(run, apps[0], stream)
                if run.full:
                    mark_drifted(run, apps[0], stream)
                _load_stream(run, apps, stream)
    importing = run.full and run.tenant.status == TenantState.IMPORTING
    if importing:
        report_loose_ends(run, apps[0])
    return _finish(run, _border(apps[0], run.context.now()) if importing else run.context.now())


def _load_stream(run: Run, apps: Sequence[FieldService], stream: str) -> None:
    with run.transaction() as tx:
        before = runs.progress(tx, run.id, stream)
        if not before.complete:  # what is not in a complete listing of this run is not written (R1.13)
            return
        due = records.count_due(tx, run.tenant.id, stream)
        done = before.new + before.changed + before.corrected + before.rejected
        runs.save_progress(tx, run.id, stream, due=done + due)
        if due >= DUE_PAGE:
            links.analyze(tx)
    rejected = 0
    with closing(_write_batches(run, apps, _prepared_batches(run, apps, stream))) as batches:
        for batch in batches:
            progress = _commit(run, batch)
            rejected = 0 if batch.links else rejected + batch.counts.rejected
            _log_progress(stream, progress, batch.counts.total)
            if rejected >= TOO_MANY_REJECTED:
                raise RecordRejected("sync.too_many_refused", stream, system="Simple-Simon", count=rejected)


def _write_batches(
    run: Run, apps: Sequence[FieldService], groups: Iterator[list[Batch]]
) -> Generator[Batch, None, None]:
    """Yield the batches with what came of them, while the next ones are under way.

    Once closed, or after one that failed, no further record is begun.
    """
    stop = Event()
    with ThreadPoolExecutor(len(apps), thread_name_prefix="load") as workers:
        try:
            under_way: list[Future[Batch]] = []
            for group in groups:
                wait(under_way)
                written, under_way = under_way, []
                if not any(future.exception() for future in written):
                    pairs = zip(apps, group, strict=False)
                    under_way = [workers.submit(write_batch, run, app, batch, stop=stop) for app, batch in pairs]
                yield from (future.result() for future in written)
            yield from (future.result() for future in under_way)
        finally:
            stop.set()


def _prepared_batches(run: Run, apps: Sequence[FieldService], stream: str) -> Iterator[list[Batch]]:
    """Yield what has to be written, in as many batches at a time as can be written at once."""
    for page in _due_pages(run, stream):
        for group in _split(page, BATCH * len(apps)):
            yield [_prepared(run, apps[0], stream, due) for due in _split(group, BATCH)]


def _due_pages(run: Run, stream: str) -> Iterator[Sequence[DueRecord]]:
    after = ""
    while True:
        with run.context.store.begin() as tx:
            due = records.due(tx, run.tenant.id, stream, after=after, limit=DUE_PAGE)
        if due:
            yield due
        if len(due) < DUE_PAGE:
            return
        after = due[-1].key


def _prepared(run: Run, app: FieldService, stream: str, due: Sequence[DueRecord]) -> Batch:
    pairs = [(row, STREAMS[stream].record.model_validate(row.body)) for row in due]
    return Batch(stream, pairs, _parent_ids(run, app, [record for _, record in pairs]))


def _split(due: Sequence[DueRecord], size: int) -> Iterator[Sequence[DueRecord]]:
    """Yield parts of this size, the last one smaller."""
    for start in range(0, len(due), size):
        yield due[start : start + size]


def _parent_ids(run: Run, app: FieldService, pointing: Sequence[MasterRecord]) -> dict[tuple[str, str], int]:
    """Return Simon's ids of the records that these point at, by (stream, key)."""
    keys_by_stream: dict[str, set[str]] = {}
    for record in pointing:
        for stream, key in app.parents(record).values():
            keys_by_stream.setdefault(stream, set()).add(key)
    if not keys_by_stream:
        return {}
    with run.context.store.begin() as tx:
        return {
            (stream, key): simon_id
            for stream, keys in keys_by_stream.items()
            for key, simon_id in links.simon_ids(tx, run.tenant.id, stream, sorted(keys)).items()
        }


def _commit(run: Run, batch: Batch) -> Progress:
    """Store links and counts together; return how far the stream is."""
    with run.transaction() as tx:
        links.put(tx, run.tenant.id, batch.stream, batch.links)
        before = runs.progress(tx, run.id, batch.stream)
        counts = {name: getattr(before, name) + number for name, number in asdict(batch.counts).items()}
        counts["same"] = max(0, before.same - batch.counts.total)
        runs.save_progress(tx, run.id, batch.stream, **counts)
    return replace(before, **counts)


def _log_progress(stream: str, progress: Progress, step: int) -> None:
    written = progress.new + progress.changed + progress.corrected + progress.rejected
    if written // LOG_EVERY > (written - step) // LOG_EVERY:
        structlog.get_logger("koppel").info("writing", stream=stream, done=written, of=progress.due)


def _border(app: FieldService, now: datetime) -> datetime:
    """Return the moment by Simon's own clock, which tells whole seconds; ours, when the two agree."""
    told = app.now()
    return now if told is None or abs(now - told) < CLOCKS_AGREE else told


def _finish(run: Run, border: datetime) -> dict[str, dict[str, int]]:
    """End the run, with one line for each stream, also when it is all zero.

    A tenant that becomes active by it sends what is archived after the border.
    """
    activated = False
    with run.transaction(with_tenant=True) as tx:
        counts = _counts(run, tx)
        run.finish(tx)
        if set(run.streams) == set(run.tenant.package.choices):
            now = run.context.now()
            values = {"synced_fingerprint": run.row.fingerprint, "synced_at": now}
            sync_state.put(tx, run.tenant.id, **values, **({"full_at": now} if run.full else {}))
            activated = run.full and activate(tx, run.tenant.id, run.key, now, border=border)
    for stream, numbers in counts.items():
        run.log.write("sync.stream_done", stream, STREAMS[stream].table, stream=stream, **numbers)
    resolve(run, counts)
    if activated:
        run.log.write("coupling.activated", run.tenant.slug)
    return counts


def _counts(run: Run, tx: Transaction) -> dict[str, dict[str, int]]:
    names = ("read", "new", "changed", "same", "corrected", "left_out", "rejected")
    by_stream = runs.progress_by_stream(tx, run.id)
    return {
        stream: {name: getattr(progress, name) for name in names}
        for stream, progress in by_stream.items()
        if stream in STREAMS
    }
