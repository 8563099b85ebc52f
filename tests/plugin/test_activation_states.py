"""The activation page has a way on from every state of a coupling, also when its access is gone."""

from collections.abc import Callable
from typing import Any

import pytest

from include.access.credentials import StoredCredentials
from include.connectors import registry
from include.connectors.simple_simon.client import SimonAccess
from include.context import Context
from include.store import credentials as credentials_table
from include.store import tenants
from include.tenants.states import TenantState
from tests.helpers.packages import PACKAGES
from tests.helpers.tenants import CoupleTenant
from tests.plugin.airflow_server import PageUser

People = Callable[..., PageUser]


def ask(person: PageUser, path: str, body: Any = None) -> Any:
    return person.call("POST", f"/api{path}", headers={"origin": person.origin}, json=body)


@pytest.mark.parametrize("package", PACKAGES)
@pytest.mark.parametrize("state", TenantState)
def test_each_state_has_a_way_on_without_access(
    person: People, pages: Context, couple: CoupleTenant, package: str, state: TenantState
) -> None:
    """R5.1, R5.6, R5.9: whatever state it is in with its access gone, the page has the form that is needed next."""
    coupled, admin = couple(package, slug="gone"), person("admin")
    access = StoredCredentials[SimonAccess](pages, coupled.tenant.id, registry.field_service()).read().stored()
    with pages.store.begin() as tx:
        tenants.set_status(tx, coupled.tenant.id, state)
        credentials_table.remove(tx, coupled.tenant.id)
    page = admin.get("/tenants/gone/activation")
    assert page.status_code == 200
    if state is TenantState.INACTIVE:
        assert 'href="/koppel/tenants/gone"' in page.text
        assert "Opnieuw opzetten" in admin.get("/tenants/gone").text
        return
    assert 'action="/koppel/tenants/gone/connections/simple_simon"' in page.text
    if state is TenantState.NEW:
        assert "Wat er gaat gebeuren" in page.text
        assert pages.terms.url in page.text
    preview = admin.call("GET", "/api/tenants/gone/activation/preview")
    assert preview.status_code < 500 or "Simple-Simon" in preview.text  # a sentence, never a trace
    body = {name: access[name] for name in ("base", "dialect", "key", "usr", "pwd", "api_key")}
    connected = ask(admin, "/tenants/gone/connections/simple_simon", {"fields": body})
    assert connected.status_code == 200, connected.text
    page = admin.get("/tenants/gone/activation")
    if state in (TenantState.NEW, TenantState.WIPING):
        assert "/activation/p" in page.text  # what is in Simple-Simon, or how far the wipe is
    else:
        assert "/tenants/gone/consent" in page.text
        assert coupled.tenant.package.sign_in.nl in page.text
