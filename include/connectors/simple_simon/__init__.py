"""Simple-Simon: follows the package's master data, yields the archived work orders."""

from include.connectors.base import Connector
from include.connectors.simple_simon.client import SYSTEM, SimonAccess
from include.connectors.simple_simon.sink import Simon

CONNECTOR = Connector(name="simple_simon", title=SYSTEM, access=SimonAccess, open_app=Simon)
