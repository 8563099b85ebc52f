"""Simple-Simon: follows the package's master data, yields the archived work orders."""

from include.connectors.base import Administration, Connector, Vault
from include.connectors.simple_simon.client import SYSTEM, SimonAccess
from include.connectors.simple_simon.sink import Simon
from include.http import Http


def _reached(vault: Vault[SimonAccess], http: Http) -> list[Administration]:
    """A licence has no administrations; looking one record up takes the log-in and the right to read."""
    Simon(vault, http).held("customers", [0])
    return []


CONNECTOR = Connector(name="simple_simon", title=SYSTEM, access=SimonAccess, open_app=Simon, reached=_reached)
