"""The JSON API describes itself (OpenAPI)."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.openapi.utils import get_openapi

from plugins.koppel.security import Right, requires
from plugins.koppel.templating import root_path

router = APIRouter()


@router.get("/api/openapi.json", dependencies=[requires(Right.signed_in)])
def describe_api(request: Request) -> dict[str, Any]:
    """Describe every route below /api."""
    app = request.app
    routes = [route for route in app.routes if route.path.startswith("/api/")]
    return get_openapi(
        title=app.title, version=app.version, routes=routes, servers=[{"url": root_path(request) or "/"}]
    )
