"""Load: what Simon lacks or holds in an older form; looked up in batches, written one record at a time.

While Simon is busy with some batches, those before them are committed and those after them made ready.
"""

from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import asdict, dataclass, field, replace
from threading import Event

import structlog

from include.access.systems import open_app
from include.connectors.field_service import FieldService
from include.errors import RecordRejected
from include.records import MasterRecord, Raw
from include.runs import Run, log_errors
from include.store import Transaction, links, records, runs, sync_state
from include.store.bulk_copy import async_commit
from include.store.links import Link
from include.store.records import Due
from include.store.runs import Progress
from include.streams import STREAMS, WRITING_ORDER
from include.sync.resolve import resolve
from include.tenants.states import activate

BATCH = 25  # looked up in one request; small, since what people change meanwhile in Simon would be put back
DUE_AT_ONCE = 1000  # read from the store in one query, which walks all that is known
SAY_EVERY = 1000  # records between two lines of progress in the task log
TOO_MANY_REJECTED = 100  # after so many, and none accepted, something else is wrong


@dataclass
class Counts:
    new: int = 0
    changed: int = 0
    rejected: int = 0

    @property
    def done(self) -> int:
        return self.new + self.changed + self.rejected


@dataclass
class Batch:
    """Some records of a stream, what Simon has of them and of those they point at, and what came of writing them."""

    stream: str
    made: Sequence[tuple[Due, MasterRecord]]
    parents: dict[tuple[str, str], int]
    held: dict[int, Raw] = field(default_factory=dict)
    found: dict[str, list[int]] = field(default_factory=dict)
    written: list[Link] = field(default_factory=list)
    counts: Counts = field(default_factory=Counts)


def load(run: Run) -> dict[str, dict[str, int]]:
    """Write the differences of the chosen streams; counts per stream. A work address follows its customer."""
    if run.finished:
        with run.context.store.begin() as tx:
            return _counts(run, tx)
    with log_errors(run):
        apps = [open_app(run.context, run.tenant) for _ in range(run.tenant.settings.simon_at_once)]
        for stream in WRITING_ORDER:
            if stream in run.streams or STREAMS[stream].follows in run.streams:
                _stream(run, apps, stream)
    return _conclude(run)


def _stream(run: Run, apps: Sequence[FieldService], stream: str) -> None:
    with run.transaction() as tx:
        before = runs.progress(tx, run.id, stream)
        due = records.count_due(tx, run.tenant.id, stream)
        runs.save_progress(tx, run.id, stream, due=before.new + before.changed + before.rejected + due)
        if due >= DUE_AT_ONCE:
            links.analyze(tx)
    rejected = 0
    with closing(_written(run, apps, _ready(run, apps, stream))) as batches:
        for batch in batches:
            at = _commit(run, batch)
            rejected = 0 if batch.written else rejected + batch.counts.rejected
            _say(stream, at, batch.counts.done)
            if rejected >= TOO_MANY_REJECTED:
                raise RecordRejected("sync.too_many_refused", stream, system="Simple-Simon", count=rejected)


def _written(run: Run, apps: Sequence[FieldService], ready: Iterator[list[Batch]]) -> Generator[Batch, None, None]:
    """The batches with what came of them, while the next ones are under way.

    Once closed, or after one that failed, no further record is begun.
    """
    stop = Event()
    with ThreadPoolExecutor(len(apps), thread_name_prefix="load") as workers:
        try:
            under_way: list[Future[Batch]] = []
            for batches in ready:
                wait(under_way)
                done, under_way = under_way, []
                if not any(future.exception() for future in done):
                    each = zip(apps, batches, strict=False)
                    under_way = [workers.submit(_write_all, run, stop, app, batch) for app, batch in each]
                yield from (future.result() for future in done)
            yield from (future.result() for future in under_way)
        finally:
            stop.set()


def _ready(run: Run, apps: Sequence[FieldService], stream: str) -> Iterator[list[Batch]]:
    """What has to be written, in as many batches at a time as can be written at once."""
    for due in _all_due(run, stream):
        for group in _batched(due, BATCH * len(apps)):
            yield [_made(run, apps[0], stream, some) for some in _batched(group, BATCH)]


def _all_due(run: Run, stream: str) -> Iterator[Sequence[Due]]:
    after = ""
    while True:
        with run.context.store.begin() as tx:
            due = records.due(tx, run.tenant.id, stream, after, DUE_AT_ONCE)
        if due:
            yield due
        if len(due) < DUE_AT_ONCE:
            return
        after = due[-1].key


def _made(run: Run, app: FieldService, stream: str, due: Sequence[Due]) -> Batch:
    made = [(one, STREAMS[stream].record.model_validate(one.body)) for one in due]
    return Batch(stream, made, _parent_ids(run, app, [record for _, record in made]))


