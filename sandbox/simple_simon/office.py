"""What people do in Simon's own screens: make a work order from start to end, report it ready, archive it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sandbox.simple_simon import records, work_order_states
from sandbox.simple_simon.dialect import WireDialect
from sandbox.simple_simon.errors import conflict, invalid
from sandbox.simple_simon.request_body import writable
from sandbox.simple_simon.schema import ENTITIES, STATUSES, Row
from sandbox.simple_simon.store import SimonAccount


def archive(account: SimonAccount, row: Row, force: bool) -> Row:
    """Approve a work order that is Ready, or any when forced."""
    return work_order_states.set_status(account, row, "Archived", force)


def unarchive(account: SimonAccount, row: Row) -> Row:
    """Open an archived work order again."""
    if row[ENTITIES["WorkOrder"].at["Status"]] != "Archived":
        raise conflict(f"Work order {row[0]} is not archived")
    return work_order_states.set_status(account, row, "Ready")


def report_ready(account: SimonAccount, row: Row) -> Row:
    """Report a work order ready, as the field user does when the work is done."""
    if row[ENTITIES["WorkOrder"].at["Status"]] == "Archived":
        raise conflict(f"Work order {row[0]} is archived")
    return work_order_states.set_status(account, row, "Ready")


def plan(account: SimonAccount, row: Row) -> None:
    """Give a work order to a field user, from now on. Raises SimonError."""
    with account.change():
        _plan(account, row[0], _field_user(account))


def book_time(account: SimonAccount, row: Row, minutes: Mapping[str, int]) -> None:
    """Book minutes per kind of time, as the field user does. Raises SimonError."""
    user = _field_user(account)
    with account.change():
        for kind, number in minutes.items():
            sheet = {"WorkOrderId": row[0], "UserId": user, "TimeType": kind, "Minutes": number}
            records.create(account, ENTITIES["TimeSheet"], sheet)


def make_order(account: SimonAccount, body: dict[str, Any], dialect: WireDialect) -> Row:
    """Make a whole work order, brought as far as its Status says (Archived by default). Raises SimonError."""
    used, sheets = _rows(body, "UsedItems"), _rows(body, "TimeSheets")
    own = {name: value for name, value in body.items() if name not in ("UsedItems", "TimeSheets")}
    values = writable(ENTITIES["WorkOrder"], own, dialect)
    status = values.pop("Status", None) or "Archived"
    with account.change():
        values["LocationId"] = values.get("LocationId") or _first_location(account, values.get("CustomerId"))
        id = records.create(account, ENTITIES["WorkOrder"], values)[0]
        user = _field_user(account)
        if status != "New":
            _plan(account, id, user)
        for sheet in sheets:
            _child(account, "TimeSheet", {"UserId": user, **sheet, "WorkOrderId": id}, dialect)
        for line in used:
            _child(account, "UsedItem", _line(account, line, user) | {"WorkOrderId": id}, dialect)
        _bring_to(account, id, status)
        return account.tables["WorkOrder"].rows[id]


def _rows(body: dict[str, Any], name: str) -> list[dict[str, Any]]:
    rows = body.get(name) or []
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise invalid(f"{name} must be a list of objects")
    return rows


def _first_location(account: SimonAccount, customer: int | None) -> int:
    locations = account.find("Location", "CustomerId", customer) if customer is not None else []
    if not locations:
        raise invalid("LocationId is required, or a CustomerId of a customer that has a location")
    id: int = locations[0][0]
    return id


def _field_user(account: SimonAccount) -> int:
    users = (account.values("User", row) for row in account.tables["User"].all())
    return next(int(user["Id"]) for user in users if user["UserType"] == "Field" and user["Active"])


def _plan(account: SimonAccount, order: int, user: int) -> None:
    start = account.moment().replace(second=0, microsecond=0)
    row = {"WorkOrderId": order, "UserId": user, "StartDate": start, "EndDate": start + timedelta(hours=2)}
    records.create(account, ENTITIES["Planning"], row)


def _line(account: SimonAccount, body: dict[str, Any], user: int) -> dict[str, Any]:
    """Complete a line: an article's code brings its ItemId; a code that no article has is free text."""
    line = {"UserId": user, "Quantity": 1, **body}
    code = line.get("ItemCode")
    if line.get("ItemId") is None and isinstance(code, str) and (items := account.find("Item", "Code", code)):
        line["ItemId"] = items[0][0]
    return line


def _child(account: SimonAccount, entity: str, body: dict[str, Any], dialect: WireDialect) -> None:
    records.create(account, ENTITIES[entity], writable(ENTITIES[entity], body, dialect))


def _bring_to(account: SimonAccount, id: int, status: str) -> None:
    rows = account.tables["WorkOrder"].rows
    present = STATUSES.index(rows[id][ENTITIES["WorkOrder"].at["Status"]])
    if status == "Archived" and present < STATUSES.index("Ready"):
        work_order_states.set_status(account, rows[id], "Ready")
    if present < STATUSES.index(status):
        work_order_states.set_status(account, rows[id], status)
