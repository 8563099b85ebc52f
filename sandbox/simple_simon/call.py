"""One request of a signed-in account, as both interfaces handle it."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request

from sandbox.simple_simon.dialect import WireDialect
from sandbox.simple_simon.request_body import writable
from sandbox.simple_simon.schema import EntitySchema
from sandbox.simple_simon.store import SimonAccount


@dataclass(frozen=True)
class SimonCall:
    """A request with its body, whose it is, and how its values are written."""

    request: Request
    body: bytes
    account: SimonAccount
    dialect: WireDialect

    @property
    def method(self) -> str:
        """HEAD asks what GET does; the server leaves the body out."""
        return "GET" if self.request.method == "HEAD" else self.request.method

    @property
    def base(self) -> str:
        """The address of the service, without the interface's own name."""
        host = self.request.headers.get("host", "127.0.0.1")
        return f"{self.request.scope['scheme']}://{host}{self.request.scope['root_path']}"

    @property
    def parameters(self) -> list[tuple[str, str]]:
        """What stands behind the question mark; percent-encoded names are names too."""
        return parse_qsl(self.request.scope["query_string"].decode(errors="replace"), keep_blank_values=True)

    def switch(self, name: str) -> Any:
        return self.account.world.switches[f"simon.{name}"]

    def fault(self, kind: str) -> bool:
        """Return whether this trouble was asked for."""
        fault = self.request.scope.get("koppel.fault")
        return fault is not None and fault.kind == kind

    def members(self, entity: EntitySchema, body: dict[str, Any]) -> dict[str, Any]:
        """Read the writable members of a body. Raises SimonError."""
        return writable(entity, body, self.dialect, bool(self.switch("enforce_lengths")))

    def merges(self) -> bool:
        """Return whether an update keeps what it does not name."""
        return self.method == "PATCH" or self.switch("update_semantics") == "merge"
