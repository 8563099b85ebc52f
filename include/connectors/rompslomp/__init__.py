"""Rompslomp: master of customers and articles, receives concept invoices."""

from include.connectors.base import Connector, PackageSettings, Vault
from include.connectors.rompslomp import mapping
from include.connectors.rompslomp.client import SYSTEM, RompslompAccess, RompslompClient
from include.connectors.rompslomp.sink import Rompslomp
from include.connectors.rompslomp.streams import STREAMS
from include.http import Http


def _open(vault: Vault[RompslompAccess], settings: PackageSettings, http: Http) -> Rompslomp:
    return Rompslomp(RompslompClient(vault, settings.administration, http))


CONNECTOR = Connector(
    name="rompslomp",
    title=SYSTEM,
    access=RompslompAccess,
    settings=PackageSettings,
    streams=STREAMS,
    open_package=_open,
    work_address=mapping.work_address,
)
