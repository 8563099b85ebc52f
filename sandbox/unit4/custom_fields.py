"""Own fields: what an administration added to its records, written as ``customProperties`` (contract 3 and 11)."""

from typing import Any

from sandbox.unit4.administration import Unit4Administration
from sandbox.unit4.dates import iso, parse
from sandbox.unit4.errors import Validation
from sandbox.unit4.layout import Row

ALPHANUMERIC, DATE, MEMO = 1, 3, 5
CUSTOMER, PRODUCT = 1, 4  # the flags of "entity"
SALES_ORDER = 1  # the flag of "appliedToEntity"
_ENTITY = {"customer": CUSTOMER, "product": PRODUCT}


def definitions(administration: Unit4Administration) -> list[Row]:
    """Return all custom fields of an administration, the memo field on sales orders first."""
    group, _, name = str(administration.world.switches["unit4.memo_field"]).rpartition(".")
    memo = {"groupName": group, "name": name, "title": name.capitalize(), "type": MEMO, "entity": CUSTOMER,
            "appliedToEntity": SALES_ORDER}  # fmt: skip
    return [memo, *administration.custom_fields] if name else administration.custom_fields


def own_fields(administration: Unit4Administration, record: str) -> dict[str, Row]:
    """Return the definitions for a kind of record by their key GROUP.FIELD."""

    def belongs(definition: Row) -> bool:
        applied = definition.get("appliedToEntity", 0)
        if record == "order":
            return bool(applied & SALES_ORDER)
        return not applied and bool(definition.get("entity", 0) & _ENTITY[record])

    return {f"{each['groupName']}.{each['name']}": each for each in definitions(administration) if belongs(each)}


def custom_properties(administration: Unit4Administration, record: str, row: Row) -> dict[str, str]:
    """Return all custom fields of a row, the empty ones as ""."""
    present = row.get("customProperties") or {}
    return {key: present.get(key, "") for key in own_fields(administration, record)}


def changed(
    administration: Unit4Administration, record: str, changes: Row, present: Row, *, validation: Validation
) -> Row:
    """Return the custom fields after a change: what is not mentioned stays, null and "" clear."""
    known = {key.lower(): (key, definition) for key, definition in own_fields(administration, record).items()}
    result = dict(present)
    for name, value in changes.items():
        if name.lower() in known:
            key, definition = known[name.lower()]
            result[key] = _converted(f"customProperties.{key}", definition, value, validation)
    return {key: value for key, value in result.items() if value != ""}


def _converted(path: str, definition: Row, value: Any, validation: Validation) -> str:
    if isinstance(value, dict | list):
        validation.problem(path, "Unreadable", f"De waarde van {definition['title']} is niet leesbaar.")
        return ""
    text = "" if value is None else str(value)
    if text and definition["type"] == DATE:
        try:
            return iso(parse(text))
        except ValueError:
            validation.problem(path, "Unreadable", f"{text} is geen datum.")
    longest = definition.get("length", 0)
    if longest and len(text) > longest:
        validation.problem(path, "TooLong", f"{definition['title']} mag hoogstens {longest} tekens lang zijn.")
    return text
