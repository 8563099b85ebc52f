"""The ``Date`` of every answer, by the clock of the service that gives it (RFC 9110, 6.6.1)."""

from collections.abc import Callable
from datetime import datetime
from email.utils import format_datetime

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class DateMiddleware:
    """Adds the header to what a service answers."""

    def __init__(self, app: ASGIApp, now: Callable[[], datetime]) -> None:
        self.app, self._now = app, now

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                written = format_datetime(self._now(), usegmt=True).encode()
                message = {**message, "headers": [*message["headers"], (b"date", written)]}
            await send(message)

        await self.app(scope, receive, dated)
