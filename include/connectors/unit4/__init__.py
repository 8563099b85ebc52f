"""Unit4 Multivers: master of customers and articles, receives invoice orders."""

from include.connectors.access import CredentialStore
from include.connectors.package import Administration, Connector
from include.connectors.unit4 import mapping
from include.connectors.unit4.client import CONSENT, SYSTEM, Unit4Access, Unit4Client
from include.connectors.unit4.settings import Unit4Settings
from include.connectors.unit4.sink import Unit4Connection
from include.connectors.unit4.streams import CHOSEN_FROM, STREAMS, by_code
from include.http import Http


def _open(vault: CredentialStore[Unit4Access], settings: Unit4Settings, http: Http) -> Unit4Connection:
    return Unit4Connection(Unit4Client(vault, settings.administration, http), settings)


def _reached(vault: CredentialStore[Unit4Access], http: Http) -> list[Administration]:
    return Unit4Client(vault, "", http).administrations()


CONNECTOR = Connector(
    name="unit4",
    title=SYSTEM,
    access=Unit4Access,
    settings=Unit4Settings,
    streams=STREAMS,
    open_package=_open,
    consent=CONSENT,
    reached=_reached,
    work_address=mapping.work_address,
    by_code=by_code,
    chosen_from=CHOSEN_FROM,
)
