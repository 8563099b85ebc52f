"""Rompslomp sandbox: a client that only knows the documented API, shared by the tests, and the first it meets."""

import re

import pytest

from tests.helpers.sandboxes import Sandbox
from tests.sandbox.rompslomp_api import SESSION, RompslompApi, assert_refused


def test_access_says_where_and_how(sandbox: Sandbox) -> None:
    """Contract 13: the seeded log-in works as it is given."""
    access = sandbox.access["rompslomp"]
    assert access.keys() == {"api", "oauth", "client_id", "client_secret", "personal_token", "company_id"}
    assert access["api"] == f"{sandbox.root}/rompslomp/api/v1"
    assert access["oauth"] == f"{sandbox.root}/rompslomp/oauth"
    assert re.fullmatch(r"[\w-]{43}", access["personal_token"])


def test_me(sandbox: Sandbox) -> None:
    """Follows contract 9.1."""
    answer = RompslompApi(sandbox).get("/me")
    assert answer.json() == {"me": {"first_name": "Ans", "last_name": "Boekhouder", "email": "boekhouder@voorbeeld.nl"}}
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"


def test_accept_header_changes_nothing(sandbox: Sandbox) -> None:
    """Contract 1: JSON whatever Accept says."""
    answer = RompslompApi(sandbox).call("GET", "/me", headers={"Accept": "text/xml"})
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"


def test_json_suffix(sandbox: Sandbox) -> None:
    """Contract 1: .json after a list and after an id."""
    api = RompslompApi(sandbox)
    listed = api.get("contacts.json").json()["contacts"]
    assert listed == api.list("contacts")
    assert api.get(f"contacts/{listed[0]['id']}.json").json() == {"contact": listed[0]}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/nothing"),
        ("GET", "nothing"),
        ("PUT", "contacts"),
        ("PATCH", "contacts"),
        ("DELETE", "contacts"),
        ("POST", "vat_types"),
        ("PATCH", "accounts/1"),
        ("POST", "/me"),
        ("GET", "contacts/1/pdf"),
        ("GET", "sales_invoices/1/pdf/2"),
    ],
)
def test_no_such_endpoint(sandbox: Sandbox, method: str, path: str) -> None:
    """Contract 1, 6: no PUT, no bulk calls; JSON for every error."""
    assert_refused(RompslompApi(sandbox).call(method, path, json={}), 404, "client.not_found.endpoint")


def test_outside_the_api(sandbox: Sandbox) -> None:
    """Follows contract 13: JSON for every error."""
    assert_refused(SESSION.get(f"{sandbox.root}/rompslomp/elsewhere"), 404, "client.not_found.endpoint")


def test_requests_are_counted_per_company(sandbox: Sandbox) -> None:
    """Contract 13, request log: reads and writes by company, sign-ins apart."""
    api = RompslompApi(sandbox)
    mark = api.control("POST", "mark")["mark"]
    api.get("contacts")
    api.post("contacts", {"contact": {"company_name": "X"}})
    SESSION.post(f"{sandbox.root}/rompslomp/oauth/token", data={})
    counts = [c for c in api.control("GET", f"requests?since={mark}")["counts"] if c["service"] == "rompslomp"]
    by_company = [c for c in counts if c["account"] == str(api.company)]
    assert sum(c["read"] for c in by_company) == 1
    assert sum(c["write"] for c in by_company) == 1
    assert sum(c["sign_in"] for c in counts) == 1


def test_new_company_by_control_call_vanishes_on_reset(sandbox: Sandbox) -> None:
    """Contract 13: isolated accounts for tests."""
    api = RompslompApi(sandbox)
    made = api.control("POST", "rompslomp/companies", {"name": "Tijdelijk"})
    assert made.keys() == {"company_id", "personal_token"}
    own = RompslompApi(sandbox, made["personal_token"], made["company_id"])
    assert own.companies() == {"Tijdelijk": made["company_id"]}
    assert own.make("contacts", company_name="X")["contact_number"] == "K00001"
    data = api.control("GET", f"rompslomp/companies/{made['company_id']}/data")
    assert [c["company_name"] for c in data["contacts"]] == ["X"]
    assert data.keys() == {"contacts", "products", "sales_invoices", "quotations", "payments"}
    sandbox.server.reset()
    assert_refused(own.get("/companies"), 401, "client.authentication.invalid_token")


def test_the_same_data_for_the_same_seed(sandbox: Sandbox) -> None:
    """Contract 13: ids are scrambled, and the same in each process."""
    api = RompslompApi(sandbox)
    first, access = api.list("contacts"), sandbox.access["rompslomp"]
    sandbox.server.reset()
    api.switch(rate_limit=0)
    assert api.list("contacts") == first
    assert sandbox.access["rompslomp"] == access
    ids = [contact["id"] for contact in first]
    assert ids != sorted(ids)
    assert ids != sorted(ids, reverse=True)
    assert all(0 < row < 2**31 for row in ids)
