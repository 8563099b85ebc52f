"""The odata interface, the current one: routes, verbs, and how records and listings are answered (contract 5)."""

import re
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from sandbox.simple_simon import documents, listing, metadata, query, records
from sandbox.simple_simon.answers import login_answer, pdf_answer, refusal_answer
from sandbox.simple_simon.call import Call
from sandbox.simple_simon.dialect import Dialect
from sandbox.simple_simon.incoming import parse_object
from sandbox.simple_simon.refusal import Refusal, not_allowed, not_found, not_implemented
from sandbox.simple_simon.schema import ENTITIES, Entity, Navigation, Row
from sandbox.simple_simon.sign_in import Gate
from sandbox.simple_simon.store import Account
from sandbox.world import World

_JSON = "application/json;odata.metadata=minimal;charset=utf-8"
_HEADERS = {"content-type": _JSON, "odata-version": "4.0"}
_IN_PARENTHESES = re.compile(r"(\w+)(?:\((?:Id=)?(-?\d{1,10})\))?(?:/(\w+))?")
_WITH_SLASH = re.compile(r"(\w+)(?:/(\d{1,10}))?(?:/(\w+))?")


def answer(gate: Gate, request: Request, body: bytes, path: str) -> Response:
    """The answer to any request below the odata base address."""
    dialect = Dialect(gate.world.switches)
    try:
        return _answer(gate, request, body, path, dialect)
    except Refusal as refusal:
        return refused(gate.world, refusal)


def refused(world: World, refusal: Refusal) -> Response:
    """How this interface says no."""
    own = {"error": {"code": refusal.code, "message": refusal.message}}
    response = refusal_answer(refusal, str(world.switches["simon.error_body"]), own, _JSON, Dialect(world.switches))
    response.headers["odata-version"] = "4.0"
    return response


def _answer(gate: Gate, request: Request, body: bytes, path: str, dialect: Dialect) -> Response:
    if path == gate.world.switches["simon.login_path"]:
        return login_answer(gate.log_in(request, body, dialect, with_api_key=True))
    return _route(Call(request, body, gate.account_of(request, with_api_key=True), dialect), path)


def _route(call: Call, path: str) -> Response:
    if path in ("", "$metadata"):
        if call.method != "GET":
            raise not_allowed("GET")
        _options(call)
        if path:
            return Response(metadata.csdl(call.dialect), 200, {"odata-version": "4.0"}, "application/xml")
        return _json(call.dialect.dump(metadata.service_document(f"{call.base}/odata", call.dialect)))
    if path.rpartition("/")[2].startswith("$"):
        raise not_implemented(path.rpartition("/")[2])
    match = (_WITH_SLASH if call.dialect.slash_keys else _IN_PARENTHESES).fullmatch(path)
    entity = call.dialect.entity(match[1]) if match else None
    if match is None or entity is None or (match[3] and not _is_presentation(entity, match[2], match[3])):
        raise not_found("There is nothing at this address")
    if match[2] is None:
        return _set(call, entity)
    return _present(call, entity, int(match[2])) if match[3] else _record(call, entity, int(match[2]))


def _is_presentation(entity: Entity, id: str | None, name: str) -> bool:
    return id is not None and entity.name in documents.PRESENTED and name == "DigitalPresentation"


def _options(call: Call, *allowed: str) -> query.Query:
    return query.parse(call.parameters, allowed)


def _set(call: Call, entity: Entity) -> Response:
    match call.method:
        case "GET":
            return _list(call, entity)
        case "POST" if entity.writable:
            return _create(call, entity)
    raise not_allowed("GET", *(["POST"] if entity.writable else []))


def _record(call: Call, entity: Entity, id: int) -> Response:
    verbs = ["GET", *(["PUT", "DELETE"] if entity.writable else [])]
    if entity.writable and call.switch("allow_patch"):
        verbs.append("PATCH")
    if call.method not in verbs:
        raise not_allowed(*verbs)
    row = call.account.get(entity.name, id)
    if row is None:
        raise not_found(f"There is no {entity.name} {id}")
    match call.method:
        case "GET":
            return _read(call, entity, row)
        case "DELETE":
            _options(call)
            records.delete(call.account, entity, row)
            return _empty(int(call.switch("delete_status")))
    return _update(call, entity, row)


