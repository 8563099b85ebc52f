"""What an activation would do, before anything is done: what goes, what comes, what matches, how long it takes.

Nothing is written, neither in the systems nor in the store.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from math import ceil

from include.access.systems import open_app, open_package
from include.cleanup.wipe import PARTS, Contents, contents_of
from include.connectors.field_service import FieldService
from include.connectors.package import Package, PackageClient
from include.context import Context
from include.errors import InvalidInput
from include.push.document import AMSTERDAM
from include.records import Article, Customer, MasterRecord
from include.settings.drafts import find
from include.settings.lookup import record_pages
from include.tenants.states import NOT_ENDED
from include.tenants.tenant import Tenant

PAGE, BATCH = 100, 25  # records of Simon in one answer: of a listing, and of a look-up before writing
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
    """``incoming`` is None as long as the package or its administration is not known.

    ``calls`` are requests by system; ``seconds`` is how long they take one after another, within the known limits.
    """

    tenant: str
    in_simon: Mapping[str, int]
    on_open_work_orders: Sequence[tuple[str, str, str]]
    wiped: Mapping[str, int]
    incoming: Incoming | None
    calls: Mapping[str, int]
    seconds: int
    work_orders: int
    work_orders_since: date | None


def preview_activation(
    context: Context,
    tenant: Tenant,
    parts: Sequence[str] = PARTS,
    administration: str = "",
    since: date | None = None,
) -> ActivationPreview:
    """``since`` is the day of a backfill, without which no work order of before is sent. Raises NotNow, WrongParts,
    IntegrationError."""
    tenant.require_state("to rehearse", *NOT_ENDED)
    if unknown := [part for part in parts if part not in PARTS]:
        raise InvalidInput(f"parts: {', '.join(unknown)} is not allowed; use {', '.join(PARTS)}")
    app, begun = open_app(context, tenant), context.now()
    there = contents_of(app)
    reads = sum(ceil(max(count, 1) / PAGE) for count in there.counts.values())
    call_s = max((context.now() - begun).total_seconds() / reads, LEAST_S)
    incoming = _incoming(context, tenant, administration, there)
    return _put_together(context, tenant, app, there, parts, incoming, call_s, since)


def _put_together(
    context: Context,
    tenant: Tenant,
    app: FieldService,
    there: Contents,
    parts: Sequence[str],
    incoming: Incoming | None,
    call_s: float,
    since: date | None,
) -> ActivationPreview:
    held = {(part, label) for part, label, _ in there.on_open_work_orders}
    wiped = {part: there.counts[part] - sum(p == part for p, _ in held) for part in PARTS if part in parts}
    writes = sum(ceil(count * (1 + 1 / BATCH)) for count in incoming.counts.values()) if incoming else 0
    calls = {"simple_simon": sum(wiped.values()) * CALLS_A_REMOVAL + writes}
    seconds = calls["simple_simon"] * call_s
    if incoming:
        calls[tenant.package.name] = incoming.calls
        seconds += incoming.calls * max(call_s, 60 / (tenant.package.requests_per_minute or 1000))
    named = there.on_open_work_orders
    sent = _archived(app, since)
    return ActivationPreview(tenant.slug, there.counts, named, wiped, incoming, calls, ceil(seconds), sent, since)


def _incoming(context: Context, tenant: Tenant, administration: str, there: Contents) -> Incoming | None:
    draft = find(context, tenant)
    number = administration or (draft.settings if draft else tenant.settings).administration
    if not number:
        return None
    wanted = replace(tenant, settings=tenant.settings.model_copy(update={"administration": number}))
    return _listed(tenant.package, open_package(context, wanted), there)


def _listed(package: Package, client: PackageClient, there: Contents) -> Incoming:
    """By one listing of each stream."""
    counts: dict[str, int] = {}
    matching, calls = {}, 0
    for stream in package.streams:
        read = list(record_pages(package, client, stream))
        calls += len(read)
        found = [one for page in read for one in page if getattr(one, "active", True)]
        if stream.name in PARTS:
            counts[stream.name] = len(found)
            matching[stream.name] = len(_numbers(found) & there.numbers.get(stream.name, set()))
    calls += sum(counts.get(child.parent, 0) for child in package.child_streams)  # one request for each record above
    counts["work_addresses"] = counts.get("customers", 0)  # each customer has its default one (R1.4)
    return Incoming(counts, {name: number for name, number in matching.items() if name != "article_groups"}, calls)


def _numbers(found: Sequence[MasterRecord]) -> set[str]:
    """What people know them by, on both sides."""
    return {one.number for one in found if isinstance(one, Customer)} | {
        one.code for one in found if isinstance(one, Article)
    }


def _archived(app: FieldService, since: date | None) -> int:
    if since is None:
        return 0
    moment = datetime.combine(since, time(), AMSTERDAM).astimezone(UTC)
    return sum(one.archived_at >= moment for one in app.archived(moment))
