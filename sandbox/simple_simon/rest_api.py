"""The rest interface, the older one: ``{table}/{action}`` with GET and POST only (contract 6)."""

import re
from collections import Counter
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from sandbox.simple_simon import digital_presentation, records
from sandbox.simple_simon.call import SimonCall
from sandbox.simple_simon.dialect import WireDialect
from sandbox.simple_simon.errors import SimonError, bad_query, invalid, not_allowed, not_found
from sandbox.simple_simon.request_body import parse_object
from sandbox.simple_simon.responses import error_response, json_response, login_response, pdf_response
from sandbox.simple_simon.schema import ENTITIES, EntitySchema, Row
from sandbox.simple_simon.sign_in import SimonSignIn
from sandbox.simple_simon.store import SimonAccount
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


class RestApi:
    """Answers the requests; ``ignored`` counts the parameters of ``select`` that mean nothing, by name."""

    def __init__(self, world: World, sign_in: SimonSignIn) -> None:
        self.world, self.sign_in = world, sign_in
        self.ignored: Counter[str] = Counter()

    def answer(self, request: Request, body: bytes, path: str) -> Response:
        """Answer any request below the rest base address."""
        try:
            return self._answer(request, body, path)
        except SimonError as error:
            return rest_error(self.world, error)

    def _answer(self, request: Request, body: bytes, path: str) -> Response:
        dialect = WireDialect(self.world.switches)
        path = path.lower()
        if path == str(self.world.switches["simon.login_path"]).lower():
            return login_response(self.sign_in.log_in(request, body, dialect, with_api_key=False))
        call = SimonCall(request, body, self.sign_in.account_of(request, with_api_key=False), dialect)
        table, _, action = path.partition("/")
        entity = _TABLES.get(table)
        if entity is None or action not in _actions(entity):
            raise not_found("There is nothing at this address")
        if action in _WRITES:
            return _write(call, entity, action)
        if call.method != "GET":
            raise not_allowed("GET")
        return self._select(call, entity) if action == "select" else _present(call, entity)

    def _select(self, call: SimonCall, entity: EntitySchema) -> Response:
        parameters = _parameters(call)
        known = {name: member for name, member in _EQUAL.items() if member in entity.at}
        self.ignored.update(name for name in parameters if name not in (*known, "mutationdate", "top", "skip"))
        rows = _matching(call, entity, {known[name]: value for name, value in parameters.items() if name in known})
        if "mutationdate" in parameters:
            since = _moment(parameters["mutationdate"], call.dialect)
            rows = [row for row in rows if row[entity.at["MutationDate"]] >= since]
        start = _count("skip", parameters.get("skip", "0"))
        rows = rows[start:] if "top" not in parameters else rows[start : start + _count("top", parameters["top"])]
        if call.fault("lost_page"):
            rows = []
        elif call.fault("moving_total"):
            rows = rows[:-1]
        return json_response(call.dialect.dump([call.dialect.record(entity, row) for row in rows]))


def rest_error(world: World, error: SimonError) -> Response:
    """Return an error in the form of this interface."""
    return error_response(
        error,
        WireDialect(world.switches),
        style=str(world.switches["simon.error_body"]),
        own_body={"Message": error.message},
        content_type="application/json; charset=utf-8",
    )


def _actions(entity: EntitySchema) -> tuple[str, ...]:
    presented = ("digitalpresentation",) if entity.name in digital_presentation.PRESENTED else ()
    return *_WRITES, "select", *presented


def _write(call: SimonCall, entity: EntitySchema, action: str) -> Response:
    if not entity.writable:
        raise not_allowed("GET")
    if call.method != "POST":
        raise not_allowed("POST")
    body = parse_object(call.body)
    if action == "insert":
        row = records.create(call.account, entity, call.members(entity, body))
    else:
        row = _named(call.account, entity, body)
        if action == "delete":
            records.delete(call.account, entity, row)
            return json_response(call.dialect.dump({"Id": row[0]}))
        row = records.update(call.account, entity, row, call.members(entity, body), merge=call.merges())
    return json_response(call.dialect.dump(call.dialect.record(entity, row)))


def _present(call: SimonCall, entity: EntitySchema) -> Response:
    parameters = _parameters(call)
    if "id" not in parameters:
        raise invalid("id is required")
    pdf = digital_presentation.presentation(call.account, entity.name, _count("id", parameters["id"]))
    return pdf_response(pdf, str(call.switch("pdf_style")), call.dialect)


def _parameters(call: SimonCall) -> dict[str, str]:
    return {name.lower(): value for name, value in call.parameters}


def _count(name: str, text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,10}", text):
        raise bad_query(f"{name} must be a whole number, not {text[:40]!r}")
    return int(text)


def _moment(text: str, dialect: WireDialect) -> datetime:
    try:
        return dialect.moment(text)
    except (ValueError, OverflowError) as error:
        raise bad_query(f"mutationdate is not a date with a time zone: {text[:40]!r}") from error


def _compared_value(entity: EntitySchema, member: str, text: str, dialect: WireDialect) -> Any:
    """Return the value to compare with; a status nobody knows matches nothing."""
    if member == "Status":
        return {wire: own for own, wire in dialect.choices["Status"].items()}.get(text)
    return _count(member, text) if entity.by_name[member].kind == "int" else text


def _matching(call: SimonCall, entity: EntitySchema, texts: dict[str, str]) -> list[Row]:
    """Return the rows in which every named member has the value that was asked for."""
    table = call.account.tables[entity.name]
    if "ExternalId" in texts and "ExternalId" in call.dialect.hidden:
        return []
    equal = {member: _compared_value(entity, member, text, call.dialect) for member, text in texts.items()}
    if "Id" in equal:
        candidates = [row] if (row := table.rows.get(equal["Id"])) else []
    elif indexed := [member for member in equal if member in table.indexes]:
        candidates = table.find(indexed[0], equal[indexed[0]])
    else:
        candidates = table.all()
    tests = [(entity.at[member], value) for member, value in equal.items()]
    return [row for row in candidates if all(row[place] == value for place, value in tests)] if tests else candidates


def _named(account: SimonAccount, entity: EntitySchema, body: dict[str, Any]) -> Row:
    id = body.get("Id")
    if not isinstance(id, int) or isinstance(id, bool):
        raise invalid("Id is required, a whole number")
    row = account.get(entity.name, id)
    if row is None:
        raise not_found(f"There is no {entity.name} {id}")
    return row
