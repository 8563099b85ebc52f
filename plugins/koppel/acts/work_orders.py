"""What a person does to work orders: hold, release, push, retry, backfill (R3.10, R3.12)."""

from datetime import date
from typing import Annotated

from pydantic import Field

from include.push import acts
from plugins.koppel.access import Right
from plugins.koppel.acting import Act, Doing, Done, Given, Name
from plugins.koppel.rendering import marked


class Which(Given):
    """The number of a work order, or its id in Simple-Simon."""

    work_order: Name


class Code(Given):
    """All that waits for this; without a code all that waits for a repair."""

    code: Annotated[str, Field(max_length=60, pattern=r"^[a-z_.]*$")] = ""


class Since(Given):
    """The first day of archiving that goes along."""

    since: Annotated[date, Field(ge=date(2000, 1, 1), le=date(2100, 1, 1))]


def hold(doing: Doing, given: Which) -> Done:
    """Keep a work order from being sent until somebody releases it."""
    entry = acts.hold(doing.koppel, doing.tenant, given.work_order, doing.by)
    return Done(marked("Work order {work_order} is held."), _values(entry))


def release(doing: Doing, given: Which) -> Done:
    """Let a held work order go on; the package is searched first when it may have been sent."""
    entry = acts.release(doing.koppel, doing.tenant, given.work_order, doing.by)
    return Done(marked("Work order {work_order} goes on by itself."), _values(entry))


def push(doing: Doing, given: Which) -> Done:
    """Send one now; one whose document was removed in the package again."""
    key = f"page__{doing.koppel.now():%Y%m%dT%H%M%S%f}"
    entry = acts.push_one(doing.koppel, doing.tenant, given.work_order, doing.by, key)
    return Done(marked("Work order {work_order} was looked at; what came of it stands below."), _values(entry))


def retry(doing: Doing, given: Code) -> Done:
    """Look again, now, at all work orders that wait with this code."""
    count = acts.retry(doing.koppel, doing.tenant, given.code or None, doing.by)
    return Done(marked("{count} work orders are looked at again, within a minute."), {"count": count})


def backfill(doing: Doing, given: Since) -> Done:
    """Take work orders along that were archived since a day, before the coupling was active too."""
    made = acts.backfill(doing.koppel, doing.tenant, given.since, doing.by, dry=False)
    values = {"found": made.found, "new": made.new}
    return Done(marked("{found} work orders were found; {new} of them go along now."), values)


def _values(entry: acts.Entry) -> dict[str, object]:
    return {"work_order": entry.number, "state": entry.state, "code": entry.code, "document": entry.document_number}


ACTS = (
    Act("work-order/hold", Right.operate, Which, hold),
    Act("work-order/release", Right.operate, Which, release),
    Act("work-order/push", Right.operate, Which, push),
    Act("retry", Right.operate, Code, retry),
    Act("backfill", Right.operate, Since, backfill),
)
