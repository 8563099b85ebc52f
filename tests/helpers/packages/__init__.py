"""Accounting packages as the tests know them: each has a module here, named as its connector is."""

from importlib import import_module

from include.connectors import registry
from local.sandbox import SandboxControl
from sandbox.server import Server
from tests.helpers.packages.base import AccountingPackage

PACKAGES = tuple(registry.packages())


def package_kind(name: str) -> type[AccountingPackage]:
    """Return what tests know of this package without a running sandbox."""
    kind: type[AccountingPackage] = import_module(f"tests.helpers.packages.{name}").PACKAGE
    return kind


def accounting_package(name: str, control: SandboxControl, server: Server | None = None) -> AccountingPackage:
    """Open the seeded administration of this package; ``server`` is given where the sandboxes run in this process."""
    return package_kind(name)(control, server)
