"""The life of a work order: new, planned, in progress, ready, archived (contract 8)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sandbox.simple_simon.errors import conflict, invalid
from sandbox.simple_simon.schema import ENTITIES, EntitySchema, Row
from sandbox.simple_simon.store import SimonAccount

Values = dict[str, Any]
_CHILDREN = ("Planning", "UsedItem", "TimeSheet")
_AT = ENTITIES["WorkOrder"].at


def work_order(account: SimonAccount, before: Values | None, values: Values, moment: datetime) -> None:
    """Apply the rules for writing a work order, and set what the server sets."""
    closed = before if before and before["Status"] == "Archived" and _closes(account) else None
    if values["CustomerId"] is None:
        values["CustomerId"] = closed["CustomerId"] if closed else _customer_of(account, values["LocationId"])
    if before is None:
        _refuse_blocked(account, values["CustomerId"])
    status = values["Status"] or _status_of_children(account, values["Id"])
    values["Status"] = before["Status"] if before else "New"
    if closed:
        _refuse_changes_when_closed(account, closed, {**values, "Status": status})
    if status != values["Status"]:
        _enter(values, status, moment)
    if before is None:
        account.orders_made += 1
        values["Number"] = f"{account.world.clock.local():%Y}{account.orders_made:04d}"


def _closes(account: SimonAccount) -> bool:
    return account.world.switches["simon.archived_closed"] is True


def _customer_of(account: SimonAccount, location: int) -> int | None:
    follows = account.world.switches["simon.customer_from_location"]
    row = account.get("Location", location) if follows else None
    customer: int | None = row[ENTITIES["Location"].at["CustomerId"]] if row else None
    return customer


def _refuse_blocked(account: SimonAccount, customer: int | None) -> None:
    row = account.get("Customer", customer) if customer is not None else None
    if row and row[ENTITIES["Customer"].at["Blocked"]] and account.world.switches["simon.blocked_refuses"]:
        raise invalid(f"Customer {customer} is blocked for new work orders")


def _status_of_children(account: SimonAccount, id: int) -> str:
    """Return what a work order is when nobody tells: as far as its child rows have come."""
    if account.find("TimeSheet", "WorkOrderId", id):
        return "InProgress"
    return "Planned" if account.find("Planning", "WorkOrderId", id) else "New"


def _refuse_changes_when_closed(account: SimonAccount, before: Values, values: Values) -> None:
    allowed = {"MutationDate"}
    if account.world.switches["simon.archived_external_id"]:
        allowed.add("ExternalId")
    if values["Status"] == "Ready":
        allowed.add("Status")
    if changed := [name for name in before if before[name] != values[name] and name not in allowed]:
        raise conflict(f"The work order is archived; {', '.join(changed)} cannot be changed")


def _enter(values: Values, status: str, moment: datetime) -> None:
    """Enter a status.

    Archiving needs Ready; un-archiving, which leads to Ready, clears ArchiveDate and keeps ReadyDate.
    """
    if status == "Archived" and values["Status"] != "Ready":
        raise conflict(f"A work order that is {values['Status']} cannot be archived; it must be Ready")
    if status in ("New", "Planned", "InProgress"):
        values["ReadyDate"] = None
    elif status == "Ready" and values["Status"] != "Archived":
        values["ReadyDate"] = moment
    values["ArchiveDate"] = moment if status == "Archived" else None
    values["Status"] = status


def set_status(account: SimonAccount, row: Row, status: str, force: bool = False) -> Row:
    """Set a status as a person does with a button: ready, archived, un-archived. Raises SimonError."""
    moment = account.moment()
    values = account.values("WorkOrder", row)
    if force:
        values["Status"] = "Ready"
    _enter(values, status, moment)
    values["MutationDate"] = account.mutation(moment)
    with account.change():
        return account.put("WorkOrder", values)


def refuse_closed(account: SimonAccount, before: Values | None, values: Mapping[str, Any]) -> None:
    """Refuse a change of child rows of an archived work order."""
    for id in {values["WorkOrderId"], before["WorkOrderId"] if before else values["WorkOrderId"]}:
        _refuse_archived(account, account.get("WorkOrder", id))


def _refuse_archived(account: SimonAccount, row: Row | None) -> None:
    if row and row[_AT["Status"]] == "Archived" and _closes(account):
        raise conflict(f"Work order {row[0]} is archived")


def before_delete(account: SimonAccount, entity: EntitySchema, row: Row) -> None:
    if entity.name == "WorkOrder":
        _refuse_archived(account, row)
    elif entity.name in _CHILDREN:
        refuse_closed(account, None, account.values(entity.name, row))


def after_write(account: SimonAccount, entity: EntitySchema, old: Row | None, new: Row | None) -> None:
    """Bring the work orders of a child row that came, changed or went into line with it."""
    if entity.name not in _CHILDREN:
        return
    place = entity.at["WorkOrderId"]
    for id in sorted({row[place] for row in (old, new) if row}):
        if parent := account.get("WorkOrder", id):
            _follow(account, entity, parent, started=new is not None and old is None)


def _follow(account: SimonAccount, entity: EntitySchema, parent: Row, started: bool) -> None:
    status = parent[_AT["Status"]]
    changes: Values = {}
    if entity.name == "Planning":
        rows = [account.values("Planning", row) for row in account.find("Planning", "WorkOrderId", parent[0])]
        changes["PlannedStart"] = min((r["StartDate"] for r in rows), default=None)
        changes["PlannedEnd"] = max((r["EndDate"] or r["StartDate"] for r in rows), default=None)
        if status in ("New", "Planned"):
            changes["Status"] = "Planned" if rows else "New"
    elif entity.name == "TimeSheet" and started and status in ("New", "Planned"):
        changes["Status"] = "InProgress"
    # contract 10: a child's change is not the work order's, but the status that follows from it is
    if account.world.switches["simon.child_touches_parent"] or changes.get("Status", status) != status:
        changes["MutationDate"] = account.mutation(account.moment())
    if changes:
        account.amend("WorkOrder", parent, **changes)
