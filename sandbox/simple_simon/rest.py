"""The rest interface, the older one: ``{table}/{action}`` with GET and POST only (contract 6)."""

import re
from collections import Counter
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from sandbox.simple_simon import documents, records
from sandbox.simple_simon.answers import json_answer, login_answer, pdf_answer, refusal_answer
from sandbox.simple_simon.call import Call
from sandbox.simple_simon.dialect import Dialect
from sandbox.simple_simon.incoming import parse_object
from sandbox.simple_simon.refusal import Refusal, bad_query, invalid, not_allowed, not_found
from sandbox.simple_simon.schema import ENTITIES, Entity, Row
from sandbox.simple_simon.sign_in import Gate
from sandbox.simple_simon.store import Account
from sandbox.world import World

_TABLES = {entity.name.lower(): entity for entity in ENTITIES.values() if entity.in_rest}
_WRITES = ("insert", "update", "delete")
_EQUAL = {
    "id": "Id",
    "externalid": "ExternalId",
    "customerid": "CustomerId",
    "locationid": "LocationId",
    "workorderid": "WorkOrderId",
    "itemgroupid": "ItemGroupId",
    "status": "Status",
}


class Rest:
    """Answers the requests; ``ignored`` counts the parameters of ``select`` that mean nothing, by name."""

    def __init__(self, world: World, gate: Gate) -> None:
        self.world, self.gate = world, gate
        self.ignored: Counter[str] = Counter()

    def answer(self, request: Request, body: bytes, path: str) -> Response:
        """The answer to any request below the rest base address."""
        dialect = Dialect(self.world.switches)
        try:
            return self._answer(request, body, path, dialect)
        except Refusal as refusal:
            return refused(self.world, refusal)

    def _answer(self, request: Request, body: bytes, path: str, dialect: Dialect) -> Response:
        path = path.lower()
        if path == str(self.world.switches["simon.login_path"]).lower():
            return login_answer(self.gate.log_in(request, body, dialect, with_api_key=False))
        call = Call(request, body, self.gate.account_of(request, with_api_key=False), dialect)
        table, _, action = path.partition("/")
        entity = _TABLES.get(table)
        if entity is None or action not in _actions(entity):
            raise not_found("There is nothing at this address")
        if action in _WRITES:
            return _write(call, entity, action)
        if call.method != "GET":
            raise not_allowed("GET")
        return self._select(call, entity) if action == "select" else _present(call, entity)

    def _select(self, call: Call, entity: Entity) -> Response:
        given = _parameters(call)
        known = {name: member for name, member in _EQUAL.items() if member in entity.at}
        self.ignored.update(name for name in given if name not in (*known, "mutationdate", "top", "skip"))
        rows = _matching(call, entity, {known[name]: value for name, value in given.items() if name in known})
        if "mutationdate" in given:
            since = _moment(given["mutationdate"], call.dialect)
            rows = [row for row in rows if row[entity.at["MutationDate"]] >= since]
        start = _count("skip", given.get("skip", "0"))
        rows = rows[start:] if "top" not in given else rows[start : start + _count("top", given["top"])]
        if call.fault("lost_page"):
            rows = []
        elif call.fault("moving_total"):
            rows = rows[:-1]
        return json_answer(call.dialect.dump([call.dialect.record(entity, row) for row in rows]))


def refused(world: World, refusal: Refusal) -> Response:
    """How this interface says no."""
    own, kind = {"Message": refusal.message}, "application/json; charset=utf-8"
    return refusal_answer(refusal, str(world.switches["simon.error_body"]), own, kind, Dialect(world.switches))


def _actions(entity: Entity) -> tuple[str, ...]:
    presented = ("digitalpresentation",) if entity.name in documents.PRESENTED else ()
    return *_WRITES, "select", *presented


def _write(call: Call, entity: Entity, action: str) -> Response:
    if not entity.writable:
        raise not_allowed("GET")
    if call.method != "POST":
        raise not_allowed("POST")
    given = parse_object(call.body)
    if action == "insert":
        row = records.create(call.account, entity, call.members(entity, given))
    else:
        row = _named(call.account, entity, given)
        if action == "delete":
            records.delete(call.account, entity, row)
            return json_answer(call.dialect.dump({"Id": row[0]}))
        row = records.update(call.account, entity, row, call.members(entity, given), call.merges())
    return json_answer(call.dialect.dump(call.dialect.record(entity, row)))


def _present(call: Call, entity: Entity) -> Response:
    given = _parameters(call)
    if "id" not in given:
        raise invalid("id is required")
    pdf = documents.presentation(call.account, entity.name, _count("id", given["id"]))
    return pdf_answer(pdf, str(call.switch("pdf_style")), call.dialect)


def _parameters(call: Call) -> dict[str, str]:
    return {name.lower(): value for name, value in call.parameters}


def _count(name: str, text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,10}", text):
        raise bad_query(f"{name} must be a whole number, not {text[:40]!r}")
    return int(text)


def _moment(text: str, dialect: Dialect) -> datetime:
    try:
        return dialect.moment(text)
    except (ValueError, OverflowError) as error:
        raise bad_query(f"mutationdate is not a date with a time zone: {text[:40]!r}") from error


def _wanted(entity: Entity, member: str, text: str, dialect: Dialect) -> Any:
    """The value to compare with; a status nobody knows matches nothing."""
    if member == "Status":
        return {wire: own for own, wire in dialect.choices["Status"].items()}.get(text)
    return _count(member, text) if entity.by_name[member].kind == "int" else text


def _matching(call: Call, entity: Entity, texts: dict[str, str]) -> list[Row]:
    """The rows in which every named member has the given value."""
    table = call.account.tables[entity.name]
    if "ExternalId" in texts and "ExternalId" in call.dialect.hidden:
        return []
    equal = {member: _wanted(entity, member, text, call.dialect) for member, text in texts.items()}
    if "Id" in equal:
        candidates = [row] if (row := table.rows.get(equal["Id"])) else []
    elif indexed := [member for member in equal if member in table.indexes]:
        candidates = table.find(indexed[0], equal[indexed[0]])
    else:
        candidates = table.all()
    tests = [(entity.at[member], value) for member, value in equal.items()]
    return [row for row in candidates if all(row[place] == value for place, value in tests)] if tests else candidates


def _named(account: Account, entity: Entity, given: dict[str, Any]) -> Row:
    id = given.get("Id")
    if not isinstance(id, int) or isinstance(id, bool):
        raise invalid("Id is required, a whole number")
    row = account.get(entity.name, id)
    if row is None:
        raise not_found(f"There is no {entity.name} {id}")
    return row
