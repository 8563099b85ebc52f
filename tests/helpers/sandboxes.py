"""The running sandboxes, and what people and bad luck do to them."""

from dataclasses import dataclass
from typing import Any

from local.sandbox import SandboxControl
from sandbox.server import Server


@dataclass(frozen=True)
class Sandbox:
    """The running sandboxes: ``root`` is their address, ``server`` the object behind it."""

    root: str
    server: Server

    @property
    def access(self) -> dict[str, dict[str, Any]]:
        return self.server.access(self.root)

    @property
    def control(self) -> SandboxControl:
        return SandboxControl(self.root, self.access)
