"""The odata interface, the current one: routes, verbs, and how records and listings are answered (contract 5)."""

import re
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from sandbox.simple_simon import digital_presentation, listing, metadata, query, records
from sandbox.simple_simon.call import SimonCall
from sandbox.simple_simon.dialect import WireDialect
from sandbox.simple_simon.errors import SimonError, not_allowed, not_found, not_implemented
from sandbox.simple_simon.request_body import parse_object
from sandbox.simple_simon.responses import error_response, login_response, pdf_response
from sandbox.simple_simon.schema import ENTITIES, EntitySchema, Navigation, Row
from sandbox.simple_simon.sign_in import SimonSignIn
from sandbox.simple_simon.store import SimonAccount
from sandbox.world import World

_JSON = "application/json;odata.metadata=minimal;charset=utf-8"
_HEADERS = {"content-type": _JSON, "odata-version": "4.0"}
_IN_PARENTHESES = re.compile(r"(\w+)(?:\((?:Id=)?(-?\d{1,10})\))?(?:/(\w+))?")
_WITH_SLASH = re.compile(r"(\w+)(?:/(\d{1,10}))?(?:/(\w+))?")


def answer(sign_in: SimonSignIn, request: Request, body: bytes, path: str) -> Response:
    """Answer any request below the odata base address."""
    try:
        return _answer(sign_in, request, body, path)
    except SimonError as error:
        return odata_error(sign_in.world, error)


def odata_error(world: World, error: SimonError) -> Response:
    """Return an error in the form of this interface."""
    response = error_response(
        error,
        WireDialect(world.switches),
        style=str(world.switches["simon.error_body"]),
        own_body={"error": {"code": error.code, "message": error.message}},
        content_type=_JSON,
    )
    response.headers["odata-version"] = "4.0"
    return response


def _answer(sign_in: SimonSignIn, request: Request, body: bytes, path: str) -> Response:
    dialect = WireDialect(sign_in.world.switches)
    if path == sign_in.world.switches["simon.login_path"]:
        return login_response(sign_in.log_in(request, body, dialect, with_api_key=True))
    return _route(SimonCall(request, body, sign_in.account_of(request, with_api_key=True), dialect), path)


def _route(call: SimonCall, path: str) -> Response:
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


def _is_presentation(entity: EntitySchema, id: str | None, name: str) -> bool:
    return id is not None and entity.name in digital_presentation.PRESENTED and name == "DigitalPresentation"


def _options(call: SimonCall, *allowed: str) -> query.OdataQuery:
    return query.parse(call.parameters, allowed)


def _set(call: SimonCall, entity: EntitySchema) -> Response:
    match call.method:
        case "GET":
            return _list(call, entity)
        case "POST" if entity.writable:
            return _create(call, entity)
    raise not_allowed("GET", *(["POST"] if entity.writable else []))


def _record(call: SimonCall, entity: EntitySchema, id: int) -> Response:
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


def _list(call: SimonCall, entity: EntitySchema) -> Response:
    options = _options(call, *query.LISTING)
    select = query.check_select(entity, options, call.dialect)
    links = query.check_expand(entity, options, bool(call.switch("expand")))
    size = max(int(call.switch("page_size")), 1) if call.switch("server_paging") else None
    page = listing.page(call.account.tables[entity.name], options, call.dialect, size)
    rows, total = page.rows, page.total
    if call.fault("lost_page"):
        rows = []
    if call.fault("moving_total"):
        rows, total = (rows, total + 1) if options.count else (rows[:-1], total)
    content: dict[str, Any] = {"@odata.context": _context(call, entity, select)}
    if options.count:
        content["@odata.count"] = total
    content["value"] = [_shown(call, entity, row, select=select, links=links) for row in rows]
    if page.next:
        content["@odata.nextLink"] = f"{call.base}/odata/{call.dialect.set_name(entity)}?$skiptoken={page.next}"
    return _json(call.dialect.dump(content))


def _read(call: SimonCall, entity: EntitySchema, row: Row) -> Response:
    options = _options(call, *query.RECORD)
    select = query.check_select(entity, options, call.dialect)
    links = query.check_expand(entity, options, bool(call.switch("expand")))
    return _single(call, entity, _shown(call, entity, row, select=select, links=links), select)


def _create(call: SimonCall, entity: EntitySchema) -> Response:
    _options(call)
    row = records.create(call.account, entity, call.members(entity, parse_object(call.body)))
    address = f"{call.base}/odata/{call.dialect.address(entity, row[0])}"
    record = call.dialect.record(entity, row)
    return _single(call, entity, record, status=201, headers={"location": address})


def _update(call: SimonCall, entity: EntitySchema, row: Row) -> Response:
    _options(call)
    members = call.members(entity, parse_object(call.body))
    row = records.update(call.account, entity, row, members, merge=call.merges())
    if call.switch("put_answer") == "nothing":
        return _empty(204)
    return _single(call, entity, call.dialect.record(entity, row))


def _present(call: SimonCall, entity: EntitySchema, id: int) -> Response:
    if call.method != "GET":
        raise not_allowed("GET")
    _options(call)
    pdf = digital_presentation.presentation(call.account, entity.name, id)
    return pdf_response(pdf, str(call.switch("pdf_style")), call.dialect)


def expanded(
    account: SimonAccount, dialect: WireDialect, entity: EntitySchema, row: Row, *, links: list[Navigation]
) -> dict[str, Any]:
    """Return what ``$expand`` adds to a record, one level deep."""
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


def _shown(
    call: SimonCall, entity: EntitySchema, row: Row, *, select: tuple[str, ...], links: list[Navigation]
) -> dict[str, Any]:
    record = call.dialect.record(entity, row)
    if select:
        record = {name: record[name] for name in select}
    return record | expanded(call.account, call.dialect, entity, row, links=links) if links else record


def _context(call: SimonCall, entity: EntitySchema, select: tuple[str, ...]) -> str:
    members = f"({','.join(select)})" if select else ""
    return f"{call.base}/odata/$metadata#{call.dialect.set_name(entity)}{members}"


def _single(
    call: SimonCall,
    entity: EntitySchema,
    record: dict[str, Any],
    select: tuple[str, ...] = (),
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    content = {"@odata.context": f"{_context(call, entity, select)}/$entity", **record}
    return Response(call.dialect.dump(content), status, {**_HEADERS, **(headers or {})})


def _json(body: bytes) -> Response:
    return Response(body, 200, _HEADERS)


def _empty(status: int) -> Response:
    return Response(b"", status, {"odata-version": "4.0"})
