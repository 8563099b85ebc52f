"""Reads both sides as they are now, into staging. Whether that is proof enough to delete by is in ``proof``."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace

from include.connectors.field_service import FieldService
from include.connectors.package import PackageConnection, PackageStream
from include.records import ArticleGroup, Raw
from include.runs import Run
from include.store import Transaction, runs, staging
from include.streams import REMOVAL_ORDER
from include.sync.extract import read_stable_list
from include.sync.transform import UNREADABLE
from include.tenants.tenant import Tenant


def cleaned_streams(tenant: Tenant) -> list[str]:
    """Return the streams that are cleaned up of this tenant, in the order in which their records are removed."""
    return [name for name in REMOVAL_ORDER if name in tenant.package.choices]


def second_listing(stream: str) -> str:
    """Return the name under which the second listing of a stream is staged."""
    return f"{stream} again"


def in_simon(stream: str) -> str:
    """Return the name under which Simon's records of a stream are staged."""
    return f"{stream} in Simon"


def read_both(run: Run, package: PackageConnection, app: FieldService) -> None:
    """Read all streams of the package, twice where it announces no total, and then those of Simon."""
    for name in reversed(cleaned_streams(run.tenant)):
        stream = run.tenant.package.stream(name)
        read_stable_list(run, package, stream, as_proof=True)
        with run.context.store.begin() as tx:
            announced = runs.progress(tx, run.id, name).announced
        if announced is None:
            read_stable_list(run, package, replace(stream, name=second_listing(name)), as_proof=True)
    for name in cleaned_streams(run.tenant):
        read_simon(run, app, name)


def read_simon(run: Run, app: FieldService, stream: str) -> None:
    """Read a stream of Simon, from its start at every try: what is missed here is only removed later."""
    staged = in_simon(stream)
    with run.transaction() as tx:
        if runs.progress(tx, run.id, staged).complete:
            return
        runs.reset_progress(tx, run.id, staged)
    read = 0
    for page in app.listing(stream):
        read += len(page)
        rows = [
            (str(record.id), None, {"key": record.key, "active": record.active, "label": record.label})
            for record in page
        ]
        with run.transaction() as tx:
            staging.add(tx, run.id, staged, rows)
            runs.save_progress(tx, run.id, staged, read=read)
    with run.transaction() as tx:
        runs.save_progress(tx, run.id, staged, read=read, complete=True)


def listed_groups(run: Run, tx: Transaction) -> list[ArticleGroup]:
    """Return the package's groups as listed in this run."""
    if "article_groups" not in run.tenant.package.choices:
        return []
    rows = (row for _, row in staging.all_rows(tx, run.id, "article_groups"))
    return readable_groups(run.tenant.package.stream("article_groups"), rows)


def readable_groups(stream: PackageStream, rows: Iterable[Raw]) -> list[ArticleGroup]:
    """Return the groups of these rows; one that cannot be read is not let through by name, and not removed either."""
    groups = []
    for row in rows:
        with suppress(*UNREADABLE):
            record = stream.to_record(row)
            if isinstance(record, ArticleGroup):
                groups.append(record)
    return groups
