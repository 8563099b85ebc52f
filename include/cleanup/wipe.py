"""Empties Simon before a coupling begins: shows what would go, then removes exactly the chosen parts (R5.2).

What goes is kept for 30 days. Work orders are never wiped; what Simon needs for one that is archived becomes inactive.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from include.access.systems import open_app
from include.cleanup.listing import in_simon, read_simon
from include.cleanup.removal_context import RemovalContext
from include.cleanup.remove import remove
from include.cleanup.report import CleanupReport, count_states, make_report
from include.cleanup.states import withdraw_open_proposal
from include.connectors.field_service import DependentRecord, FieldService
from include.context import Context
from include.errors import InvalidInput
from include.runs import Run, RunKind, begin, log_errors
from include.store import baselines, removals, runs, staging
from include.store.removals import PlannedRemoval, RemovalReason, RemovalState
from include.streams import REMOVAL_ORDER, STREAMS
from include.tenants.tenant import Tenant

PLANNED = "plan"
PARTS = REMOVAL_ORDER
MOST_NAMES = 50  # that a sentence lists
Dependents = Mapping[str, Sequence[DependentRecord]]  # what goes along, by what it is


class RecordInUse(NamedTuple):
    """A record of a part that is on an open work order, by the number of that."""

    part: str
    label: str
    work_order: str


@dataclass(frozen=True)
class Contents:
    """How many records Simon holds of each part, and those on open work orders.

    ``numbers`` are what people know customers and articles by; ``along``: by part, what goes along with its records,
    those on open work orders apart.
    """

    counts: dict[str, int]
    on_open_work_orders: list[RecordInUse] = field(default_factory=list)
    numbers: dict[str, set[str]] = field(default_factory=dict, repr=False)
    along: dict[str, Dependents] = field(default_factory=dict, repr=False)


def contents(context: Context, tenant: Tenant) -> Contents:
    """Return what is in the tenant's Simon now. Raises the errors of ``include.errors``."""
    return contents_of(open_app(context, tenant))


def contents_of(app: FieldService) -> Contents:
    """Return what is in a Simon now, which no tenant needs to have yet."""
    in_use, counts, named = app.in_use(), Counter[str](), []
    numbers: dict[str, set[str]] = {}
    along: dict[str, Dependents] = {}
    for part in PARTS:
        used = in_use.get(part, {})
        counts[part] = 0
        for page in app.listing(part):
            counts[part] += len(page)
            numbers.setdefault(part, set()).update(record.number for record in page if record.number)
            named += [RecordInUse(part, record.label, used[record.id][0]) for record in page if record.id in used]
        along[part] = {
            kind: [record for record in records if record.owner not in used]
            for kind, records in app.dependents(part).items()
        }
    return Contents(dict(counts), named, numbers, along)


def along_sentences(along: Mapping[str, Dependents], parts: Sequence[str]) -> Iterator[str]:
    """Yield what goes along with the chosen parts beside what is chosen itself, what people made first (R5.8)."""
    for part in parts:
        for kind, records in along.get(part, {}).items():
            if not records or kind in parts:
                continue
            names = [record.label for record in sorted(records, key=lambda record: not record.by_hand)]
            by_hand = sum(record.by_hand for record in records)
            listed = ", ".join(names[:MOST_NAMES]) + (
                f" and {more} more" if (more := len(names) - MOST_NAMES) > 0 else ""
            )
            words = (kind.replace("_", " "), part.replace("_", " "))
            yield f"{len(records)} {words[0]} ({by_hand} made by hand) go along with the {words[1]}: {listed}"


def wipe(
    context: Context, tenant: Tenant, key: str, parts: Sequence[str] = PARTS, *, requested_by: str | None = None
) -> CleanupReport:
    """Remove the chosen parts from Simon; the same key goes on where it was interrupted.

    What is on an open work order is left. Raises InvalidInput, and as ``clean_up`` does.
    """
    if unknown := [part for part in parts if part not in PARTS]:
        raise InvalidInput(f"parts: {', '.join(unknown)} is not allowed; use {', '.join(PARTS)}")
    chosen = [part for part in PARTS if part in parts]
    run = begin(context, tenant, RunKind.WIPE, key, streams=chosen, requested_by=requested_by)
    if not run.finished:
        with log_errors(run):
            _wipe(run)
    with context.store.begin() as tx:
        report = make_report(context, tenant, run.id, removals.of_run(tx, tenant.id, run.id))
        return replace(report, along=removals.count_along(tx, tenant.id, run.id))


def _wipe(run: Run) -> None:
    removal_context = RemovalContext(run, open_app(run.context, run.tenant))
    for part in run.streams:  # one by one, as some of a later part may go along with an earlier one
        _plan(run, removal_context.app, part)
        with run.context.store.begin() as tx:
            to_do = removals.of_run(tx, run.tenant.id, run.id, RemovalState.PLANNED, RemovalState.EXPORTED)
        remove(removal_context, to_do)
    with run.transaction() as tx:
        baselines.delete_all(tx, run.tenant.id)
        withdraw_open_proposal(tx, run.tenant.id)
        run.finish(tx)
        ended = removals.of_run(tx, run.tenant.id, run.id)
        along = removals.count_along(tx, run.tenant.id, run.id)
    for part in run.streams:
        counts = count_states(ended, part)
        values = {
            state.value: counts[state] for state in (RemovalState.DELETED, RemovalState.INACTIVE, RemovalState.IN_USE)
        }
        run.log.write("cleanup.wiped", part, STREAMS[part].table, **values)
    for kind, count in along.items():
        run.log.write("cleanup.wiped_along", kind, count=count)


def _plan(run: Run, app: FieldService, part: str) -> None:
    """Plan the removal of everything of a part that Simon lists, once: an interrupted wipe goes on with the same."""
    with run.context.store.begin() as tx:
        if runs.progress(tx, run.id, f"{PLANNED} {part}").complete:
            return
    read_simon(run, app, part)
    with run.transaction() as tx:
        planned = [
            PlannedRemoval(part, int(id), row["key"], row["label"], RemovalReason.WIPED)
            for id, row in staging.all_rows(tx, run.id, in_simon(part))
        ]
        now = run.context.now()
        removals.add_all(tx, run.tenant.id, run.id, planned, state=RemovalState.PLANNED, changed_at=now)
        runs.save_progress(tx, run.id, f"{PLANNED} {part}", complete=True)
