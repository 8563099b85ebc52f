"""The app that Airflow's api-server mounts under /koppel: the routes, and the headers that every answer has."""

from typing import Any

from fastapi import FastAPI, HTTPException
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse

from plugins.koppel.errors import install
from plugins.koppel.routers import ROUTERS

HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "SAMEORIGIN",
    "referrer-policy": "same-origin",
    "cache-control": "no-store",
}
LONGEST_BODY = 2**20
TOO_LONG = "the body is longer than 1 MiB"
PROBLEM = {"description": "Refused; the body says why", "content": {"application/problem+json": {}}}
PROBLEMS: dict[int | str, dict[str, Any]] = dict.fromkeys((400, 401, 403, 404, 409, 422, 503), PROBLEM)


class AnswerHeaders:
    """Puts the headers on every answer, refusals included; one that a route has set stays."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer with the headers."""

        async def send_with_headers(message: Any) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, send_with_headers)


class BoundedBody:
    """Refuses a body that is longer than any form or JSON of ours, before anybody reads it or asks who sends it."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer 413 to a body that announces too much, or turns out to be too much."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        announced = Headers(scope=scope).get("content-length", "0")
        if not announced.isdigit() or int(announced) > LONGEST_BODY:
            await PlainTextResponse(TOO_LONG, 413)(scope, receive, send)
            return
        taken = 0

        async def receive_some() -> Any:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > LONGEST_BODY:
                raise HTTPException(413, TOO_LONG)
            return message

        await self.app(scope, receive_some, send)


def build() -> FastAPI:
    """Return the app without the framework's own pages, which nobody would have to sign in for."""
    built = FastAPI(title="Koppel", version="1", openapi_url=None, docs_url=None, redoc_url=None)
    for router in ROUTERS:
        built.include_router(router, responses=PROBLEMS)
    install(built)
    return built


app = build()
served = AnswerHeaders(BoundedBody(app))  # around all of it, so that what nobody foresaw is answered with them as well
