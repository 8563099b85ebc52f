"""The running sandboxes, and what people and bad luck do to them."""

from dataclasses import dataclass
from typing import Any

from local.sandbox import SandboxControl
from sandbox.server import Server
from tests.helpers.packages import AccountingPackage, accounting_package


@dataclass(frozen=True)
class Sandbox:
    """The running sandboxes: ``root`` is their address, ``server`` the object behind it."""

    root: str
    server: Server

    @property
    def access(self) -> dict[str, dict[str, Any]]:
        """Where each sandbox is, and how to get in."""
        return self.server.access(self.root)

    @property
    def control(self) -> SandboxControl:
        return SandboxControl(self.root, self.access)

    def package(self, name: str) -> AccountingPackage:
        """Open the seeded administration of this package."""
        return accounting_package(name, self.control, self.server)
