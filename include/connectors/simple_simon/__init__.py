"""Simple-Simon: follows the package's master data, yields the archived work orders."""

from include.connectors.access import CredentialStore
from include.connectors.field_service import FieldServiceApp
from include.connectors.simple_simon.client import SYSTEM, SimonAccess
from include.connectors.simple_simon.sink import SimonConnection
from include.connectors.system import Administration
from include.http import Http
from include.streams import Label


def _test_connection(credentials: CredentialStore[SimonAccess], http: Http) -> list[Administration]:
    """Look one record up, which takes the log-in and the right to read. A licence has no administrations."""
    SimonConnection(credentials, http).get_many("customers", [0])
    return []


CONNECTOR = FieldServiceApp(
    name="simple_simon",
    title=SYSTEM,
    access=SimonAccess,
    test_connection=_test_connection,
    open=SimonConnection,
    login_help=Label(
        "Licentiecode (16 cijfers), kantoorgebruiker met wachtwoord, en de API-sleutel die u van Simple-Simon kreeg.",
        "Licence code (16 digits), an office user with its password, and the API key that Simple-Simon gave you.",
    ),
)
