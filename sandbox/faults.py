"""Faults on request: what the network and the real services do on a bad day, countable and repeatable."""

import asyncio
import base64
import random
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

ErrorResponse = Callable[[int, str], Response]  # how a service answers a path with an error status

KINDS = {
    "delay": "answer as usual, delay_ms later",
    "status": "answer with this status instead of doing the work",
    "status_after": "do the work, then answer with this status",
    "odd": "do the work, then put other text in the place of what ``find`` matches in the answer",
    "echo": "answer with this status and an error that repeats the whole request, also in base64 and as in an address",
    "late": "do the work, then answer as usual, delay_ms later",
    "drip": "do the work, then send the answer's body byte by byte, delay_ms apart",
    "drop_before": "close the connection before the work is done",
    "drop_after": "do the work, then close the connection without an answer",
    "html": "answer 200 with an HTML page instead of doing the work",
    "truncated": "do the work, then send half of the answer's body",
    "empty": "do the work, then answer with an empty body",
    "expired_token": "treat the request's token as expired",
    "lost_page": "a listing leaves this page's rows out (for the service to act on)",
    "moving_total": "a listing announces another total than it holds (for the service to act on)",
}

METHODS = ("", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
_MOST = 10**6
# field -> least and most
_NUMBERS = {
    "count": (-1, _MOST),
    "skip": (0, _MOST),
    "seed": (0, 2**31 - 1),
    "status": (400, 599),
    "delay_ms": (0, 600_000),
    "retry_after": (0, 86_400),
}


@dataclass
class Fault:
    """One kind of trouble for the requests that match.

    ``path`` is a regular expression searched in the whole path, ``method`` empty means any, ``count`` how many
    requests it hits (-1: all), ``skip`` how many matching ones pass first, ``share`` the chance per request (seeded).
    ``find`` is a regular expression for the body of an odd answer, ``put`` what replaces it, with its groups as \\1.
    """

    kind: str
    path: str = ""
    method: str = ""
    count: int = 1
    skip: int = 0
    share: float = 1.0
    seed: int = 0
    status: int = 500
    delay_ms: int = 0
    retry_after: int | None = None
    find: str = ""
    put: str = ""
    hits: int = 0
    _chance: random.Random = field(default_factory=random.Random, repr=False)

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"kind: {self.kind!r} is not allowed; use {', '.join(KINDS)}")
        if not isinstance(self.method, str) or self.method.upper() not in METHODS:
            raise ValueError(f"method: {self.method!r} is not allowed; use {', '.join(filter(None, METHODS))}")
        for name in _NUMBERS:
            self._check_number(name)
        if isinstance(self.share, bool) or not isinstance(self.share, int | float) or not 0 <= self.share <= 1:
            raise ValueError(f"share: {self.share!r} is not allowed; use a number from 0 to 1")
        self._check_path()
        self._chance = random.Random(self.seed)

    def _check_number(self, name: str) -> None:
        value, (least, most) = getattr(self, name), _NUMBERS[name]
        if value is None and name == "retry_after":
            return
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise ValueError(f"{name}: {value!r} is not allowed; use a whole number from {least} to {most}")

    def _check_path(self) -> None:
        for name in ("path", "find"):
            value = getattr(self, name)
            if not isinstance(value, str):
                raise ValueError(f"{name}: {value!r} is not allowed; use a regular expression")
            try:
                re.compile(value)
            except re.error as error:
                raise ValueError(f"{name}: {value!r} is not a regular expression: {error}") from error
        if not isinstance(self.put, str):
            raise ValueError(f"put: {self.put!r} is not allowed; use text")

    def strikes(self, method: str, path: str) -> bool:
        if (self.method and self.method.upper() != method) or not re.search(self.path, path):
            return False
        if self.skip:
            self.skip -= 1
            return False
        if self.count == 0 or self._chance.random() >= self.share:
            return False
        self.count -= self.count > 0
        self.hits += 1
        return True


class Faults:
    """The faults that are on, in the order they were given; the first that strikes is the one that counts."""

    def __init__(self) -> None:
        self.active: list[Fault] = []

    def add(self, *descriptions: dict[str, Any]) -> None:
        """Add all of these faults, or none. Raises ValueError that names the field and what is allowed."""
        self.active += [_fault(description) for description in descriptions]

    def clear(self) -> None:
        self.active.clear()

    def listing(self) -> list[dict[str, Any]]:
        return [{k: v for k, v in asdict(f).items() if k != "_chance"} for f in self.active]

    def striking(self, method: str, path: str) -> Fault | None:
        return next((fault for fault in self.active if fault.strikes(method, path)), None)


