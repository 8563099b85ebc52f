"""Creates, updates and deletes records: what is required, referred to, and in use (contract 7 and 7.1)."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sandbox.simple_simon import work_order_states
from sandbox.simple_simon.errors import conflict, invalid
from sandbox.simple_simon.schema import ENTITIES, NOW, EntitySchema, Member, Row
from sandbox.simple_simon.store import SimonAccount

Values = dict[str, Any]

# entity -> what may refer to it and thereby keeps it from being deleted (contract 7.1)
_IN_USE: Mapping[str, tuple[tuple[str, str], ...]] = {
    "Customer": (("WorkOrder", "CustomerId"),),
    "Location": (("WorkOrder", "LocationId"),),
    "Contact": (("WorkOrder", "ContactId"),),
    "ItemGroup": (("Item", "ItemGroupId"),),
    "Item": (("UsedItem", "ItemId"),),
}
# entity -> what goes with it
_GOES_ALONG: Mapping[str, tuple[tuple[str, str], ...]] = {
    "Customer": (("Contact", "CustomerId"), ("Location", "CustomerId")),
    "Location": (("Contact", "LocationId"), ("Equipment", "LocationId")),
    "WorkOrder": tuple((child, "WorkOrderId") for child in ("Planning", "UsedItem", "TimeSheet", "WorkOrderSurvey")),
}


def create(account: SimonAccount, entity: EntitySchema, members: Mapping[str, Any]) -> Row:
    """Create a record from checked members. Raises SimonError; then nothing changed."""
    moment = account.moment()
    values: Values = {member.name: None for member in entity.members}
    values |= {"Id": 0, "CreationDate": account.mutation(moment), "MutationDate": account.mutation(moment)}
    with account.change():
        _fill_in(account, entity, values, members, moment=moment)
        _prepare(account, entity, None, values, moment=moment)
        values["Id"] = account.ids.take(entity.name)
        row = account.put(entity.name, values)
        work_order_states.after_write(account, entity, None, row)
    return row


def update(account: SimonAccount, entity: EntitySchema, old: Row, members: Mapping[str, Any], *, merge: bool) -> Row:
    """Update a record; members that are not named are emptied, or kept when merging. Raises SimonError."""
    moment = account.moment()
    before = account.values(entity.name, old)
    named = {m.name: before[m.name] for m in entity.members} | dict(members) if merge else members
    values = dict(before)
    values["MutationDate"] = account.mutation(moment)
    with account.change():
        _fill_in(account, entity, values, named, moment=moment)
        _prepare(account, entity, before, values, moment=moment)
        row = account.put(entity.name, values)
        work_order_states.after_write(account, entity, old, row)
    return row


def delete(account: SimonAccount, entity: EntitySchema, row: Row) -> None:
    """Take a record away with what belongs to it, or make it inactive (contract 7.1 and 11). Raises SimonError."""
    moment = account.moment()
    soft = account.world.switches["simon.delete_mode"] == "soft"
    with account.change():
        work_order_states.before_delete(account, entity, row)
        _delete(account, entity, row, moment if soft else None)
        work_order_states.after_write(account, entity, row, None)


def _delete(account: SimonAccount, entity: EntitySchema, row: Row, soft: datetime | None) -> None:
    for user, member in _IN_USE.get(entity.name, ()):
        if account.find(user, member, row[0]):
            raise conflict(f"{entity.name} {row[0]} is in use by a {user}")
    for child, member in _GOES_ALONG.get(entity.name, ()):
        for child_row in account.find(child, member, row[0]):
            _delete_along(account, ENTITIES[child], child_row, member=member, soft=soft)
    if soft and "Active" in entity.at:
        account.amend(entity.name, row, Active=False, MutationDate=account.mutation(soft))
    else:
        account.remove(entity.name, row[0])


def _delete_along(account: SimonAccount, entity: EntitySchema, row: Row, *, member: str, soft: datetime | None) -> None:
    belongs_elsewhere = entity.name == "Contact" and member == "LocationId" and row[entity.at["CustomerId"]] is not None
    if belongs_elsewhere and not soft:
        account.amend("Contact", row, LocationId=None, MutationDate=account.mutation(account.moment()))
    elif not belongs_elsewhere:
        _delete(account, entity, row, account.moment() if soft else None)


def _fill_in(
    account: SimonAccount, entity: EntitySchema, values: Values, members: Mapping[str, Any], *, moment: datetime
) -> None:
    for member in entity.members:
        if not member.read_only:
            value = members.get(member.name)
            values[member.name] = _default(member, moment) if value is None else value
            if member.name == "Name" and value and account.world.switches["simon.upper_case_names"]:
                values[member.name] = value.upper()
            _check(account, entity, member, values[member.name])
    _check_external_id(account, entity, values)


def _default(member: Member, moment: datetime) -> Any:
    return moment if member.default == NOW else member.default


def _check(account: SimonAccount, entity: EntitySchema, member: Member, value: Any) -> None:
    if member.required and (value is None or (isinstance(value, str) and not value.strip())):
        raise invalid(f"{member.name} is required")
    if member.refers_to and value is not None and account.get(member.refers_to, value) is None:
        raise invalid(f"{member.name}: there is no {member.refers_to} {value}")


def _check_external_id(account: SimonAccount, entity: EntitySchema, values: Values) -> None:
    external_id = values.get("ExternalId")
    if external_id is None or not account.world.switches["simon.unique_external_id"]:
        return
    if any(row[0] != values["Id"] for row in account.find(entity.name, "ExternalId", external_id)):
        raise conflict(f"ExternalId {external_id!r} is already in use")


def _prepare(
    account: SimonAccount, entity: EntitySchema, before: Values | None, values: Values, *, moment: datetime
) -> None:
    if rule := _RULES.get(entity.name):
        rule(account, before, values, moment)


def _contact(account: SimonAccount, before: Values | None, values: Values, moment: datetime) -> None:
    if values["CustomerId"] is None and values["LocationId"] is None:
        raise invalid("CustomerId or LocationId is required")


def _planning(account: SimonAccount, before: Values | None, values: Values, moment: datetime) -> None:
    work_order_states.refuse_closed(account, before, values)
    _refuse_reversed(values)


def _used_item(account: SimonAccount, before: Values | None, values: Values, moment: datetime) -> None:
    """Copy code, description, unit and VAT code from the article, unless something else was sent."""
    work_order_states.refuse_closed(account, before, values)
    if values["ItemId"] is not None and (row := account.get("Item", values["ItemId"])):
        item = account.values("Item", row)
        copies = {"ItemCode": "Code", "Description": "Description", "Unit": "Unit", "VatCode": "VatCode"}
        values |= {own: item[its] for own, its in copies.items() if values[own] is None}


def _time_sheet(account: SimonAccount, before: Values | None, values: Values, moment: datetime) -> None:
    """Derive the minutes from start, end and break when both dates are there."""
    work_order_states.refuse_closed(account, before, values)
    _refuse_reversed(values)
    if values["BreakMinutes"] < 0:
        raise invalid("BreakMinutes must not be negative")
    if values["StartDate"] and values["EndDate"]:
        worked = int((values["EndDate"] - values["StartDate"]).total_seconds() // 60) - values["BreakMinutes"]
        if not 0 <= worked < 2**31:
            raise invalid("BreakMinutes must fit between StartDate and EndDate")
        values["Minutes"] = worked


def _refuse_reversed(values: Values) -> None:
    if values["StartDate"] and values["EndDate"] and values["EndDate"] < values["StartDate"]:
        raise invalid("EndDate is before StartDate")


_RULES: Mapping[str, Callable[[SimonAccount, Values | None, Values, datetime], None]] = {
    "Contact": _contact,
    "WorkOrder": work_order_states.work_order,
    "Planning": _planning,
    "UsedItem": _used_item,
    "TimeSheet": _time_sheet,
}
