"""The description of the JSON API (OpenAPI)."""

from typing import Any

from fastapi import Request


def show(request: Request) -> dict[str, Any]:
    return {**request.app.openapi(), "servers": [{"url": request.scope.get("root_path", "") or "/"}]}
