"""Rompslomp sandbox: a client that only knows the documented API, shared by the tests, and the first it meets."""

import re
from typing import Any

import pytest
import requests

from tests.conftest import Sandbox

SESSION = requests.Session()


class Api:
    """A client that only knows the documented API, for company 1 unless told otherwise."""

    def __init__(self, sandbox: Sandbox, token: str | None = None, company: int | None = None) -> None:
        access = sandbox.access["rompslomp"]
        self.sandbox, self.root = sandbox, access["api"]
        self.token = access["personal_token"] if token is None else token
        self.company = company or access["company_id"]
        self.switch(rate_limit=0)

    def switch(self, **values: Any) -> None:
        for name, value in values.items():
            self.sandbox.server.world.switches.set(f"rompslomp.{name}", value)

    def fault(self, **fault: Any) -> None:
        self.sandbox.server.world.faults.add(fault)

    def control(self, method: str, path: str, body: Any = None) -> Any:
        answer = SESSION.request(method, f"{self.sandbox.root}/_sandbox/{path}", json=body)
        assert answer.ok, answer.text
        return answer.json()

    def with_token(self, *scopes: str) -> "Api":
        made = self.control("POST", "rompslomp/tokens", {"scopes": list(scopes)})
        return Api(self.sandbox, made["personal_token"], self.company)

    def seeded_tokens(self) -> dict[str, str]:
        return {row["name"]: row["token"] for row in self.control("GET", "rompslomp/tokens")["tokens"]}

    def companies(self) -> dict[str, int]:
        return {row["name"]: row["id"] for row in self.get("/companies").json()["companies"]}

    def call(self, method: str, path: str, **options: Any) -> requests.Response:
        """Paths that start with a slash are below the API's root, others inside the company."""
        url = f"{self.root}{path}" if path.startswith("/") else f"{self.root}/companies/{self.company}/{path}"
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return SESSION.request(method, url, headers=headers | options.pop("headers", {}), **options)

    def get(self, path: str, **query: Any) -> requests.Response:
        return self.call("GET", path, params=query.pop("params", query))

    def post(self, path: str, body: Any) -> requests.Response:
        return self.call("POST", path, json=body)

    def patch(self, path: str, body: Any) -> requests.Response:
        return self.call("PATCH", path, json=body)

    def delete(self, path: str) -> requests.Response:
        return self.call("DELETE", path)

    def make(self, plural: str, **fields: Any) -> dict[str, Any]:
        answer = self.post(plural, {singular(plural): fields})
        assert answer.status_code == 201, answer.text
        return answer.json()[singular(plural)]

    def change(self, plural: str, record: dict[str, Any], **fields: Any) -> dict[str, Any]:
        answer = self.patch(f"{plural}/{record['id']}", {singular(plural): fields})
        assert answer.status_code == 200, answer.text
        return answer.json()[singular(plural)]

    def show(self, plural: str, record: dict[str, Any]) -> dict[str, Any]:
        return self.get(f"{plural}/{record['id']}").json()[singular(plural)]

    def list(self, plural: str, **query: Any) -> list[dict[str, Any]]:
        answer = self.get(plural, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()[plural]


def singular(plural: str) -> str:
    return f"{plural[:-3]}y" if plural.endswith("ies") else plural[:-1]


def refused(answer: requests.Response, status: int, kind: str) -> str:
    """The message of a refusal with exactly this status, type and form."""
    body = answer.json()
    assert (answer.status_code, body["error"]["type"]) == (status, kind), answer.text
    assert body.keys() == {"error"}
    assert body["error"].keys() == {"type", "message"}
    assert body["error"]["message"]
    return body["error"]["message"]


def test_access_says_where_and_how(sandbox: Sandbox) -> None:
    """Contract 13: the seeded log-in works as it is given."""
    access = sandbox.access["rompslomp"]
    assert access.keys() == {"api", "oauth", "client_id", "client_secret", "personal_token", "company_id"}
    assert access["api"] == f"{sandbox.root}/rompslomp/api/v1"
    assert access["oauth"] == f"{sandbox.root}/rompslomp/oauth"
    assert re.fullmatch(r"[\w-]{43}", access["personal_token"])


def test_me(sandbox: Sandbox) -> None:
    """Follows contract 9.1."""
    answer = Api(sandbox).get("/me")
    assert answer.json() == {"me": {"first_name": "Ans", "last_name": "Boekhouder", "email": "boekhouder@voorbeeld.nl"}}
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"


def test_accept_header_changes_nothing(sandbox: Sandbox) -> None:
    """Contract 1: JSON whatever Accept says."""
    answer = Api(sandbox).call("GET", "/me", headers={"Accept": "text/xml"})
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"


def test_json_suffix(sandbox: Sandbox) -> None:
    """Contract 1: .json after a list and after an id."""
    api = Api(sandbox)
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
    refused(Api(sandbox).call(method, path, json={}), 404, "client.not_found.endpoint")


def test_outside_the_api(sandbox: Sandbox) -> None:
    """Follows contract 13: JSON for every error."""
    refused(SESSION.get(f"{sandbox.root}/rompslomp/elsewhere"), 404, "client.not_found.endpoint")


def test_requests_are_counted_per_company(sandbox: Sandbox) -> None:
    """Contract 13, request log: reads and writes by company, sign-ins apart."""
    api = Api(sandbox)
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
    api = Api(sandbox)
    made = api.control("POST", "rompslomp/companies", {"name": "Tijdelijk"})
    assert made.keys() == {"company_id", "personal_token"}
    own = Api(sandbox, made["personal_token"], made["company_id"])
    assert own.companies() == {"Tijdelijk": made["company_id"]}
    assert own.make("contacts", company_name="X")["contact_number"] == "K00001"
    data = api.control("GET", f"rompslomp/companies/{made['company_id']}/data")
    assert [c["company_name"] for c in data["contacts"]] == ["X"]
    assert data.keys() == {"contacts", "products", "sales_invoices", "quotations", "payments"}
    sandbox.server.reset()
    refused(own.get("/companies"), 401, "client.authentication.invalid_token")


def test_the_same_data_for_the_same_seed(sandbox: Sandbox) -> None:
    """Contract 13: ids are scrambled, and the same in each process."""
    api = Api(sandbox)
    first, access = api.list("contacts"), sandbox.access["rompslomp"]
    sandbox.server.reset()
    api.switch(rate_limit=0)
    assert api.list("contacts") == first
    assert sandbox.access["rompslomp"] == access
    ids = [contact["id"] for contact in first]
    assert ids != sorted(ids)
    assert ids != sorted(ids, reverse=True)
    assert all(0 < row < 2**31 for row in ids)
