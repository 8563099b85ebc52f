"""Finds the connector folders beside it; imports one only when it is asked for by name."""

import importlib
import pkgutil
from typing import TypeVar

from include import connectors
from include.connectors.field_service import FieldServiceApp
from include.connectors.package import Package
from include.connectors.system import RemoteSystem

FIELD_SERVICE = "simple_simon"
S = TypeVar("S", bound=RemoteSystem)


def names() -> list[str]:
    """Return the names of all connector folders."""
    return sorted(module.name for module in pkgutil.iter_modules(connectors.__path__) if module.ispkg)


def packages() -> list[str]:
    """Return the names of the accounting packages among them."""
    return [name for name in names() if name != FIELD_SERVICE]


def system(name: str) -> RemoteSystem:
    """Import a connector by the name of its folder. Raises KeyError for a name that has none."""
    return _connector(name, RemoteSystem)


def package(name: str) -> Package:
    """Import an accounting package by its name. Raises KeyError for a name that is not one."""
    return _connector(name, Package)


def field_service() -> FieldServiceApp:
    """Import the field service app."""
    return _connector(FIELD_SERVICE, FieldServiceApp)


def _connector(name: str, kind: type[S]) -> S:
    if name in names():
        connector = importlib.import_module(f"include.connectors.{name}").CONNECTOR
        if isinstance(connector, kind):
            return connector
    raise KeyError(name)
