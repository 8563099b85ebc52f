"""Extract: page by page from the package into staging. Rows and cursor commit together, so a run can be resumed."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import structlog

from include.access.systems import open_package
from include.connectors.package import ChildStream, PackageConnection, PackageList, RowPage
from include.connectors.paging import PageFollower, pages
from include.errors import ContractBroken, Transient
from include.records import Raw
from include.runs import Run, log_errors
from include.store import runs, staging
from include.store.runs import Progress
from include.streams import STREAMS

PARENT_BATCH = 25  # how many parents' rows are committed together
LOG_EVERY = 10_000  # rows between two lines of progress in the task log
NO_KEY, SAME_PAGE = "rows without a key", "the same page twice"
LISTING_ATTEMPTS = 3  # a listing whose total moves while it is read is read so often


def extract(run: Run, name: str) -> Progress:
    """Read a stream, and the streams under it, to the end; from where an earlier try of this run stopped."""
    with log_errors(run):
        package = open_package(run.context, run.tenant)
        read_stable_list(run, package, run.tenant.package.stream(name))
        for child in run.tenant.package.children(name):
            _read_children(run, package, child)
    with run.context.store.begin() as tx:
        return runs.progress(tx, run.id, name)


def read_stable_list(run: Run, package: PackageConnection, stream: PackageList, *, as_proof: bool = False) -> None:
    """Read a listing to its end, again if it moved meanwhile. Raises Transient when it keeps moving.

    A row without a key is left out with a message (R3.13); in a listing that is to be ``as_proof`` of what is not there
    it is a ContractBroken, for nobody knows which record it is.
    """
    for _ in range(LISTING_ATTEMPTS):
        if _read_list(run, package, stream, as_proof):
            return
    raise Transient("sync.listing_unstable", stream.name, system=run.tenant.package.title)


def _read_list(run: Run, package: PackageConnection, stream: PackageList, as_proof: bool) -> bool:
    """Read a listing to its end; return False when it moved meanwhile, so that rows may be missing."""
    with run.context.store.begin() as tx:
        progress = runs.progress(tx, run.id, stream.name)
    if progress.complete:
        return True
    read, announced = progress.read, progress.announced
    paging = PageFollower(run.tenant.package.title, stream.path)
    for page in _prefetched_pages(package, stream, progress.cursor):
        if _total_moved(page, announced, read):
            with run.transaction() as tx:
                runs.reset_progress(tx, run.id, stream.name)
            return False
        paging.take(page.rows)
        announced, before, read = page.total, read, read + len(page.rows)
        keyed = _with_keys(run, stream, page.rows, as_proof)
        with run.transaction() as tx:
            staging.add(tx, run.id, stream.name, ((key, None, row) for key, row in keyed))
            values = {"cursor": page.next, "read": read, "announced": announced, "complete": page.next is None}
            runs.save_progress(tx, run.id, stream.name, **values)
        if read // LOG_EVERY > before // LOG_EVERY:
            structlog.get_logger("koppel").info("reading", stream=stream.name, read=read, of=announced)
    return True


def _total_moved(page: RowPage, announced: int | None, read: int) -> bool:
    """Return whether a page names another total than the one before it, or is the last and the rows are not so many."""
    if page.total is None:
        return False
    return announced not in (None, page.total) or (page.next is None and read + len(page.rows) != page.total)


def _prefetched_pages(package: PackageConnection, stream: PackageList, cursor: str | None) -> Iterator[RowPage]:
    """Yield the pages from a cursor on; the next one is fetched while the last one is stored."""
    with ThreadPoolExecutor(1, thread_name_prefix="page") as fetcher:
        coming = fetcher.submit(package.page, stream, cursor)
        while True:
            page = coming.result()
            if page.next is not None:
                coming = fetcher.submit(package.page, stream, page.next)
            yield page
            if page.next is None:
                return


def _with_keys(run: Run, stream: PackageList, rows: Sequence[Raw], as_proof: bool) -> list[tuple[str, Raw]]:
    """Return the rows with their keys, as ``read_stable_list`` says."""
    keyed = [(_key(stream, row), row) for row in rows]
    system, without = run.tenant.package.title, sum(not key for key, _ in keyed)
    if without and as_proof:
        raise ContractBroken("connection.unexpected_response", system=system, request=stream.path, reason=NO_KEY)
    if without:
        table = STREAMS[stream.name].table if stream.name in STREAMS else ""
        run.log.write("sync.record_unreadable", stream.name, table, system=system, reason=f"{NO_KEY} ({without})")
    return [(key, row) for key, row in keyed if key]


def _key(stream: PackageList, row: Raw) -> str:
    """Return the key as records have it: without the NULs that no database takes, and without blanks around it."""
    key = row.get(stream.key)
    return "" if key is None or isinstance(key, bool | list | dict) else str(key).replace("\x00", "").strip()


def staged_parents(stream: ChildStream) -> str:
    """Return where the parents are staged whose rows of this stream were read in a run."""
    return f"{stream.name}_of"


def _read_children(run: Run, package: PackageConnection, stream: ChildStream) -> None:
    """Read the rows under each parent that changed, or under all of them in a full run.

    The cursor is the key of the last parent whose rows are in.
    """
    with run.context.store.begin() as tx:
        progress = runs.progress(tx, run.id, stream.name)
    last, read, complete = progress.cursor or "", progress.read, progress.complete
    while not complete:
        parents = _next_parents(run, stream, last)
        rows = [(key, row) for key, parent in parents for row in _rows_under(run, package, stream, parent)]
        complete = len(parents) < PARENT_BATCH
        last = parents[-1][0] if parents else last
        read += len(rows)
        with run.transaction() as tx:
            staging.add(tx, run.id, stream.name, ((_key(stream, row), key, row) for key, row in rows))
            staging.add(tx, run.id, staged_parents(stream), ((key, None, {}) for key, _ in parents))
            runs.save_progress(tx, run.id, stream.name, cursor=last, read=read, complete=complete)


def _next_parents(run: Run, stream: ChildStream, after: str) -> list[tuple[str, Raw]]:
    with run.context.store.begin() as tx:
        return staging.next_rows(
            tx,
            run.id,
            stream.parent,
            tenant_id=run.tenant.id,
            after=after,
            limit=PARENT_BATCH,
            changed_only=not run.full,
        )


def _rows_under(run: Run, package: PackageConnection, stream: PackageList, parent: Raw) -> list[Raw]:
    """Return the few rows under one parent."""
    return [row for page in pages(run.tenant.package.title, package, stream, parent) for row in page.rows]
