"""The time line of one work order, customer or article; the document of a work order, and what a person does to it."""

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response
from pydantic import BaseModel, Field

from include.context import Context
from include.errors import IntegrationError, UserError
from include.log.timeline import Timeline, TimelineEvent, record_timeline, work_order_timeline
from include.messages import Language
from include.push import not_sent, operations
from include.push.not_sent import LONGEST_REASON
from include.push.operations import LedgerEntry
from include.push.preview import preview
from include.tenants.tenant import Tenant
from plugins.koppel.actions import NO_NUL, ActionInput, ActionResult, Name, action
from plugins.koppel.asking import AskingContextDep, AskingPageDep
from plugins.koppel.dependencies import ActorDep, ContextDep, TenantDep, TenantPageDep
from plugins.koppel.labels import RULES
from plugins.koppel.language import N_, LanguageDep
from plugins.koppel.query import AddressQuery
from plugins.koppel.security import Right, requires

WORK_ORDER = "/tenants/{tenant}/work-orders/{work_order:path}"
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 1, 1)

router = APIRouter()
WorkOrderName = Annotated[
    str,
    Path(min_length=1, max_length=200, pattern=NO_NUL, description="number of a work order, or its id in Simple-Simon"),
]


class TimelineQuery(AddressQuery):
    """``name``: number or id of a work order, number or code of a record."""

    name: Name
    kind: Literal["work_order", "customer", "article"] = "work_order"


class ArchivingResponse(BaseModel):
    """One archiving of a work order, and what became of it."""

    number: str
    archived_at: datetime
    reference: str
    state: str
    code: str | None
    document: str | None
    settings_version: int | None


class TimelineResponse(BaseModel):
    """Everything that ever happened to one record, the latest first."""

    name: str
    archivings: list[ArchivingResponse]
    events: list[TimelineEvent]


class LineResponse(BaseModel):
    """A line of a document has a ``rule``, by which it is there."""

    rule: str
    description: str
    quantity: str | None
    net: str


class DocumentPreviewResponse(BaseModel):
    """A document as it would be made. ``refusal``: why none can be made. ``existing``: what the package has.

    Amounts are texts, to the cent.
    """

    work_order: str
    reference: str
    state: str
    lines: list[LineResponse]
    refusal: str | None
    filter_word: str | None
    existing: list[str]
    differences: list[str]


class RetryInput(ActionInput):
    """All that waits for this; without a code all that waits for a repair."""

    code: Annotated[str, Field(max_length=60, pattern=r"^[a-z_.]*$")] = ""


class ReasonInput(ActionInput):
    """Says why a work order is not sent."""

    reason: Annotated[str, Field(min_length=3, max_length=LONGEST_REASON, pattern=NO_NUL)]


class DocumentInput(ActionInput):
    """Names a document by its id in the package."""

    document: Annotated[str, Field(min_length=1, max_length=60, pattern=NO_NUL)]


class BackfillInput(ActionInput):
    """The first day of archiving that goes along."""

    since: Annotated[date, Field(ge=FIRST_DAY, le=LAST_DAY)]


@router.get("/tenants/{tenant}/timeline", dependencies=[requires(Right.read)])
def timeline_page(page: TenantPageDep, query: Annotated[TimelineQuery, Query()]) -> Response:
    """Show everything that ever happened to a work order, a customer or an article."""
    timeline = _timeline(page.context, page.tenant, query, page.language)
    entry = timeline.entries[0] if timeline.entries else None
    return page.render("timeline.html", kind=query.kind, timeline=timeline, entry=entry)


@router.get("/api/tenants/{tenant}/timeline", dependencies=[requires(Right.read)])
def read_timeline(
    context: ContextDep, tenant: TenantDep, language: LanguageDep, query: Annotated[TimelineQuery, Query()]
) -> TimelineResponse:
    """Return everything that ever happened to a work order, a customer or an article, the latest first."""
    timeline = _timeline(context, tenant, query, language)
    archivings = [
        ArchivingResponse(
            number=entry.number,
            archived_at=entry.archived_at,
            reference=entry.reference,
            state=entry.state,
            code=entry.code,
            document=entry.document_number or entry.document_id,
            settings_version=entry.settings_version,
        )
        for entry in timeline.entries
    ]
    return TimelineResponse(name=timeline.name, archivings=archivings, events=list(timeline.events))


def _timeline(context: Context, tenant: Tenant, query: TimelineQuery, language: Language) -> Timeline:
    if query.kind == "work_order":
        return work_order_timeline(context, tenant, query.name.strip(), language)
    return record_timeline(context, tenant, query.kind, query.name.strip(), language=language)


