"""Unit4 Multivers: master of customers and articles, receives invoice orders."""

from include.connectors.access import CredentialStore
from include.connectors.package import Package
from include.connectors.system import Administration
from include.connectors.unit4 import mapping
from include.connectors.unit4.client import OAUTH, SYSTEM, Unit4Access, Unit4Client
from include.connectors.unit4.settings import Unit4Settings
from include.connectors.unit4.sink import Unit4Connection
from include.connectors.unit4.streams import CHILD_STREAMS, PICK_LISTS, STREAMS, article_query
from include.http import Http
from include.streams import Label


def _open(credentials: CredentialStore[Unit4Access], settings: Unit4Settings, http: Http) -> Unit4Connection:
    return Unit4Connection(credentials, settings, http)


def _test_connection(credentials: CredentialStore[Unit4Access], http: Http) -> list[Administration]:
    return Unit4Client(credentials, "", http).administrations()


CONNECTOR = Package(
    name="unit4",
    title=SYSTEM,
    access=Unit4Access,
    oauth=OAUTH,
    login_help=Label(
        "U vult twee log-ins in: eerst die van de portalgebruiker van Unit4 (zonder het deel vanaf @), dan die van de "
        "Multivers-gebruiker. Die heet standaard SYSTEEM, met een leeg wachtwoord.",
        "You fill in two log-ins: first that of the Unit4 portal user (without the part from @ on), then that of the "
        "Multivers user, which by default is SYSTEEM with an empty password.",
    ),
    test_connection=_test_connection,
    open=_open,
    settings=Unit4Settings,
    streams=STREAMS,
    child_streams=CHILD_STREAMS,
    pick_lists=PICK_LISTS,
    work_address=mapping.work_address,
    article_query=article_query,
)
