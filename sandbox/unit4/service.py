"""The HTTP side of the sandbox: takes a request apart, guards it, and hands it to its handler (contract 1, 3 and 5)."""

import re
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qsl, unquote

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from sandbox.data_size import SeededTenant
from sandbox.traffic import Kind
from sandbox.unit4 import addresses, customers, general, groups, lookups, notes, order_lists, orders, products
from sandbox.unit4.administration import Unit4Administration
from sandbox.unit4.bulk_data import fill
from sandbox.unit4.call import Unit4Call, Unit4User
from sandbox.unit4.consent_page import authorize
from sandbox.unit4.control import control
from sandbox.unit4.document_viewer import Unit4DocumentViewer
from sandbox.unit4.errors import Unit4Error, not_allowed, of_status, single_error
from sandbox.unit4.lists import ListResponse
from sandbox.unit4.oauth import CLIENT_ID, CLIENT_SECRET, Unit4OAuth, refused
from sandbox.unit4.routes import Routes
from sandbox.unit4.seed import empty_administration, seeded_administrations
from sandbox.unit4.wire import dumps
from sandbox.world import World

_JSON = "application/json; charset=utf-8"
_CHUNK = 1000  # records that are made at once
_READING_COMMANDS = ("getcustomeridcommand", "calcspecpricecommand", "programrightscommand")
_PAGES = {"authorize": ("GET", "POST"), "token": ("POST",)}  # of signing in, with their methods
_ESCAPE = re.compile(r"!_([0-9A-Fa-f]{2})")
SYSTEM = "SYSTEEM"


class Unit4Sandbox:
    """The service that the sandbox server mounts."""

    name = "unit4"
    desk = None

    def __init__(self, world: World) -> None:
        self.world = world
        self.app = self
        self.routes = Routes()
        for module in (general, customers, addresses, products, groups, orders, order_lists, lookups, notes):
            self.routes.add(module.ROUTES)
        self.reset()
        self.control: APIRouter = control(self)

    def reset(self) -> None:
        self.administrations: dict[str, Unit4Administration] = seeded_administrations(self.world)
        system = Unit4User(SYSTEM, tuple(self.administrations))
        self.users: dict[str, Unit4User] = {}  # of administrations that were made by control call
        self.system = system
        self.oauth = Unit4OAuth(self.world, system)
        self._cache: dict[Any, Any] = {}

    @property
    def document_viewer(self) -> Unit4DocumentViewer:
        return Unit4DocumentViewer(self.administrations, lambda database: self.users.get(database, self.system))

    def expire_tokens(self) -> None:
        self.oauth.expire_tokens()

    def add_administration(self, description: str) -> Unit4Administration:
        """Add an empty administration with a user of its own, who can sign in with its database as name."""
        database = f"MVL{len(self.administrations) + 1:05d}"
        self.administrations[database] = administration = empty_administration(
            self.world, database, description or database
        )
        self.users[database] = user = Unit4User(database, (database,))
        self.oauth.seeded_refresh_tokens[database] = self.oauth.new_refresh_token(user)
        return administration

    def add_tenant(self, tenant: SeededTenant) -> str:
        administration, size = self.add_administration(tenant.name), tenant.size
        fill(administration, size.customers, size.articles, tenant.seed)
        return administration.database

    def access(self, root: str, account: str = "") -> dict[str, Any]:
        database = account or next(iter(self.administrations))
        return {
            "base": f"{root}/unit4/V23",
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "refresh_token": self.oauth.seeded_refresh_tokens[database],
            "database": database,
        }

    def error_response(self, status: int, path: str) -> Response:
        """Return an error in the form of the API, or in that of signing in."""
        no = refused(status) if "/oauth/" in path.lower() else of_status(status)
        return _json(no.status, no.body)

    def kind(self, method: str, path: str) -> Kind:
        lowered = path.lower()
        if "/oauth/" in lowered:
            return "sign_in"
        reads = method in ("GET", "HEAD") or any(command in lowered for command in _READING_COMMANDS)
        return "read" if reads else "write"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        body = await request.body()
        try:
            response = self._answer(scope, request, body)
        except Unit4Error as no:
            response = _json(no.status, no.body, no.headers)
        await response(scope, receive, send)

    def _answer(self, scope: Scope, request: Request, body: bytes) -> Response:
        segments = _segments(scope)
        area = segments[1].lower() if len(segments) > 1 else ""
        if area == "oauth" and len(segments) == 3:
            return self._sign_in(scope, request, segments, body)
        if area == "api" and len(segments) > 2:
            return self._api(scope, request, segments, body)
        raise Unit4Error(404, {"Message": "Deze route bestaat niet."})

    def _sign_in(self, scope: Scope, request: Request, segments: list[str], body: bytes) -> Response:
        page = segments[2].lower()
        if page == "authorize" and request.method in _PAGES[page]:
            form = _pairs(body.decode("utf-8", "replace")) if request.method == "POST" else None
            return authorize(self.oauth, _query(scope), form, self._log_in)
        if page == "token" and request.method == "POST":
            user, answer = self.oauth.token(_pairs(body.decode("utf-8", "replace")), segments[0])
            scope["koppel.account"] = user.databases[0]
            return Response(dumps(answer), media_type=_JSON, headers={"Cache-Control": "no-store"})
        if page in _PAGES:
            raise not_allowed(request.method, *_PAGES[page])
        raise Unit4Error(404, {"Message": "Deze route bestaat niet."})

    def _log_in(self, name: str, password: str) -> Unit4User | None:
        """Log in the Multivers user of the consent page (contract 2.2)."""
        known = str(self.world.switches["unit4.multivers_users"]).upper().split(",")
        if name.upper() in known and password == self.world.switches["unit4.multivers_password"]:
            return self.system
        return self.users.get(name.upper()) if not password else None

    def _api(self, scope: Scope, request: Request, segments: list[str], body: bytes) -> Response:
        fault = getattr(scope.get("koppel.fault"), "kind", "")
        user = self._user(request, segments[0])
        scope["koppel.account"] = user.databases[0]
        if fault == "expired_token":
            raise of_status(401)
        path, forced = _without_suffix(segments[2:])
        path = [_key(segment, str(self.world.switches["unit4.percent_in_path"])) for segment in path]
        handler, database, keys = self.routes.find("GET" if request.method == "HEAD" else request.method, path)
        named = ["{key}" if segment in keys else segment for segment in path]
        scope["koppel.route"] = "/".join([scope.get("root_path", ""), *segments[:2], *named])
        _negotiate(request, forced, body)
        query = {name.lower(): value for name, value in _query(scope).items()}
        administration = None
        if database is not None:
            administration = self._found(database)
            scope["koppel.account"] = administration.database
            if not administration.allowed or administration.database not in user.databases:
                raise single_error(403, f"U heeft geen rechten op administratie {database}.", "NoRights", "database")
        call = Unit4Call(self.world, user, segments[0], query, body, self.administrations, administration, self._cache)
        return _json(200, _struck(handler(call, *keys), fault))

    def _user(self, request: Request, version: str) -> Unit4User:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        user = self.oauth.user(token.strip(), version) if scheme.lower() == "bearer" else None
        if user is None:
            raise of_status(401)
        return user

    def _found(self, database: str) -> Unit4Administration:
        administration = self.administrations.get(database.upper())
        if administration is None:
            raise single_error(404, f"Administratie {database} bestaat niet.", "NotFound", "database")
        return administration