def _list(call: Call, entity: Entity) -> Response:
    asked = _options(call, *query.LISTING)
    shown = query.check_select(entity, asked, call.dialect)
    links = query.check_expand(entity, asked, bool(call.switch("expand")))
    size = max(int(call.switch("page_size")), 1) if call.switch("server_paging") else None
    page = listing.page(call.account.tables[entity.name], asked, call.dialect, size)
    rows, total = page.rows, page.total
    if call.fault("lost_page"):
        rows = []
    if call.fault("moving_total"):
        rows, total = (rows, total + 1) if asked.count else (rows[:-1], total)
    content: dict[str, Any] = {"@odata.context": _context(call, entity, shown)}
    if asked.count:
        content["@odata.count"] = total
    content["value"] = [_shown(call, entity, row, shown, links) for row in rows]
    if page.next:
        content["@odata.nextLink"] = f"{call.base}/odata/{call.dialect.set_name(entity)}?$skiptoken={page.next}"
    return _json(call.dialect.dump(content))


def _read(call: Call, entity: Entity, row: Row) -> Response:
    asked = _options(call, *query.RECORD)
    shown = query.check_select(entity, asked, call.dialect)
    links = query.check_expand(entity, asked, bool(call.switch("expand")))
    return _one(call, entity, _shown(call, entity, row, shown, links), shown)


def _create(call: Call, entity: Entity) -> Response:
    _options(call)
    row = records.create(call.account, entity, call.members(entity, parse_object(call.body)))
    address = f"{call.base}/odata/{call.dialect.address(entity, row[0])}"
    record = call.dialect.record(entity, row)
    return _one(call, entity, record, status=201, headers={"location": address})


def _update(call: Call, entity: Entity, row: Row) -> Response:
    _options(call)
    given = call.members(entity, parse_object(call.body))
    row = records.update(call.account, entity, row, given, call.merges())
    if call.switch("put_answer") == "nothing":
        return _empty(204)
    return _one(call, entity, call.dialect.record(entity, row))


def _present(call: Call, entity: Entity, id: int) -> Response:
    if call.method != "GET":
        raise not_allowed("GET")
    _options(call)
    pdf = documents.presentation(call.account, entity.name, id)
    return pdf_answer(pdf, str(call.switch("pdf_style")), call.dialect)


def expanded(account: Account, dialect: Dialect, entity: Entity, row: Row, links: list[Navigation]) -> dict[str, Any]:
    """What ``$expand`` adds to a record, one level deep."""
    added: dict[str, Any] = {}
    for link in links:
        target = ENTITIES[link.target]
        if link.many:
            rows = account.find(link.target, link.member, row[0])
            added[link.name] = [dialect.record(target, child) for child in rows]
        else:
            id = row[entity.at[link.member]]
            linked = account.get(link.target, id) if id is not None else None
            added[link.name] = dialect.record(target, linked) if linked else None
    return added


def _shown(call: Call, entity: Entity, row: Row, shown: tuple[str, ...], links: list[Navigation]) -> dict[str, Any]:
    record = call.dialect.record(entity, row)
    if shown:
        record = {name: record[name] for name in shown}
    return record | expanded(call.account, call.dialect, entity, row, links) if links else record


def _context(call: Call, entity: Entity, shown: tuple[str, ...]) -> str:
    members = f"({','.join(shown)})" if shown else ""
    return f"{call.base}/odata/$metadata#{call.dialect.set_name(entity)}{members}"


def _one(
    call: Call,
    entity: Entity,
    record: dict[str, Any],
    shown: tuple[str, ...] = (),
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    content = {"@odata.context": f"{_context(call, entity, shown)}/$entity", **record}
    return Response(call.dialect.dump(content), status, {**_HEADERS, **(headers or {})})


def _json(body: bytes) -> Response:
    return Response(body, 200, _HEADERS)


def _empty(status: int) -> Response:
    return Response(b"", status, {"odata-version": "4.0"})
