"""Emptying Simon before a coupling begins: first what would go, then exactly the chosen parts, kept for 30 days (R5.2).

Work orders are never wiped; what Simon needs for one that is archived becomes inactive.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from include.access.systems import open_app
from include.cleanup.listing import in_simon, read_simon
from include.cleanup.pipeline import CleanupReport, report
from include.cleanup.remove import RemovalContext, remove
from include.cleanup.run import Run
from include.connectors.field_service import FieldService
from include.context import Context
from include.errors import InvalidInput
from include.runs import RunKind, begin, log_errors
from include.store import cleanup, runs, staging
from include.store.cleanup import PlannedRemoval
from include.streams import REMOVAL_ORDER, STREAMS
from include.tenants.tenant import Tenant

PLANNED = "plan"
PARTS = REMOVAL_ORDER


@dataclass(frozen=True)
class Contents:
    """How many records Simon holds of each part, and those that stand on open work orders: (stream, label, number).

    ``numbers`` are what people know customers and articles by.
    """

    counts: dict[str, int]
    on_open_work_orders: list[tuple[str, str, str]] = field(default_factory=list)
    numbers: dict[str, set[str]] = field(default_factory=dict, repr=False)


def contents(context: Context, tenant: Tenant) -> Contents:
    """What is in Simon now. Raises the errors of ``include.errors``."""
    return contents_of(open_app(context, tenant))


def contents_of(app: FieldService) -> Contents:
    """The same of a Simon that no tenant needs to have yet."""
    used, counts, named = app.in_use(), Counter[str](), []
    numbers: dict[str, set[str]] = {}
    for part in PARTS:
        counts[part] = 0
        for page in app.listing(part):
            counts[part] += len(page)
            numbers.setdefault(part, set()).update(one.number for one in page if one.number)
            named += [(part, one.label, used[part][one.id]) for one in page if one.id in used.get(part, {})]
    return Contents(dict(counts), named, numbers)


def wipe(
    context: Context, tenant: Tenant, key: str, parts: Sequence[str] = PARTS, *, requested_by: str | None = None
) -> CleanupReport:
    """Remove the chosen parts from Simon; the same key goes on where it was interrupted.

    What stands on an open work order is left. Raises WrongParts, and as ``clean_up`` does.
    """
    if unknown := [part for part in parts if part not in PARTS]:
        raise InvalidInput(f"parts: {', '.join(unknown)} is not allowed; use {', '.join(PARTS)}")
    chosen = [part for part in PARTS if part in parts]
    run = begin(context, tenant, RunKind.WIPE, key, streams=chosen, requested_by=requested_by)
    if not run.finished:
        with log_errors(run):
            _wipe(run)
    with context.store.begin() as tx:
        return report(context, tenant, run.id, cleanup.of_run(tx, tenant.id, run.id))


def _wipe(run: Run) -> None:
    removing = RemovalContext(run, None, open_app(run.context, run.tenant))
    for part in run.streams:  # one by one, as some of a later part may go along with an earlier one
        _plan(run, removing, part)
        with run.context.store.begin() as tx:
            to_do = cleanup.of_run(tx, run.tenant.id, run.id, "planned", "exported")
        remove(removing, to_do)
    with run.transaction() as tx:
        cleanup.forget_baselines(tx, run.tenant.id)
        cleanup.withdraw(tx, run.tenant.id)
        run.finish(tx)
        done = cleanup.of_run(tx, run.tenant.id, run.id)
    for part in run.streams:
        ended = Counter(removal.state for removal in done if removal.stream == part)
        counts = {name: ended[name] for name in ("deleted", "inactive", "in_use")}
        run.log.write("cleanup.wiped", part, STREAMS[part].table, **counts)


def _plan(run: Run, removing: RemovalContext, part: str) -> None:
    """Everything of a part that Simon lists; noted at once, so that an interrupted wipe goes on with the same."""
    with run.context.store.begin() as tx:
        if runs.progress(tx, run.id, f"{PLANNED} {part}").complete:
            return
    read_simon(run, removing.app, part)
    with run.transaction() as tx:
        rows = staging.all_rows(tx, run.id, in_simon(part))
        found = [PlannedRemoval(part, int(id), row["key"], row["label"], "wiped") for id, row in rows]
        cleanup.plan(tx, run.tenant.id, run.id, found, run.context.now(), None)
        runs.save_progress(tx, run.id, f"{PLANNED} {part}", complete=True)