def build(world: World) -> Unit4Sandbox:
    return Unit4Sandbox(world)


def _struck(answer: Any, fault: str) -> Any:
    """Apply the two faults of a list; no total is announced, so a moving total loses the last row."""
    if not isinstance(answer, list | ListResponse) or fault not in ("lost_page", "moving_total"):
        return answer
    return answer[:0] if fault == "lost_page" else answer[:-1]


def _json(status: int, payload: Any, headers: dict[str, str] | None = None) -> Response:
    if isinstance(payload, Response):
        return payload
    if isinstance(payload, ListResponse):
        if len(payload.rows) > _CHUNK:
            return StreamingResponse(_chunks(payload), status, media_type=_JSON)
        payload = [payload.record(row) for row in payload.rows]
    return Response(dumps(payload), status, headers, _JSON)


async def _chunks(list_response: ListResponse) -> AsyncIterator[bytes]:
    """Yield a long list as pieces of one JSON array."""
    for start in range(0, len(list_response.rows), _CHUNK):
        records = dumps([list_response.record(row) for row in list_response.rows[start : start + _CHUNK]])
        yield (b"[" if start == 0 else b",") + records[1:-1]
    yield b"]"


def _query(scope: Scope) -> dict[str, str]:
    query: bytes = scope["query_string"]
    return _pairs(query.decode("utf-8", "replace"))


def _pairs(text: str) -> dict[str, str]:
    return dict(parse_qsl(text, keep_blank_values=True))


def _segments(scope: Scope) -> list[str]:
    """Return the path below the mount, still encoded; empty segments fall away."""
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    path = raw.decode("latin-1").partition("?")[0].removeprefix(scope.get("root_path", ""))
    return [segment for segment in path.split("/") if segment]


def _without_suffix(path: list[str]) -> tuple[list[str], bool]:
    """Strip ``.json`` at the end, which forces the format; there is no XML here (contract 3)."""
    stem, _, suffix = path[-1].rpartition(".")
    if stem and suffix.lower() == "xml":
        raise Unit4Error(406, {"Message": "Alleen JSON wordt ondersteund."})
    if stem and suffix.lower() == "json":
        return [*path[:-1], stem], True
    return path, False


def _key(segment: str, percent: str) -> str:
    """Decode a key of a path, which carries ``!_hh`` where a percent escape would be (contract 3)."""
    if "%" in segment and percent == "refuse":
        raise single_error(400, "Een pad mag geen % bevatten; gebruik !_ in plaats daarvan.", "BadPath")
    return unquote(_ESCAPE.sub(r"%\1", segment), errors="replace")


def _negotiate(request: Request, forced: bool, body: bytes) -> None:
    accept = request.headers.get("accept", "")
    if accept and not forced and not _accepts_json(accept):
        raise Unit4Error(406, {"Message": "Alleen JSON wordt ondersteund."})
    content = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if body and request.method in ("POST", "PUT") and content not in ("application/json", "text/json"):
        raise Unit4Error(415, {"Message": f"De inhoud moet application/json zijn, niet {content or 'onbekend'}."})


def _accepts_json(accept: str) -> bool:
    kinds = {kind.partition(";")[0].strip().lower() for kind in accept.split(",")}
    return bool(kinds & {"application/json", "text/json", "application/*", "*/*"})
