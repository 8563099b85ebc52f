"""Finds the connector folders beside it; imports one only when it is asked for by name."""

import importlib
import pkgutil

from include import connectors
from include.connectors.package import Connector

FIELD_SERVICE = "simple_simon"


def names() -> list[str]:
    """All connector folders."""
    return sorted(module.name for module in pkgutil.iter_modules(connectors.__path__) if module.ispkg)


def packages() -> list[str]:
    """The accounting packages among them."""
    return [name for name in names() if name != FIELD_SERVICE]


def connector(name: str) -> Connector:
    """Raises KeyError for a name that has no folder."""
    if name not in names():
        raise KeyError(name)
    found: Connector = importlib.import_module(f"include.connectors.{name}").CONNECTOR
    return found
