"""The app that Airflow's api-server mounts under /koppel: the routes, and the headers that every answer has."""

from typing import Any

from fastapi import Depends, FastAPI
from fastapi.responses import HTMLResponse, JSONResponse
from starlette.datastructures import MutableHeaders

from plugins.koppel.errors import install
from plugins.koppel.routes import ROUTES
from plugins.koppel.security import needs

HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "SAMEORIGIN",
    "referrer-policy": "same-origin",
    "cache-control": "no-store",
}
PROBLEM = {"description": "Refused; the body says why", "content": {"application/problem+json": {}}}


class Headers:
    """Puts the headers on every answer, refusals included; one that a route has set stays."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def with_headers(message: Any) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, with_headers)


def build() -> FastAPI:
    """Without the framework's own pages, which nobody would have to sign in for."""
    made = FastAPI(title="Koppel", version="1", openapi_url=None, docs_url=None, redoc_url=None)
    for route in ROUTES:
        of_api = route.path.startswith("/api/")
        made.add_api_route(
            route.path,
            route.endpoint,
            methods=[route.method],
            dependencies=[Depends(needs(route.right)), *(Depends(guard) for guard in route.guards)],
            response_class=JSONResponse if of_api else HTMLResponse,
            responses=dict.fromkeys((400, 401, 403, 404, 409, 422, 503), PROBLEM) if of_api else None,
            include_in_schema=of_api,
        )
    install(made)
    return made


app = build()
served = Headers(app)  # around all of it, so that what nobody foresaw is answered with them as well
