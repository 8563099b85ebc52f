"""Extract: page by page from the package into staging. Rows and cursor commit together, so a run can be resumed."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import structlog

from include.access.systems import open_package
from include.connectors.package import ChildStream, PackageConnection, PackageList, Page
from include.errors import ContractBroken, Transient
from include.records import Raw
from include.runs import Run, log_errors
from include.store import runs, staging
from include.store.runs import Progress

PARENTS_AT_ONCE = 25  # how many parents' rows are committed together
SAY_EVERY = 10_000  # rows between two lines of progress in the task log
TIMES_OVER = 3  # a listing whose total moves while it is read is read again so often


def extract(run: Run, name: str) -> Progress:
    """Read a stream, and the streams under it, to the end; from where an earlier try of this run stopped."""
    with log_errors(run):
        package = open_package(run.context, run.tenant)
        stream = run.tenant.package.stream(name)
        for _ in range(TIMES_OVER):
            if read_list(run, package, stream):
                break
        else:
            raise Transient("sync.listing_unstable", name, system=run.tenant.package.title)
        for child in run.tenant.package.children(name):
            _under_parents(run, package, child)
    with run.context.store.begin() as tx:
        return runs.progress(tx, run.id, name)


def read_list(run: Run, package: PackageConnection, stream: PackageList) -> bool:
    """Whether the listing was read to the end; False when it moved meanwhile, so that rows may be missing."""
    with run.context.store.begin() as tx:
        at = runs.progress(tx, run.id, stream.name)
    if at.complete:
        return True
    read, announced = at.read, at.announced
    for page in _ahead(package, stream, at.cursor):
        if _moved(page, announced, read):
            with run.transaction() as tx:
                runs.reset_progress(tx, run.id, stream.name)
            return False
        announced, before, read = page.total, read, read + len(page.rows)
        with run.transaction() as tx:
            staging.add(tx, run.id, stream.name, ((_key(run, stream, row), None, row) for row in page.rows))
            noted = {"cursor": page.next, "read": read, "announced": announced, "complete": page.next is None}
            runs.save_progress(tx, run.id, stream.name, **noted)
        if read // SAY_EVERY > before // SAY_EVERY:
            structlog.get_logger("koppel").info("reading", stream=stream.name, read=read, of=announced)
    return True


def _moved(page: Page, announced: int | None, read: int) -> bool:
    """Whether a page names another total than the one before it, or is the last and the rows are not that many."""
    if page.total is None:
        return False
    return announced not in (None, page.total) or (page.next is None and read + len(page.rows) != page.total)


def _ahead(package: PackageConnection, stream: PackageList, cursor: str | None) -> Iterator[Page]:
    """The pages from a cursor on; the next one is fetched while the last one is stored."""
    with ThreadPoolExecutor(1, thread_name_prefix="page") as fetcher:
        coming = fetcher.submit(package.page, stream, cursor)
        while True:
            page = coming.result()
            if page.next is not None:
                coming = fetcher.submit(package.page, stream, page.next)
            yield page
            if page.next is None:
                return


def _key(run: Run, stream: PackageList, row: Raw) -> str:
    """The key as records have it: without the NULs that no database takes, and without blanks around it."""
    if stream.key not in row:
        values = {"system": run.tenant.package.title, "request": stream.path, "reason": f"no {stream.key}"}
        raise ContractBroken("connection.unexpected_response", **values)
    return str(row[stream.key]).replace("\x00", "").strip()


def _under_parents(run: Run, package: PackageConnection, stream: ChildStream) -> None:
    """The cursor is the key of the last parent whose rows are in; only changed parents, unless everything is read."""
    with run.context.store.begin() as tx:
        at = runs.progress(tx, run.id, stream.name)
    last, read = at.cursor or "", at.read
    complete = at.complete
    while not complete:
        with run.context.store.begin() as tx:
            limits = (last, PARENTS_AT_ONCE, not run.full)
            parents = staging.after(tx, run.tenant.id, run.id, stream.parent, *limits)
        rows = [(key, row) for key, parent in parents for row in _all_pages(package, stream, parent)]
        complete = len(parents) < PARENTS_AT_ONCE
        last = parents[-1][0] if parents else last
        read += len(rows)
        with run.transaction() as tx:
            staging.add(tx, run.id, stream.name, ((_key(run, stream, row), key, row) for key, row in rows))
            staging.add(tx, run.id, f"{stream.name}_of", ((key, None, {}) for key, _ in parents))
            runs.save_progress(tx, run.id, stream.name, cursor=last, read=read, complete=complete)


def _all_pages(package: PackageConnection, stream: PackageList, parent: Raw) -> list[Raw]:
    """The few rows under one parent."""
    page = package.page(stream, None, parent)
    rows = page.rows
    while page.next is not None:
        page = package.page(stream, page.next, parent)
        rows += page.rows
    return rows
