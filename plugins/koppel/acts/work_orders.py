"""What a person does to work orders: hold, release, push, retry, backfill (R3.10, R3.12)."""

from datetime import date
from typing import Annotated

from pydantic import Field

from include.push import operations
from include.push.operations import LedgerEntry
from plugins.koppel.actions import Action, ActionContext, ActionInput, ActionResult, Name
from plugins.koppel.security import Right
from plugins.koppel.templating import N_


class Which(ActionInput):
    """The number of a work order, or its id in Simple-Simon."""

    work_order: Name


class Code(ActionInput):
    """All that waits for this; without a code all that waits for a repair."""

    code: Annotated[str, Field(max_length=60, pattern=r"^[a-z_.]*$")] = ""


class Since(ActionInput):
    """The first day of archiving that goes along."""

    since: Annotated[date, Field(ge=date(2000, 1, 1), le=date(2100, 1, 1))]


def hold(doing: ActionContext, given: Which) -> ActionResult:
    """Keep a work order from being sent until somebody releases it."""
    entry = operations.hold(doing.context, doing.tenant, given.work_order, doing.by)
    return ActionResult(N_("Work order {work_order} is held."), _values(entry))


def release(doing: ActionContext, given: Which) -> ActionResult:
    """Let a held work order go on; the package is searched first when it may have been sent."""
    entry = operations.release(doing.context, doing.tenant, given.work_order, doing.by)
    return ActionResult(N_("Work order {work_order} goes on by itself."), _values(entry))


def push(doing: ActionContext, given: Which) -> ActionResult:
    """Send one now; one whose document was removed in the package again."""
    key = f"page__{doing.context.now():%Y%m%dT%H%M%S%f}"
    entry = operations.push_one(doing.context, doing.tenant, given.work_order, by=doing.by, key=key)
    return ActionResult(N_("Work order {work_order} was looked at; what came of it stands below."), _values(entry))


def retry(doing: ActionContext, given: Code) -> ActionResult:
    """Look again, now, at all work orders that wait with this code."""
    count = operations.retry(doing.context, doing.tenant, given.code or None, doing.by)
    return ActionResult(N_("{count} work orders are looked at again, within a minute."), {"count": count})


def backfill(doing: ActionContext, given: Since) -> ActionResult:
    """Take work orders along that were archived since a day, before the coupling was active too."""
    made = operations.backfill(doing.context, doing.tenant, given.since, by=doing.by, dry_run=False)
    values = {"found": made.archived, "new": made.new}
    return ActionResult(N_("{found} work orders were found; {new} of them go along now."), values)


def _values(entry: LedgerEntry) -> dict[str, object]:
    return {"work_order": entry.number, "state": entry.state, "code": entry.code, "document": entry.document_number}


ACTS = (
    Action("work-order/hold", Right.operate, Which, hold),
    Action("work-order/release", Right.operate, Which, release),
    Action("work-order/push", Right.operate, Which, push),
    Action("retry", Right.operate, Code, retry),
    Action("backfill", Right.operate, Since, backfill),
)
