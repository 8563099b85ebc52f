"""Rompslomp: master of customers and articles, receives concept invoices."""

from include.connectors.access import CredentialStore
from include.connectors.package import Package
from include.connectors.rompslomp import mapping
from include.connectors.rompslomp.client import OAUTH, SYSTEM, RompslompAccess, RompslompClient
from include.connectors.rompslomp.sink import RompslompConnection
from include.connectors.rompslomp.streams import STREAMS, article_query
from include.connectors.settings import PackageSettings
from include.connectors.system import Administration
from include.http import Http
from include.streams import Label


def _open(credentials: CredentialStore[RompslompAccess], settings: PackageSettings, http: Http) -> RompslompConnection:
    return RompslompConnection(credentials, settings.administration, http)


def _test_connection(credentials: CredentialStore[RompslompAccess], http: Http) -> list[Administration]:
    return RompslompClient(credentials, "", http).administrations()


CONNECTOR = Package(
    name="rompslomp",
    title=SYSTEM,
    access=RompslompAccess,
    oauth=OAUTH,
    login_help=Label(
        "De log-in van iemand die in Rompslomp bij de administratie mag; daar staat u de koppeling toe.",
        "The log-in of somebody who may open the administration in Rompslomp, where you allow the coupling.",
    ),
    test_connection=_test_connection,
    open=_open,
    settings=PackageSettings,
    streams=STREAMS,
    work_address=mapping.work_address,
    article_query=article_query,
    requests_per_minute=120,  # not published: what the contract assumes, section 5
)
