"""All sandboxes together: the world that they share, and the companies that have an account in each of them."""

import importlib
import pkgutil
from collections.abc import Mapping
from typing import Any

import sandbox
from sandbox.clock import Clock
from sandbox.data_size import DataSize, SeededTenant
from sandbox.faults import Faults
from sandbox.switches import Switch, Switches, Value
from sandbox.traffic import Traffic
from sandbox.world import Service, ServiceModule, World

Access = dict[str, dict[str, Any]]  # addresses and log-in, by service name


def modules() -> list[ServiceModule]:
    """Return the sandbox of each service: the folders beside this file."""
    folders = (m.name for m in pkgutil.iter_modules(sandbox.__path__) if m.ispkg and m.name != "web")
    return [importlib.import_module(f"sandbox.{folder}") for folder in sorted(folders)]


def switches() -> list[Switch]:
    """Return every switch of every sandbox."""
    return [switch for module in modules() for switch in module.SWITCHES]


class Sandboxes:
    """The services by name, with what they share and the companies that were added to all of them."""

    def __init__(self, size: DataSize | None = None, settings: Mapping[str, str] | None = None) -> None:
        """Build every service. Raises ValueError for a switch that does not exist or a value that it does not take."""
        clock, self.size = Clock(), size or DataSize()
        self.world = World(clock, Switches(switches()), Faults(), Traffic(clock.now), self.size.seed)
        self.world.switches.set_all(settings or {})
        self._started_with: dict[str, Value] = {name: self.world.switches[name] for name in (settings or {})}
        self.services: dict[str, Service] = {s.name: s for s in (m.build(self.world) for m in modules())}
        self._tenants: list[dict[str, str]] = []  # account by service name
        self.add_tenants(self.size)

    def reset(self) -> None:
        """Set everything back to how it was at the start of the process."""
        self.world.clock.run()
        self.world.switches.reset(self._started_with)
        self.world.faults.clear()
        for service in self.services.values():
            service.reset()
        self.world.traffic.reset()
        self._tenants = []
        self.add_tenants(self.size)

    def add_tenants(self, size: DataSize) -> None:
        """Add as many companies as the size says, each with an account in every service."""
        for _ in range(size.tenants):
            tenant = SeededTenant(len(self._tenants) + 1, size)
            self._tenants.append({name: service.add_tenant(tenant) for name, service in self.services.items()})

    def access(self, root: str) -> Access:
        """Return where each service is and how to log in to its seeded account."""
        return {name: service.access(root) for name, service in self.services.items()}

    def tenants(self, root: str) -> list[Access]:
        """Return where each service is and how to log in, for each company that was added."""
        return [
            {name: service.access(root, accounts[name]) for name, service in self.services.items()}
            for accounts in self._tenants
        ]
