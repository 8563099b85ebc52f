"""What every sandbox is given, and what it must offer to be served."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
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


def moment_of(world: World, service: str) -> datetime:
    """Return the moment by the clock of a service, which may have switches by which it is ahead of ours or behind."""
    known = world.switches.known
    ahead, behind = (
        int(world.switches[name]) if (name := f"{service}.clock_{way}_s") in known else 0 for way in ("ahead", "behind")
    )
    return world.clock.now() + timedelta(seconds=ahead - behind)


class Service(Protocol):
    """One sandbox, whose module offers ``SWITCHES`` and ``build(world) -> Service``."""

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
        """Go back to the seeded data, tokens included."""

    def expire_tokens(self) -> None:
        """Expire every access token handed out so far."""

    def add_tenant(self, tenant: SeededTenant) -> str:
        """Add an account with its own log-in and data, and return its key."""

    def access(self, root: str, account: str = "") -> dict[str, Any]:
        """Return addresses and log-in of an account, of the seeded one unless another is named.

        ``root`` is the server's own address, without a slash.
        """

    def kind(self, method: str, path: str) -> Kind:
        """Return what a request is, for counting: writes are those that change records."""

    def error_response(self, status: int, path: str) -> Response:
        """Return how the service itself would answer a request for this path with this error status."""


class ServiceModule(Protocol):
    SWITCHES: Sequence[Switch]

    def build(self, world: World) -> Service: ...
