"""A client of the Rompslomp sandbox that only knows the documented API."""

from typing import Any

import requests

from tests.helpers.sandboxes import Sandbox

SESSION = requests.Session()


class RompslompApi:
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

    def with_token(self, *scopes: str) -> "RompslompApi":
        made = self.control("POST", "rompslomp/tokens", {"scopes": list(scopes)})
        return RompslompApi(self.sandbox, made["personal_token"], self.company)

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


def assert_refused(answer: requests.Response, status: int, kind: str) -> str:
    """The message of a refusal with exactly this status, type and form."""
    body = answer.json()
    assert (answer.status_code, body["error"]["type"]) == (status, kind), answer.text
    assert body.keys() == {"error"}
    assert body["error"].keys() == {"type", "message"}
    assert body["error"]["message"]
    return body["error"]["message"]


HOURS = {"description": "Adviesuren", "price_per_unit": "75.0", "quantity": "4.0"}


VALIDATION = "client.parameters.validation"


BANK = "activa.current_assets.liquid_assets.bank"


def wrong_change(api: RompslompApi, record: dict[str, Any], **fields: Any) -> str:
    answer = api.patch(f"sales_invoices/{record['id']}", {"sales_invoice": fields})
    return assert_refused(answer, 422, VALIDATION)
