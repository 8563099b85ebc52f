"""Fixtures of the integration tests: tenants in the state that a test begins with."""

from collections.abc import Iterator

import pytest

from include.context import Context
from include.health.installation import HealthCheck
from include.health.lookout import Lookout
from include.installation import Alerting
from include.sync.pipeline import sync
from tests.helpers.cleanup_tenants import UNLIMITED, with_first_cleanup
from tests.helpers.lifecycle_tenant import LifecycleTenant, connect_simon, register_new
from tests.helpers.lookouts import SECRET
from tests.helpers.packages import PACKAGES
from tests.helpers.sandboxes import Sandbox
from tests.helpers.snapshots import SMALL_STEPS
from tests.helpers.stub_server import StubServer, stub_server
from tests.helpers.tenants import CoupledTenant, CoupleTenant, call_simon


@pytest.fixture(params=PACKAGES)
def cleaned(request: pytest.FixtureRequest, couple: CoupleTenant) -> CoupledTenant:
    """Each package in turn: synchronised, cleaned up once, and with a limit that is not reached so soon."""
    return with_first_cleanup(couple(request.param, **UNLIMITED))


@pytest.fixture
def cleaned_unit4(couple: CoupleTenant) -> CoupledTenant:
    return with_first_cleanup(couple("unit4", **UNLIMITED))


@pytest.fixture
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many places to stop at with few records."""
    for name, size in SMALL_STEPS.items():
        monkeypatch.setattr(name, size)


@pytest.fixture
def undisturbed(coupled: CoupledTenant, couple: CoupleTenant) -> CoupledTenant:
    """The same package, synchronised into a Simon of its own on a good day."""
    other = couple(coupled.package, slug="undisturbed")
    sync(other.context, other.tenant, "one")
    return other


@pytest.fixture(params=PACKAGES)
def lifecycle(request: pytest.FixtureRequest, context: Context, sandbox: Sandbox) -> LifecycleTenant:
    """Each package in turn, with two customers and an article made by hand in its Simon."""
    tenant = register_new(context, sandbox, request.param)
    connect_simon(tenant)
    for name in ("Oude klant", "Nog een"):
        made = call_simon(tenant, "POST", "Customer", {"Name": name, "CustomerNumber": name[:5]})
    call_simon(tenant, "POST", "Location", {"Name": "Oud adres", "CustomerId": made["Id"]})
    call_simon(tenant, "POST", "Item", {"Code": "OUD-1", "Description": "Oud artikel"})
    return tenant


@pytest.fixture
def webhook() -> Iterator[StubServer]:
    with stub_server() as server:
        yield server


@pytest.fixture
def lookout(context: Context, webhook: StubServer) -> Lookout:
    """Tells the webhook."""
    return Lookout(context, Alerting((webhook.url,), SECRET), HealthCheck(context, 30.0))


@pytest.fixture
def ready(coupled: CoupledTenant) -> CoupledTenant:
    """Its master data is in Simon."""
    sync(coupled.context, coupled.tenant, "sync")
    return coupled
