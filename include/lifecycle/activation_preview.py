"""What an activation would do, before anything is done: what goes, what comes, what matches, how long it takes.

Nothing is written, neither in the systems nor in the store.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time
from math import ceil

from include.access.connect import is_connected
from include.access.systems import open_app, open_package
from include.cleanup.wipe import PARTS, Contents, Dependents, RecordInUse, contents_of
from include.connectors.field_service import FieldService
from include.connectors.package import Package, PackageClient
from include.context import Context
from include.errors import IntegrationError, InvalidInput
from include.local_time import moment_of
from include.records import Article, Customer, MasterRecord
from include.settings.drafts import find
from include.settings.lookup import record_pages
from include.tenants.states import NOT_ENDED
from include.tenants.tenant import Tenant

PAGE_SIZE, BATCH_SIZE = 100, 25  # records of Simon in one answer: of a listing, and of a look-up before writing
CALLS_A_REMOVAL = 3  # looked at, kept, deleted
LEAST_S = 0.05  # of one call, however fast the listing was


@dataclass(frozen=True)
class Incoming:
    """What the package's lists hold, before the filters of the settings. ``matching`` carry a number that Simon has."""

    counts: Mapping[str, int] = field(default_factory=dict)
    matching: Mapping[str, int] = field(default_factory=dict)
    calls: int = 0


@dataclass(frozen=True)
class ActivationPreview:
    """``incoming`` is None as long as the package does not answer or its administration is not known.

    ``along`` has by part what goes along with its records, by what that is (R5.8).

    ``calls`` are requests by system; ``seconds`` is how long they take one after another, within the known limits.
    """

    tenant: str
    in_simon: Mapping[str, int]
    on_open_work_orders: Sequence[RecordInUse]
    wiped: Mapping[str, int]
    along: Mapping[str, Dependents]
    incoming: Incoming | None
    calls: Mapping[str, int]
    seconds: int
    work_orders: int
    work_orders_since: date | None


def preview_activation(
    context: Context,
    tenant: Tenant,
    parts: Sequence[str] = PARTS,
    *,
    administration: str = "",
    since: date | None = None,
) -> ActivationPreview:
    """Return what an activation would do. ``since`` is the day of a backfill, without which nothing older is sent.

    Raises InvalidState, InvalidInput, IntegrationError.
    """
    tenant.require_state("to rehearse", *NOT_ENDED)
    if unknown := [part for part in parts if part not in PARTS]:
        raise InvalidInput(f"parts: {', '.join(unknown)} is not allowed; use {', '.join(PARTS)}")
    app, begun = open_app(context, tenant), context.now()
    there = contents_of(app)
    along = [records for kinds in there.along.values() for records in kinds.values()]
    lengths = (*there.counts.values(), *map(len, along))
    reads = sum(ceil(max(length, 1) / PAGE_SIZE) for length in lengths)
    call_s = max((context.now() - begun).total_seconds() / reads, LEAST_S)
    incoming = _incoming(context, tenant, administration, there)
    in_use = Counter(part for part, _ in {(record.part, record.label) for record in there.on_open_work_orders})
    wiped = {part: there.counts[part] - in_use[part] for part in PARTS if part in parts}
    calls, seconds = _cost(tenant, wiped, incoming, call_s)
    return ActivationPreview(
        tenant=tenant.slug,
        in_simon=there.counts,
        on_open_work_orders=there.on_open_work_orders,
        wiped=wiped,
        along={part: there.along[part] for part in wiped},
        incoming=incoming,
        calls=calls,
        seconds=ceil(seconds),
        work_orders=_count_archived(app, since),
        work_orders_since=since,
    )


def _cost(
    tenant: Tenant, wiped: Mapping[str, int], incoming: Incoming | None, call_s: float
) -> tuple[dict[str, int], float]:
    """Return the requests by system, and how many seconds they take one after another."""
    writes = sum(ceil(count * (1 + 1 / BATCH_SIZE)) for count in incoming.counts.values()) if incoming else 0
    calls = {"simple_simon": sum(wiped.values()) * CALLS_A_REMOVAL + writes}
    seconds = calls["simple_simon"] * call_s
    if incoming:
        calls[tenant.package.name] = incoming.calls
        seconds += incoming.calls * max(call_s, 60 / (tenant.package.requests_per_minute or 1000))
    return calls, seconds


def _incoming(context: Context, tenant: Tenant, administration: str, there: Contents) -> Incoming | None:
    """Return what comes in; None before the package is connected, which it is after the wipe only, also on a return.

    Raises IntegrationError when the administration was asked for by number.
    """
    draft = find(context, tenant)
    number = administration or (draft.settings if draft else tenant.settings).administration
    if not number or not (administration or is_connected(context, tenant, tenant.package)):
        return None
    coupled = replace(tenant, settings=tenant.settings.model_copy(update={"administration": number}))
    try:
        return _list(tenant.package, open_package(context, coupled), there)
    except IntegrationError:
        if administration:
            raise
        return None  # what goes from Simon can be told, and decided, all the same


def _list(package: Package, client: PackageClient, there: Contents) -> Incoming:
    """Return what comes in, by one listing of each stream."""
    counts: dict[str, int] = {}
    matching, calls = {}, 0
    for stream in package.streams:
        read = list(record_pages(package, client, stream))
        calls += len(read)
        active = [record for page in read for record in page if getattr(record, "active", True)]
        if stream.name in PARTS:
            counts[stream.name] = len(active)
            matching[stream.name] = len(_numbers(active) & there.numbers.get(stream.name, set()))
    calls += sum(counts.get(child.parent, 0) for child in package.child_streams)  # one request for each record above
    counts["work_addresses"] = counts.get("customers", 0)  # each customer has its default one (R1.4)
    return Incoming(counts, {name: number for name, number in matching.items() if name != "article_groups"}, calls)


def _numbers(records: Sequence[MasterRecord]) -> set[str]:
    """Return what people know customers and articles by, on both sides."""
    customers = {record.number for record in records if isinstance(record, Customer)}
    return customers | {record.code for record in records if isinstance(record, Article)}


def _count_archived(app: FieldService, since: date | None) -> int:
    if since is None:
        return 0
    moment = moment_of(since, time())
    return sum(work_order.archived_at >= moment for work_order in app.archived(moment).refs)
