"""The reconciliation of one tenant: work orders, documents and records; what differs is a problem until it is gone."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from include.access.systems import open_app, open_package
from include.context import Context
from include.errors import InvalidInput, WorkOrderRefused
from include.log.writer import IntegrationLog
from include.push.discover import LOOK_BACK, archived_lately, look_back
from include.reconciliation.documents import CODES, DocumentDifference, compare_document
from include.reconciliation.records import DIFFERENT, RecordComparison, compare_records
from include.store import ledger, problems, reconciliations
from include.store.ledger import LedgerEntry
from include.store.problems import ProblemFilter
from include.store.reconciliations import ReconciliationRow
from include.tenants.tenant import Tenant

MOST_DOCUMENTS = 200  # at once; the next night goes on with those that were compared longest ago
DAYS = LOOK_BACK.days
SHOWN = 20


@dataclass(frozen=True)
class Reconciliation:
    """What was compared and what differs. ``unseen`` are work orders that nobody had seen archived; ``left`` documents
    are the next run's.
    """

    work_orders: int
    documents: int
    records: int
    left: int
    unseen: tuple[str, ...] = ()
    differing: Mapping[str, DocumentDifference] = field(default_factory=dict)
    differing_records: Mapping[str, int] = field(default_factory=dict)
    shown_records: tuple[str, ...] = ()

    @property
    def differences(self) -> int:
        """How many things differ."""
        return len(self.unseen) + len(self.differing) + sum(self.differing_records.values())

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON shows it, and as it is stored."""
        documents = {number: each.code for number, each in self.differing.items()}
        return {**asdict(self), "differing": documents, "differences": self.differences}


def reconcile(
    context: Context, tenant: Tenant, run: str, *, days: int = DAYS, dry_run: bool = False, by: str | None = None
) -> Reconciliation:
    """Compare both sides with what is believed, and report what differs; with ``dry_run``, return it only.

    Raises InvalidInput, WorkOrderRefused for a tenant that is not active, IntegrationError.
    """
    if not 1 <= days <= DAYS:
        raise InvalidInput(f"days: {days} is not allowed; use 1 to {DAYS}")
    if not tenant.active:
        raise WorkOrderRefused(f"{tenant.slug} is {tenant.effective_state}: nothing is compared")
    log = IntegrationLog(context.store, tenant.id, tenant.slug, run)
    since = context.now() - timedelta(days=days)
    work_orders, unseen = _work_orders(context, tenant, log, since=since, dry_run=dry_run)
    compared, left = _compare_documents(context, tenant, since)
    comparison = compare_records(context, tenant, run)
    outcome = Reconciliation(
        work_orders=work_orders,
        documents=len(compared),
        records=comparison.compared,
        left=left,
        unseen=unseen,
        differing={entry.number: differs for entry, differs in compared if differs is not None},
        differing_records=comparison.differences,
        shown_records=comparison.shown,
    )
    if not dry_run:
        _report(context, tenant, log, compared)
        _report_records(context, tenant, log, comparison)
        with context.store.begin() as tx:
            reconciliations.add(tx, tenant.id, context.now(), outcome.as_json(), requested_by=by)
    return outcome


def latest(context: Context, tenant: Tenant) -> list[ReconciliationRow]:
    """Return the last reconciliations, the latest first."""
    with context.store.begin() as tx:
        return reconciliations.latest(tx, tenant.id, SHOWN)


def _work_orders(
    context: Context, tenant: Tenant, log: IntegrationLog, *, since: datetime, dry_run: bool
) -> tuple[int, tuple[str, ...]]:
    """Return how many are in the archive, and the numbers of those that nobody saw, which are entered."""
    archived = archived_lately(context, tenant, open_app(context, tenant), since)
    if dry_run:
        with context.store.begin() as tx:
            new = ledger.unknown(tx, tenant.id, archived.refs)
    else:
        new = look_back(context, tenant, archived, log)
    return len(archived.refs), tuple(ref.number for ref in new)


def _compare_documents(
    context: Context, tenant: Tenant, since: datetime
) -> tuple[list[tuple[LedgerEntry, DocumentDifference | None]], int]:
    """Compare those that were compared longest ago; how many are left for another time."""
    with context.store.begin() as tx:
        entries, total = reconciliations.to_compare(tx, tenant.id, since, MOST_DOCUMENTS)
    package = open_package(context, tenant)
    compared = [(entry, compare_document(package, tenant.package.title, entry)) for entry in entries]
    return compared, total - len(compared)


def _report(
    context: Context,
    tenant: Tenant,
    log: IntegrationLog,
    compared: list[tuple[LedgerEntry, DocumentDifference | None]],
) -> None:
    """Report each difference once, and close those that are gone; one that a person closed as it is stays closed."""
    with context.store.begin() as tx:
        known = {code: problems.last_values(tx, tenant.id, code) for code in CODES}
        reconciliations.set_compared(tx, [entry for entry, _ in compared], context.now())
    for entry, differs in compared:
        gone = tuple(code for code in CODES if differs is None or code != differs.code)
        if any(entry.number in known[code] for code in gone):
            log.resolve(ProblemFilter(record=entry.number, codes=gone))
        if differs is not None and known[differs.code].get(entry.number) != dict(differs.values):
            log.write(differs.code, entry.number, **differs.values)


def _report_records(context: Context, tenant: Tenant, log: IntegrationLog, comparison: RecordComparison) -> None:
    if not comparison.differences:
        log.resolve(ProblemFilter(codes=(DIFFERENT,)))
        return
    counts = {name: str(comparison.differences.get(name, 0)) for name in ("missing", "to_change", "changed_by_hand")}
    values = counts | {"surplus": str(comparison.differences.get("surplus", 0)), "shown": ", ".join(comparison.shown)}
    with context.store.begin() as tx:
        known = problems.last_values(tx, tenant.id, DIFFERENT)
    if known.get("") != values:
        log.write(DIFFERENT, **values)
