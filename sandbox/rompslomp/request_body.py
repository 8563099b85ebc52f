"""What was sent: the object under the wrapping key, with nothing in it that may not be there (contract 6, 7)."""

from collections.abc import Callable
from typing import Any

import orjson
from starlette.requests import Request

from sandbox.rompslomp.errors import invalid_value, malformed_json, missing_parameter, unpermitted
from sandbox.rompslomp.shape import BodyShape


def _anything(raw: dict[str, Any]) -> None:
    """Check nothing: no key needs more than the shape."""


class RequestBody:
    """The bytes of one request; ``overlooks_read_only`` drops read-only keys instead of refusing them."""

    def __init__(self, request: Request, content: bytes, overlooks_read_only: bool) -> None:
        kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
        self._content = content if kind == "application/json" else b""
        self._overlooks_read_only = overlooks_read_only

    def read(
        self, key: str, shape: BodyShape, updating: bool = False, check: Callable[[dict[str, Any]], None] = _anything
    ) -> dict[str, Any]:
        """Read the parsed values; ``check`` sees the keys before the shape does."""
        raw = self._object(key)
        if extra := [other for other in raw if other != key]:
            raise unpermitted(extra[0])
        if not isinstance(raw[key], dict):
            raise invalid_value(key)
        check(raw[key])
        return shape.read(shape.permit(raw[key], updating, self._overlooks_read_only), updating)

    def _object(self, key: str) -> dict[str, Any]:
        if not self._content:
            raise missing_parameter(key)
        try:
            raw = orjson.loads(self._content)
        except orjson.JSONDecodeError:
            raise malformed_json() from None
        if not isinstance(raw, dict) or key not in raw:
            raise missing_parameter(key)
        return raw