def _write_all(run: Run, stop: Event, app: FieldService, batch: Batch) -> Batch:
    """Look up, then write one by one; what one record is refused for does not concern the next."""
    ids = [due.simon_id for due, _ in batch.made if due.simon_id is not None]
    keys = [due.key for due, _ in batch.made if due.simon_id is None]
    batch.held = app.get_many(batch.stream, ids) if ids else {}
    batch.found = app.find(batch.stream, keys) if keys else {}
    if found_ids := [ids[0] for ids in batch.found.values()]:
        batch.held |= app.get_many(batch.stream, found_ids)
    with run.transaction() as tx:  # held, so that whoever takes the run over waits for what is being written
        async_commit(tx)
        for due, record in batch.made:
            if stop.is_set():
                break
            try:
                _write(run, app, batch, due, record)
            except RecordRejected as error:
                batch.counts.rejected += 1
                if error.values.get("parent_stream") not in run.streams:  # else its parent's refusal was said already
                    run.log.write(error.code, record.label, STREAMS[batch.stream].table, **error.values)
    return batch


def _batched(due: Sequence[Due], size: int) -> Iterator[Sequence[Due]]:
    """In groups of this size, the last one smaller."""
    for start in range(0, len(due), size):
        yield due[start : start + size]


def _parent_ids(run: Run, app: FieldService, made: Sequence[MasterRecord]) -> dict[tuple[str, str], int]:
    """Simon's ids of the records that these point at, by (stream, key)."""
    wanted: dict[str, set[str]] = {}
    for record in made:
        for stream, key in app.parents(record).values():
            wanted.setdefault(stream, set()).add(key)
    if not wanted:
        return {}
    with run.context.store.begin() as tx:
        return {
            (stream, key): simon_id
            for stream, keys in wanted.items()
            for key, simon_id in links.simon_ids(tx, run.tenant.id, stream, sorted(keys)).items()
        }


def _write(run: Run, app: FieldService, batch: Batch, due: Due, record: MasterRecord) -> None:
    content, shortened = app.payload(record)
    for name, parent in app.parents(record).items():
        if parent not in batch.parents:
            stream, key = parent
            names = {"parent_kind": stream, "parent_stream": stream}
            raise RecordRejected("sync.parent_missing", record.label, parent=key, **names)
        content[name] = batch.parents[parent]
    simon_id = due.simon_id if due.simon_id is not None else _found(run, batch, due.key, record.label)
    held = batch.held.get(simon_id) if simon_id is not None else None
    if simon_id is None or held is None or not _updated(app, batch, held, due.key, content):
        simon_id = app.create(batch.stream, due.key, content)
        batch.counts.new += 1
    batch.written.append(Link(due.key, simon_id, due.digest))
    for name, length in shortened:
        values = {"field": name, "length": length, "system": "Simple-Simon", "key": due.key}
        run.log.write("sync.text_shortened", record.label, STREAMS[batch.stream].table, **values)


def _updated(app: FieldService, batch: Batch, held: Raw, key: str, content: Raw) -> bool:
    """False when somebody removed it in Simon meanwhile."""
    try:
        batch.counts.changed += app.update(batch.stream, held, key, content)
    except LookupError:
        return False
    return True


def _found(run: Run, batch: Batch, key: str, label: str) -> int | None:
    """A record that carries our key already: from a run whose answer was lost, or from before the link."""
    found = batch.found.get(key, [])
    if len(found) > 1:
        values = {"count": len(found), "simon_id": found[0], "key": key}
        run.log.write("sync.duplicates_found", label, STREAMS[batch.stream].table, **values)
    return found[0] if found else None


def _commit(run: Run, batch: Batch) -> Progress:
    """Links and counts together; how far the stream is."""
    with run.transaction() as tx:
        links.put(tx, run.tenant.id, batch.stream, batch.written)
        at = runs.progress(tx, run.id, batch.stream)
        counts = {name: getattr(at, name) + number for name, number in asdict(batch.counts).items()}
        counts["same"] = max(0, at.same - batch.counts.done)
        runs.save_progress(tx, run.id, batch.stream, **counts)
    return replace(at, **counts)


def _say(stream: str, at: Progress, step: int) -> None:
    done = at.new + at.changed + at.rejected
    if done // SAY_EVERY > (done - step) // SAY_EVERY:
        structlog.get_logger("koppel").info("writing", stream=stream, done=done, of=at.due)


def _conclude(run: Run) -> dict[str, dict[str, int]]:
    """One line for each stream, also when it is all zero, and the end of the run."""
    begun = False
    with run.transaction(with_tenant=True) as tx:
        result = _counts(run, tx)
        run.finish(tx)
        if set(run.streams) == set(run.tenant.package.choices):
            now = run.context.now()
            done = {"synced": run.row.fingerprint, "synced_at": now}
            sync_state.put(tx, run.tenant.id, **done, **({"full_at": now} if run.full else {}))
            begun = run.full and activate(tx, run.tenant.id, run.key, now)
    for stream, numbers in result.items():
        run.log.write("sync.stream_done", stream, STREAMS[stream].table, stream=stream, **numbers)
    resolve(run, result)
    if begun:
        run.log.write("coupling.activated", run.tenant.slug)
    return result


def _counts(run: Run, tx: Transaction) -> dict[str, dict[str, int]]:
    names = ("read", "new", "changed", "same", "left_out", "rejected")
    found = runs.progress_by_stream(tx, run.id)
    return {stream: {name: getattr(at, name) for name in names} for stream, at in found.items() if stream in STREAMS}
