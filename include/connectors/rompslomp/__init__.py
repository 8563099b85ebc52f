"""Rompslomp: master of customers and articles, receives concept invoices."""

from include.connectors.access import CredentialStore
from include.connectors.package import Administration, Connector
from include.connectors.rompslomp import mapping
from include.connectors.rompslomp.client import CONSENT, SYSTEM, RompslompAccess, RompslompClient
from include.connectors.rompslomp.sink import RompslompConnection
from include.connectors.rompslomp.streams import STREAMS, by_code
from include.connectors.settings import PackageSettings
from include.http import Http


def _open(vault: CredentialStore[RompslompAccess], settings: PackageSettings, http: Http) -> RompslompConnection:
    return RompslompConnection(RompslompClient(vault, settings.administration, http))


def _reached(vault: CredentialStore[RompslompAccess], http: Http) -> list[Administration]:
    return RompslompClient(vault, "", http).administrations()


CONNECTOR = Connector(
    name="rompslomp",
    title=SYSTEM,
    access=RompslompAccess,
    settings=PackageSettings,
    streams=STREAMS,
    open_package=_open,
    consent=CONSENT,
    reached=_reached,
    work_address=mapping.work_address,
    by_code=by_code,
    per_minute=120,  # not published: what the contract assumes, section 5
)
