"""What every sandbox is given, and what it must offer to be served."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from fastapi import APIRouter
from starlette.responses import Response
from starlette.types import ASGIApp

from sandbox.clock import Clock
from sandbox.data_size import SeededTenant
from sandbox.faults import Faults
from sandbox.switches import Switch, Switches
from sandbox.traffic import Kind, Traffic
from sandbox.web.views import DocumentViewer, WorkOrderDesk


@dataclass(frozen=True)
class World:
    """One process' surroundings: the time, the switches, the faults, the request log, and the seed of its data."""

    clock: Clock
    switches: Switches
    faults: Faults
    traffic: Traffic
    seed: int = 1


class Service(Protocol):
    """One sandbox. Its module offers ``SWITCHES`` and ``build(world) -> Service``."""

    name: str  # "simon": the switches' prefix and its name in the request log
    app: ASGIApp  # served under /{name}; sees paths with that prefix in scope["root_path"]
    control: APIRouter  # its own control calls, served under /_sandbox, as /{name}/… unless its contract names them

    @property
    def desk(self) -> WorkOrderDesk | None:
        """Where people make work orders; None where that cannot be done."""

    @property
    def document_viewer(self) -> DocumentViewer | None:
        """Where people see the documents that arrived; None where none arrive."""

    def reset(self) -> None:
        """Back to the seeded data, tokens included."""

    def expire_tokens(self) -> None:
        """Every access token handed out so far is expired from now on."""

    def add_tenant(self, tenant: SeededTenant) -> str:
        """An account of its own with its own log-in and data; answers its key."""

    def access(self, root: str, account: str = "") -> dict[str, Any]:
        """Addresses and log-in of an account, of the seeded one unless another is named.

        ``root`` is the server's own address, without a slash.
        """

    def kind(self, method: str, path: str) -> Kind:
        """What a request is, for counting: writes are those that change records."""

    def error_response(self, status: int, path: str) -> Response:
        """How the service itself would answer a request for this path with this error status."""


class ServiceModule(Protocol):
    SWITCHES: Sequence[Switch]

    def build(self, world: World) -> Service: ...