def _fault(description: dict[str, Any]) -> Fault:
    known = {f.name for f in fields(Fault)} - {"_chance", "hits"}
    if unknown := set(description) - known:
        raise ValueError(f"{', '.join(sorted(unknown))}: no such field; use {', '.join(sorted(known))}")
    if "kind" not in description:
        raise ValueError(f"kind: missing; use {', '.join(KINDS)}")
    return Fault(**description)


class FaultMiddleware:
    """Lets a fault happen around a service. The service itself finds the fault in ``scope["koppel.fault"]``."""

    def __init__(self, app: ASGIApp, faults: Faults, error_response: ErrorResponse) -> None:
        self.app, self.faults, self.error_response = app, faults, error_response

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        fault = self.faults.striking(scope["method"], scope["path"]) if scope["type"] == "http" else None
        if fault is None:
            await self.app(scope, receive, send)
            return
        scope["koppel.fault"] = fault
        if fault.delay_ms and fault.kind not in ("late", "drip"):
            await asyncio.sleep(fault.delay_ms / 1000)
        match fault.kind:
            case "status":
                await self._refused(fault, scope["path"])(scope, receive, send)
            case "echo":
                await _echo(fault, scope, receive, send)
            case "html":
                page = HTMLResponse("<html><body><h1>Onderhoud</h1></body></html>")
                await page(scope, receive, send)
            case "drop_before":
                scope["koppel.drop"] = True
            case "status_after" | "drop_after" | "truncated" | "empty" | "late" | "odd" | "drip":
                await self._after(fault, scope, receive, send)
            case _:
                await self.app(scope, receive, send)

    def _refused(self, fault: Fault, path: str) -> Response:
        answer = self.error_response(fault.status, path)
        if fault.retry_after is not None:
            answer.headers["retry-after"] = str(fault.retry_after)
        return answer

    async def _after(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        messages: list[Message] = []

        async def keep(message: Message) -> None:
            messages.append(message)

        await self.app(scope, receive, keep)
        if fault.kind == "drop_after":
            scope["koppel.drop"] = True
        elif fault.kind == "status_after":
            await self._refused(fault, scope["path"])(scope, receive, send)
        elif fault.kind == "late":
            await asyncio.sleep(fault.delay_ms / 1000)
            for message in messages:
                await send(message)
        elif fault.kind == "drip":
            await _drip(send, messages, fault.delay_ms / 1000)
        else:
            body = b"".join(m.get("body", b"") for m in messages if m["type"] == "http.response.body")
            start = next(m for m in messages if m["type"] == "http.response.start")
            await _answer(send, start, _spoilt(fault, body))


async def _echo(fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
    request = Request(scope, receive)
    values = [*request.headers.values(), (await request.body()).decode("utf-8", "replace")]
    text = " ".join(
        [*values, *(base64.b64encode(value.encode()).decode() for value in values), quote(" ".join(values))]
    )
    shapes = {"error": {"message": text}, "Message": text, "message": text, "title": text}
    await JSONResponse(shapes, fault.status)(scope, receive, send)


async def _drip(send: Send, messages: list[Message], pause_s: float) -> None:
    for message in messages:
        body = message.get("body", b"")
        if message["type"] != "http.response.body" or not body:
            await send(message)
            continue
        for number in range(len(body)):
            await asyncio.sleep(pause_s)
            more = message.get("more_body", False) or number < len(body) - 1
            await send({**message, "body": body[number : number + 1], "more_body": more})


def _spoilt(fault: Fault, body: bytes) -> bytes:
    """Return what a fault leaves of the body of an answer."""
    if fault.kind == "odd":
        return re.sub(fault.find, fault.put, body.decode(), flags=re.DOTALL).encode()
    return b"" if fault.kind == "empty" else body[: len(body) // 2]


async def _answer(send: Send, start: Message, body: bytes) -> None:
    """Send the answer with another body, which is announced at its own length."""
    headers = [(name, value) for name, value in start["headers"] if name.lower() != b"content-length"]
    headers.append((b"content-length", str(len(body)).encode()))
    await send({**start, "headers": headers})
    await send({"type": "http.response.body", "body": body})


class DropMiddleware:
    """Closes the connection without an answer where a fault asked for it: last of all, so that it has been counted."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)
        if scope.get("koppel.drop"):
            scope["state"]["transport"].abort()  # see server.py, which hands it out
            await asyncio.sleep(0.001)  # until the web server has noticed; it would complain of the missing answer
