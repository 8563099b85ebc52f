"""The request log: who read and wrote what, countable since a mark, with secrets masked. Tests count with it."""

import re
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal
from urllib.parse import unquote_plus

from starlette.types import ASGIApp, Message, Receive, Scope, Send

Kind = Literal["read", "write", "sign_in"]
KEPT = 10_000  # lines of the log; the counts go on for ever
_SECRETS = {
    "key", "usr", "pwd", "password", "token", "code", "apikey", "api_key", "client_secret", "refresh_token",
    "access_token", "personal_token",
}  # fmt: skip
_OF_ONE_RECORD = re.compile(r"[0-9]{3,}|(?<=[/(=])[0-9]+(?=[/).]|$)")


@dataclass(frozen=True)
class LoggedRequest:
    number: int
    at: datetime
    service: str
    account: str
    kind: Kind
    method: str
    path: str
    query: str
    status: int


class Traffic:
    """Counts per service, account and route since a mark, and the last requests."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self.reset()

    def reset(self) -> None:
        self._number = 0
        self._log: deque[LoggedRequest] = deque(maxlen=KEPT)
        self._counts: Counter[tuple[str, str, str, str]] = Counter()
        self._marks: dict[int, Counter[tuple[str, str, str, str]]] = {}

    def add(self, service: str, kind: Kind, scope: Scope, status: int) -> None:
        """Add a request that was answered; the service may have named its account and its route in the scope."""
        self._number += 1
        method, path, account = scope["method"], scope["path"], scope.get("koppel.account", "")
        query = masked(scope["query_string"].decode("latin-1"))
        self._log.append(LoggedRequest(self._number, self._now(), service, account, kind, method, path, query, status))
        route = scope.get("koppel.route") or _OF_ONE_RECORD.sub("{id}", path)
        self._counts[service, account, f"{method} {route}", kind] += 1

    def mark(self) -> int:
        """Mark a point in time to count from; give it to ``since``."""
        self._marks[self._number] = self._counts.copy()
        return self._number

    def since(self, mark: int = 0) -> dict[str, Any]:
        """Return ``{"mark", "counts": [{service, account, route, read, write, sign_in}], "log": [...]}``.

        Raises KeyError for a mark that was not made.
        """
        counts = self._counts - self._marks[mark] if mark else self._counts
        rows: dict[tuple[str, str, str], dict[str, Any]] = {}
        for (service, account, route, kind), number in sorted(counts.items()):
            row = {"service": service, "account": account, "route": route, "read": 0, "write": 0, "sign_in": 0}
            rows.setdefault((service, account, route), row)[kind] += number
        log = [asdict(r) | {"at": r.at.isoformat()} for r in self._log if r.number > mark]
        return {"mark": self._number, "counts": list(rows.values()), "log": log}


def masked(query: str) -> str:
    """Mask in a query what must not be written down, whatever way its names are spelled."""
    parts = (part.partition("=") for part in query.split("&"))
    return "&".join(f"{n}{e}{'***' if unquote_plus(n).lower() in _SECRETS else v}" for n, e, v in parts)


class TrafficMiddleware:
    """Notes each request of one service; the service puts whose it was in ``scope["koppel.account"]``."""

    def __init__(self, app: ASGIApp, traffic: Traffic, service: str, kind: Callable[[str, str], Kind]) -> None:
        self.app, self.traffic, self.service, self.kind = app, traffic, service, kind

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        status = 0  # stays 0 when the connection was dropped without an answer
        scope["koppel.account"] = ""

        async def note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, note)
        finally:
            self.traffic.add(self.service, self.kind(scope["method"], scope["path"]), scope, status)
