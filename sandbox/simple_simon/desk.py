"""Simple-Simon's records as the sandboxes' pages show them, and what a person does there with work orders."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sandbox.clock import AMSTERDAM
from sandbox.simple_simon import office
from sandbox.simple_simon.dialect import WireDialect
from sandbox.simple_simon.errors import SimonError
from sandbox.simple_simon.schema import ENTITIES, Row
from sandbox.simple_simon.store import SimonAccount
from sandbox.simple_simon.switches import SWITCHES
from sandbox.switches import Switches
from sandbox.web.views import (
    SHOWN,
    AccountView,
    ActionRefused,
    LineView,
    SelectOption,
    SelectOptions,
    WorkOrderRequest,
    WorkOrderView,
)

Minutes = tuple[int, int]  # of travel and of work
_TIMES = ("Travel", "Work")
_OWN_WORDS = WireDialect(Switches(SWITCHES))  # the pages use the contract's names, whatever the switches say


class SimonDesk:
    """The desk of every licence, which books times that were requested for when the work is reported ready."""

    title = "Simple-Simon"

    def __init__(self, licences: Mapping[str, SimonAccount]) -> None:
        self._licences = licences
        self._requested_minutes: dict[int, Minutes] = {}  # by work order

    def accounts(self) -> list[AccountView]:
        return [AccountView(licence.key, licence.title, _log_in(licence)) for licence in self._licences.values()]

    def places(self, account: str, words: str) -> SelectOptions:
        licence = self._licences[account]
        return _options(licence, "Location", lambda row: _place(licence, row), words)

    def articles(self, account: str, words: str) -> SelectOptions:
        return _options(self._licences[account], "Item", _article, words)

    def work_orders(self, account: str, start: int, stop: int) -> tuple[list[WorkOrderView], int]:
        licence = self._licences[account]
        rows = licence.tables["WorkOrder"].all()
        return [self._shown(licence, row) for row in reversed(rows[max(len(rows) - stop, 0) : len(rows) - start])], len(
            rows
        )

    def work_order(self, account: str, id: int) -> WorkOrderView:
        licence = self._licences[account]
        return self._shown(licence, _order(licence, id))

    def make(self, account: str, request: WorkOrderRequest) -> int:
        used = [{"ItemId": item, "Quantity": quantity} for item, quantity in request.articles]
        body = {
            "LocationId": request.location,
            "Description": request.description,
            "Status": "New",
            "UsedItems": used,
        }
        with _action_errors():
            id: int = office.make_order(self._licences[account], body, _OWN_WORDS)[0]
        self._requested_minutes[id] = (request.travel_minutes, request.work_minutes)
        return id

    def plan(self, account: str, id: int) -> None:
        with _action_errors():
            office.plan(self._licences[account], _order(self._licences[account], id))

    def report_ready(self, account: str, id: int, minutes: Minutes) -> None:
        licence = self._licences[account]
        booked = {kind: number for kind, number in zip(_TIMES, minutes, strict=True) if number}
        with _action_errors(), licence.change():
            office.book_time(licence, _order(licence, id), booked)
            office.report_ready(licence, _order(licence, id))
        self._requested_minutes.pop(id, None)

    def archive(self, account: str, id: int) -> None:
        with _action_errors():
            office.archive(self._licences[account], _order(self._licences[account], id), force=False)

    def unarchive(self, account: str, id: int) -> None:
        with _action_errors():
            office.unarchive(self._licences[account], _order(self._licences[account], id))

    def _shown(self, licence: SimonAccount, row: Row) -> WorkOrderView:
        values = licence.values("WorkOrder", row)
        booked = [licence.values("TimeSheet", each) for each in licence.find("TimeSheet", "WorkOrderId", row[0])]
        travel, work = (sum(sheet["Minutes"] for sheet in booked if sheet["TimeType"] == kind) for kind in _TIMES)
        requested = self._requested_minutes.get(row[0], (0, 0))
        return WorkOrderView(
            id=row[0],
            number=values["Number"],
            state=values["Status"],
            customer=_name(licence, "Customer", values["CustomerId"]),
            location=_name(licence, "Location", values["LocationId"]),
            description=values["Description"] or "",
            articles=[_used(licence, each) for each in licence.find("UsedItem", "WorkOrderId", row[0])],
            travel_minutes=travel + requested[0],
            work_minutes=work + requested[1],
            planned=_time(values["PlannedStart"]),
            archived=_time(values["ArchiveDate"]),
        )


@contextmanager
def _action_errors() -> Iterator[None]:
    try:
        yield
    except SimonError as error:
        raise ActionRefused(error.message) from error


def _log_in(licence: SimonAccount) -> str:
    user, password = next(iter(licence.passwords.items()))
    return f"{user} met wachtwoord {password}"


def _order(licence: SimonAccount, id: int) -> Row:
    return licence.tables["WorkOrder"].rows[id]


def _options(licence: SimonAccount, entity: str, label: Callable[[Row], str], words: str) -> SelectOptions:
    """Return the active records whose label holds every word; without words, labels that are not shown are not made."""
    active, searched = ENTITIES[entity].at["Active"], words.casefold().split()
    rows = [row for row in licence.tables[entity].all() if row[active]]
    if searched:
        rows = [row for row in rows if all(word in label(row).casefold() for word in searched)]
    options = sorted(
        (SelectOption(row[0], label(row)) for row in rows[:SHOWN]), key=lambda choice: choice.label.casefold()
    )
    return SelectOptions(options, len(rows))


def _place(licence: SimonAccount, row: Row) -> str:
    at = ENTITIES["Location"].at
    customer = _name(licence, "Customer", row[at["CustomerId"]]) or "zonder klant"
    names = customer if customer == row[at["Name"]] else f"{customer}: {row[at['Name']]}"
    return f"{names}, {row[at['City']]}" if row[at["City"]] else names


def _article(row: Row) -> str:
    at = ENTITIES["Item"].at
    code = f"{row[at['Code']]} " if row[at["Code"]] else ""
    return f"{code}{row[at['Description']]}" + (f" (per {row[at['Unit']]})" if row[at["Unit"]] else "")


def _name(licence: SimonAccount, entity: str, id: int | None) -> str:
    row = licence.get(entity, id) if id is not None else None
    return str(row[ENTITIES[entity].at["Name"]]) if row else ""


def _used(licence: SimonAccount, row: Row) -> LineView:
    values: dict[str, Any] = licence.values("UsedItem", row)
    text, code, unit = (values[name] or "" for name in ("Description", "ItemCode", "Unit"))
    return LineView(text, code, values["Quantity"], unit)


def _time(moment: datetime | None) -> str:
    return f"{moment.astimezone(AMSTERDAM):%d-%m-%Y %H:%M}" if moment else ""
