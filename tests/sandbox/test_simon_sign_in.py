"""Simple-Simon's sandbox: log-in, tokens and who is refused (contract 4); and the small client the other tests use."""

from typing import Any

import pytest
import requests

from tests.conftest import Sandbox

NOT_A_MEMBER = "@odata.context"


class Api:
    """One account of the sandbox, spoken to over HTTP with the documented names only."""

    def __init__(self, sandbox: Sandbox, access: dict[str, Any] | None = None) -> None:
        self.root = sandbox.root
        self.access = access or sandbox.access["simon"]
        self.headers = {"Token": self.log_in().json()["Token"], "ApiKey": self.access["api_key"]}

    @property
    def credentials(self) -> dict[str, str]:
        return {"Key": self.access["key"], "Usr": self.access["usr"], "Pwd": self.access["pwd"]}

    def log_in(self, interface: str = "odata", **changes: str) -> requests.Response:
        headers = {"ApiKey": self.access["api_key"]} if interface == "odata" else {}
        return requests.post(f"{self.access[interface]}/login", json=self.credentials | changes, headers=headers)

    def call(self, method: str, path: str, body: Any = None, **params: str) -> requests.Response:
        url = path if path.startswith("http") else f"{self.access['odata']}/{path}"
        return requests.request(method, url, json=body, params=params, headers=self.headers)

    def get(self, path: str, **params: str) -> Any:
        answer = self.call("GET", path, **{f"${name}": value for name, value in params.items()})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def ids(self, entity: str, **params: str) -> list[int]:
        return [row["Id"] for row in self.get(entity, **params)["value"]]

    def create(self, entity: str, **members: Any) -> dict[str, Any]:
        answer = self.call("POST", entity, members)
        assert answer.status_code == 201, answer.text
        return record(answer.json())

    def rest(self, method: str, path: str, body: Any = None, **params: str) -> requests.Response:
        return requests.request(
            method, f"{self.access['rest']}/{path}", json=body, params=params, headers={"Token": self.headers["Token"]}
        )

    def control(self, method: str, path: str, body: Any = None) -> Any:
        answer = requests.request(method, f"{self.root}/_sandbox/{path}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def switch(self, **values: Any) -> None:
        self.control("PUT", "switches", {f"simon.{name}": value for name, value in values.items()})

    def fault(self, **fault: Any) -> None:
        self.control("POST", "faults", [fault])

    def data(self) -> dict[str, list[dict[str, Any]]]:
        records: dict[str, list[dict[str, Any]]] = self.control("GET", f"simon/accounts/{self.access['key']}/data")
        return records


def record(answer: dict[str, Any]) -> dict[str, Any]:
    """An answered record without what is about it rather than in it."""
    return {name: value for name, value in answer.items() if name != NOT_A_MEMBER}


def refused(answer: requests.Response) -> tuple[int, str]:
    """Return status and code of a refusal; fails when it is not one of the documented form."""
    error = answer.json()["error"]
    assert set(error) == {"code", "message"}
    assert error["message"]
    return answer.status_code, error["code"]


def test_log_in_answers_token_and_expiry(sandbox: Sandbox) -> None:
    """Contract 4: 200 with Token and Expires, 1200 seconds ahead."""
    api = Api(sandbox)
    api.control("POST", "clock", {"freeze": "2026-11-21T16:00:00+00:00"})
    answer = api.log_in()
    assert answer.status_code == 200
    assert set(answer.json()) == {"Token", "Expires"}
    assert answer.json()["Expires"] == "2026-11-21T16:20:00Z"


def test_log_in_takes_forms_and_addresses_too(sandbox: Sandbox) -> None:
    """Contract 4: form encoding and GET with query parameters are accepted, in both interfaces."""
    api = Api(sandbox)
    headers = {"apikey": "sandbox-key"}
    for interface in ("odata", "rest"):
        url = f"{api.access[interface]}/login"
        assert "Token" in requests.post(url, data=api.credentials, headers=headers).json()
        assert "Token" in requests.get(url, params=api.credentials, headers=headers).json()
        assert requests.put(url, json=api.credentials, headers=headers).status_code == 405


@pytest.mark.parametrize("field", ["Key", "Usr", "Pwd"])
def test_wrong_log_in_is_401(sandbox: Sandbox, field: str) -> None:
    """Contract 4: a wrong or absent Key, Usr or Pwd is 401, in both interfaces."""
    api = Api(sandbox)
    assert refused(api.log_in(**{field: "wrong"})) == (401, "Unauthorized")
    assert api.log_in("rest", **{field: "wrong"}).status_code == 401
    rest = {name: value for name, value in api.credentials.items() if name != field}
    answer = requests.post(f"{api.access['odata']}/login", json=rest, headers={"ApiKey": "sandbox-key"})
    assert refused(answer) == (401, "Unauthorized")


def test_only_office_users_log_in(sandbox: Sandbox) -> None:
    """Contract 1 row 1: it takes the name of an office user."""
    api = Api(sandbox)
    users = {user["UserName"]: user["UserType"] for user in api.get("User")["value"]}
    for name, user_type in users.items():
        assert api.log_in(Usr=name).status_code == (200 if user_type == "Office" else 401)


def test_log_in_refuses_in_the_documented_order(sandbox: Sandbox) -> None:
    """Contract 4: wrong credentials, then not released, then licence not active, then the API key."""
    api = Api(sandbox)
    api.switch(api_released=False, licence_active=False)
    url = f"{api.access['odata']}/login"
    assert refused(requests.post(url, json=api.credentials | {"Pwd": "x"})) == (401, "Unauthorized")
    answer = requests.post(url, json=api.credentials)
    assert refused(answer) == (403, "Forbidden")
    assert "released" in answer.text
    api.switch(api_released=True)
    assert "month" in requests.post(url, json=api.credentials).text
    api.switch(licence_active=True)
    answer = requests.post(url, json=api.credentials, headers={"ApiKey": "wrong"})
    assert refused(answer) == (403, "Forbidden")
    assert "API key" in answer.text


def test_each_request_needs_api_key_and_token(sandbox: Sandbox) -> None:
    """Follows contract 4: API key missing or wrong 403, token missing or unknown 401; header names in any case."""
    api = Api(sandbox)
    url = f"{api.access['odata']}/Customer"
    token, key = api.headers["Token"], api.headers["ApiKey"]
    assert requests.get(url, headers={"TOKEN": token, "apikey": key}).status_code == 200
    assert refused(requests.get(url, headers={"Token": token})) == (403, "Forbidden")
    assert refused(requests.get(url, headers={"Token": token, "ApiKey": "x"})) == (403, "Forbidden")
    assert refused(requests.get(url)) == (403, "Forbidden")
    assert refused(requests.get(url, headers={"ApiKey": key})) == (401, "Unauthorized")
    assert refused(requests.get(url, headers={"ApiKey": key, "Token": "x"})) == (401, "Unauthorized")
    assert refused(requests.get(f"{api.access['odata']}/$metadata", headers={"ApiKey": key})) == (401, "Unauthorized")


def test_rest_needs_no_api_key(sandbox: Sandbox) -> None:
    """Contract 2: the older interface knows Key, Usr and Pwd only."""
    api = Api(sandbox)
    token = api.log_in("rest").json()["Token"]
    assert requests.get(f"{api.access['rest']}/customer/select", headers={"token": token}).status_code == 200
    answer = requests.get(f"{api.access['rest']}/customer/select")
    assert (answer.status_code, set(answer.json())) == (401, {"Message"})


def test_token_expires(sandbox: Sandbox) -> None:
    """Contract 4 and 11: a token is good for its lifetime and not a second longer; logging in gives a new one."""
    api = Api(sandbox)
    api.control("POST", "clock", {"freeze": "2026-11-21T16:00:00+00:00"})
    api.switch(token_lifetime_s=60)
    api.headers["Token"] = api.log_in().json()["Token"]
    api.control("POST", "clock", {"advance_s": 59})
    assert api.call("GET", "Item").status_code == 200
    api.control("POST", "clock", {"advance_s": 1})
    assert refused(api.call("GET", "Item")) == (401, "Unauthorized")
    api.headers["Token"] = api.log_in().json()["Token"]
    assert api.call("GET", "Item").status_code == 200


def test_expire_tokens(sandbox: Sandbox) -> None:
    """Contract 11: the control call ends every token at once."""
    api = Api(sandbox)
    api.control("POST", "expire-tokens")
    assert refused(api.call("GET", "Item")) == (401, "Unauthorized")


def test_older_tokens_stay_good_unless_switched(sandbox: Sandbox) -> None:
    """Contract 4: logging in again does not cancel an older token; a switch makes it do so."""
    api = Api(sandbox)
    api.log_in()
    assert api.call("GET", "Item").status_code == 200
    api.switch(login_cancels_older=True)
    api.log_in()
    assert api.call("GET", "Item").status_code == 401


@pytest.mark.parametrize("switch", ["api_released", "licence_active"])
def test_licence_counts_for_each_request(sandbox: Sandbox, switch: str) -> None:
    """Contract 4: not released, or not active this month, is 403."""
    api = Api(sandbox)
    api.switch(**{switch: False})
    assert refused(api.call("GET", "Customer")) == (403, "Forbidden")
    assert api.rest("GET", "customer/select").status_code == 403


def test_log_in_answer_has_other_forms(sandbox: Sandbox) -> None:
    """Contract 4: a client must take another name, a bare JSON string and plain text; switches give those."""
    api = Api(sandbox)
    api.switch(login_expires=False)
    assert set(api.log_in().json()) == {"Token"}
    api.switch(login_answer="other_name")
    assert [type(value) for value in api.log_in().json().values()] == [str]
    api.switch(login_answer="json_string")
    assert isinstance(api.log_in().json(), str)
    api.switch(login_answer="text")
    answer = api.log_in("rest")
    assert answer.headers["content-type"].startswith("text/plain")
    api.headers["Token"] = answer.text
    assert api.call("GET", "Item").status_code == 200


def test_names_can_be_switched(sandbox: Sandbox) -> None:
    """Contract 3: path of the log-in and names of both headers are settings."""
    api = Api(sandbox)
    api.switch(login_path="auth/token", token_header="X-Simon", apikey_header="X-Key")
    url = api.access["odata"]
    token = requests.post(f"{url}/auth/token", json=api.credentials, headers={"X-Key": "sandbox-key"}).json()["Token"]
    assert requests.get(f"{url}/Item", headers={"X-Simon": token, "X-Key": "sandbox-key"}).status_code == 200
    assert requests.get(f"{url}/Item", headers=api.headers).status_code == 403


def test_accounts_are_apart(sandbox: Sandbox) -> None:
    """Contract 4: a token shows its own licence's data only, and goes with its own API key."""
    api = Api(sandbox)
    other = Api(sandbox, api.control("POST", "simon/accounts", {"seed": "contract"}))
    assert set(api.ids("Customer")).isdisjoint(other.ids("Customer"))
    assert other.call("GET", f"Customer({api.ids('Customer')[0]})").status_code == 404
    mixed = {"Token": other.headers["Token"], "ApiKey": api.headers["ApiKey"]}
    assert refused(requests.get(f"{api.access['odata']}/Item", headers=mixed)) == (403, "Forbidden")
    assert refused(other.log_in(Key=api.access["key"])) == (401, "Unauthorized")


def test_request_log_knows_whose_it_was(sandbox: Sandbox) -> None:
    """Contract 11: the log counts reads, writes and log-ins per licence, and masks what is secret."""
    api = Api(sandbox)
    mark = api.control("POST", "mark")["mark"]
    requests.get(f"{api.access['rest']}/login", params=api.credentials)
    api.get("Item")
    api.create("Customer", Name="Nieuw")
    api.rest("POST", "item/insert", {"Description": "x"})
    api.rest("GET", "item/select")
    log = api.control("GET", f"requests?since={mark}")
    assert {row["account"] for row in log["counts"]} == {api.access["key"]}
    totals = {kind: sum(row[kind] for row in log["counts"]) for kind in ("read", "write", "sign_in")}
    assert totals == {"read": 2, "write": 2, "sign_in": 1}
    assert "voorbeeld" not in str([line["query"] for line in log["log"]])