@router.get(f"{WORK_ORDER}/preview", dependencies=[requires(Right.read)])
def preview_part(page: AskingPageDep, work_order: WorkOrderName) -> Response:
    """Show a part of the page: the document as it would be made now. It asks both systems; it sends nothing."""
    try:
        document = preview(page.context, page.tenant, work_order.strip())
    except UserError as error:
        return page.render("trouble.html", trouble=str(error))
    except IntegrationError as error:
        return page.render("trouble.html", trouble=f"{error.text(page.language)} {error.action(page.language)}")
    refusal = document.refusal
    return page.render(
        "document_preview.html",
        document=document,
        refusal=f"{refusal.text(page.language)} {refusal.action(page.language)}" if refusal else "",
        rules=RULES,
    )


@router.get(f"/api{WORK_ORDER}/preview", dependencies=[requires(Right.read)])
def read_document_preview(
    *, context: AskingContextDep, tenant: TenantDep, language: LanguageDep, work_order: WorkOrderName
) -> DocumentPreviewResponse:
    """Return the document of a work order as it would be made now; sends nothing."""
    document = preview(context, tenant, work_order.strip())
    lines = [
        LineResponse(
            rule=line.rule,
            description=line.description,
            quantity=None if line.quantity is None else str(line.quantity),
            net=str(line.net),
        )
        for line in (document.expected.lines if document.expected else ())
    ]
    return DocumentPreviewResponse(
        work_order=document.work_order,
        reference=document.reference,
        state=document.state,
        lines=lines,
        refusal=document.refusal.text(language) if document.refusal else None,
        filter_word=document.filter_word,
        existing=[each.number or each.id for each in document.existing],
        differences=list(document.differences),
    )


@action(router, f"{WORK_ORDER}/hold", Right.operate)
def hold(*, context: ContextDep, tenant: TenantDep, by: ActorDep, work_order: WorkOrderName) -> ActionResult:
    """Keep a work order from being sent until somebody releases it."""
    entry = operations.hold(context, tenant, work_order, by)
    return ActionResult(N_("Work order {work_order} is held."), _values(entry))


@action(router, f"{WORK_ORDER}/release", Right.operate)
def release(*, context: ContextDep, tenant: TenantDep, by: ActorDep, work_order: WorkOrderName) -> ActionResult:
    """Let a held work order go on; the package is searched first when it may have been sent."""
    entry = operations.release(context, tenant, work_order, by)
    return ActionResult(N_("Work order {work_order} goes on by itself."), _values(entry))


@action(router, f"{WORK_ORDER}/do-not-send", Right.operate)
def do_not_send(
    *, context: ContextDep, tenant: TenantDep, by: ActorDep, work_order: WorkOrderName, input: ReasonInput
) -> ActionResult:
    """Do not send a work order, for a reason that is kept; pushing it sends it after all."""
    entry = not_sent.do_not_send(context, tenant, work_order, input.reason, by=by)
    return ActionResult(N_("Work order {work_order} is not sent. Push it to send it after all."), _values(entry))


@action(router, f"{WORK_ORDER}/say-there", Right.operate)
def say_there(
    *, context: AskingContextDep, tenant: TenantDep, by: ActorDep, work_order: WorkOrderName, input: DocumentInput
) -> ActionResult:
    """Say that the document of a held work order is in the package; nothing is sent for it then."""
    entry = operations.say_there(context, tenant, work_order, input.document, by=by)
    return ActionResult(N_("Work order {work_order} is booked as {document}."), _values(entry))


@action(router, f"{WORK_ORDER}/push", Right.operate)
def push(*, context: AskingContextDep, tenant: TenantDep, by: ActorDep, work_order: WorkOrderName) -> ActionResult:
    """Send one now; one whose document was removed in the package again."""
    run = f"page__{context.now():%Y%m%dT%H%M%S%f}"
    entry = operations.push_one(context, tenant, work_order, by=by, key=run)
    return ActionResult(N_("Work order {work_order} was looked at; what came of it stands below."), _values(entry))


@action(router, "/tenants/{tenant}/work-orders/retry", Right.operate)
def retry(*, context: ContextDep, tenant: TenantDep, by: ActorDep, input: RetryInput) -> ActionResult:
    """Look again, now, at all work orders that wait with this code."""
    count = operations.retry(context, tenant, input.code or None, by)
    return ActionResult(N_("{count} work orders are looked at again, within a minute."), {"count": count})


@action(router, "/tenants/{tenant}/work-orders/backfill", Right.operate)
def backfill(*, context: AskingContextDep, tenant: TenantDep, by: ActorDep, input: BackfillInput) -> ActionResult:
    """Take work orders along that were archived since a day, before the coupling was active too."""
    counted = operations.backfill(context, tenant, input.since, by=by, dry_run=False)
    values = {"found": counted.archived, "new": counted.new}
    return ActionResult(N_("{found} work orders were found; {new} of them go along now."), values)


def _values(entry: LedgerEntry) -> dict[str, object]:
    document = entry.document_number or entry.document_id
    return {"work_order": entry.number, "state": entry.state, "code": entry.code, "document": document}
