"""Simple-Simon: follows the package's master data, yields the archived work orders."""

from include.connectors.access import CredentialStore
from include.connectors.package import Administration, Connector
from include.connectors.simple_simon.client import SYSTEM, SimonAccess
from include.connectors.simple_simon.sink import SimonConnection
from include.http import Http


def _reached(vault: CredentialStore[SimonAccess], http: Http) -> list[Administration]:
    """A licence has no administrations; looking one record up takes the log-in and the right to read."""
    SimonConnection(vault, http).held("customers", [0])
    return []


CONNECTOR = Connector(name="simple_simon", title=SYSTEM, access=SimonAccess, open_app=SimonConnection, reached=_reached)
