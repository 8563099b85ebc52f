"""The app that Airflow's api-server mounts under /koppel: the routes, and the headers that every answer has."""

from typing import Any

from fastapi import FastAPI
from starlette.datastructures import MutableHeaders

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
PROBLEM = {"description": "Refused; the body says why", "content": {"application/problem+json": {}}}
PROBLEMS: dict[int | str, dict[str, Any]] = dict.fromkeys((400, 401, 403, 404, 409, 422, 503), PROBLEM)


class Headers:
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


def build() -> FastAPI:
    """Return the app without the framework's own pages, which nobody would have to sign in for."""
    built = FastAPI(title="Koppel", version="1", openapi_url=None, docs_url=None, redoc_url=None)
    for router in ROUTERS:
        built.include_router(router, responses=PROBLEMS)
    install(built)
    return built


app = build()
app_with_headers = Headers(app)  # around all of it, so that what nobody foresaw is answered with them as well
