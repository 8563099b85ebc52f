"""Simple-Simon's sandbox: log-in, tokens and who is refused (contract 4); and the small client the other tests use."""

import pytest
import requests

from tests.helpers.sandboxes import Sandbox
from tests.sandbox.simon_api import SimonApi, refusal_of


def test_log_in_answers_token_and_expiry(sandbox: Sandbox) -> None:
    """Contract 4: 200 with Token and Expires, 1200 seconds ahead."""
    api = SimonApi(sandbox)
    api.control("POST", "clock", {"freeze": "2026-11-21T16:00:00+00:00"})
    answer = api.log_in()
    assert answer.status_code == 200
    assert set(answer.json()) == {"Token", "Expires"}
    assert answer.json()["Expires"] == "2026-11-21T16:20:00Z"


def test_log_in_takes_forms_and_addresses_too(sandbox: Sandbox) -> None:
    """Contract 4: form encoding and GET with query parameters are accepted, in both interfaces."""
    api = SimonApi(sandbox)
    headers = {"apikey": "sandbox-key"}
    for interface in ("odata", "rest"):
        url = f"{api.access[interface]}/login"
        assert "Token" in requests.post(url, data=api.credentials, headers=headers).json()
        assert "Token" in requests.get(url, params=api.credentials, headers=headers).json()
        assert requests.put(url, json=api.credentials, headers=headers).status_code == 405


@pytest.mark.parametrize("field", ["Key", "Usr", "Pwd"])
def test_wrong_log_in_is_401(sandbox: Sandbox, field: str) -> None:
    """Contract 4: a wrong or absent Key, Usr or Pwd is 401, in both interfaces."""
    api = SimonApi(sandbox)
    assert refusal_of(api.log_in(**{field: "wrong"})) == (401, "Unauthorized")
    assert api.log_in("rest", **{field: "wrong"}).status_code == 401
    rest = {name: value for name, value in api.credentials.items() if name != field}
    answer = requests.post(f"{api.access['odata']}/login", json=rest, headers={"ApiKey": "sandbox-key"})
    assert refusal_of(answer) == (401, "Unauthorized")


def test_only_office_users_log_in(sandbox: Sandbox) -> None:
    """Contract 1 row 1: it takes the name of an office user."""
    api = SimonApi(sandbox)
    users = {user["UserName"]: user["UserType"] for user in api.get("User")["value"]}
    for name, user_type in users.items():
        assert api.log_in(Usr=name).status_code == (200 if user_type == "Office" else 401)


def test_log_in_refuses_in_the_documented_order(sandbox: Sandbox) -> None:
    """Contract 4: wrong credentials, then not released, then licence not active, then the API key."""
    api = SimonApi(sandbox)
    api.switch(api_released=False, licence_active=False)
    url = f"{api.access['odata']}/login"
    assert refusal_of(requests.post(url, json=api.credentials | {"Pwd": "x"})) == (401, "Unauthorized")
    answer = requests.post(url, json=api.credentials)
    assert refusal_of(answer) == (403, "Forbidden")
    assert "released" in answer.text
    api.switch(api_released=True)
    assert "month" in requests.post(url, json=api.credentials).text
    api.switch(licence_active=True)
    answer = requests.post(url, json=api.credentials, headers={"ApiKey": "wrong"})
    assert refusal_of(answer) == (403, "Forbidden")
    assert "API key" in answer.text


def test_each_request_needs_api_key_and_token(sandbox: Sandbox) -> None:
    """Follows contract 4: API key missing or wrong 403, token missing or unknown 401; header names in any case."""
    api = SimonApi(sandbox)
    url = f"{api.access['odata']}/Customer"
    token, key = api.headers["Token"], api.headers["ApiKey"]
    assert requests.get(url, headers={"TOKEN": token, "apikey": key}).status_code == 200
    assert refusal_of(requests.get(url, headers={"Token": token})) == (403, "Forbidden")
    assert refusal_of(requests.get(url, headers={"Token": token, "ApiKey": "x"})) == (403, "Forbidden")
    assert refusal_of(requests.get(url)) == (403, "Forbidden")
    assert refusal_of(requests.get(url, headers={"ApiKey": key})) == (401, "Unauthorized")
    assert refusal_of(requests.get(url, headers={"ApiKey": key, "Token": "x"})) == (401, "Unauthorized")
    assert refusal_of(requests.get(f"{api.access['odata']}/$metadata", headers={"ApiKey": key})) == (
        401,
        "Unauthorized",
    )


def test_rest_needs_no_api_key(sandbox: Sandbox) -> None:
    """Contract 2: the older interface knows Key, Usr and Pwd only."""
    api = SimonApi(sandbox)
    token = api.log_in("rest").json()["Token"]
    assert requests.get(f"{api.access['rest']}/customer/select", headers={"token": token}).status_code == 200
    answer = requests.get(f"{api.access['rest']}/customer/select")
    assert (answer.status_code, set(answer.json())) == (401, {"Message"})


def test_token_expires(sandbox: Sandbox) -> None:
    """Contract 4 and 11: a token is good for its lifetime and not a second longer; logging in gives a new one."""
    api = SimonApi(sandbox)
    api.control("POST", "clock", {"freeze": "2026-11-21T16:00:00+00:00"})
    api.switch(token_lifetime_s=60)
    api.headers["Token"] = api.log_in().json()["Token"]
    api.control("POST", "clock", {"advance_s": 59})
    assert api.call("GET", "Item").status_code == 200
    api.control("POST", "clock", {"advance_s": 1})
    assert refusal_of(api.call("GET", "Item")) == (401, "Unauthorized")
    api.headers["Token"] = api.log_in().json()["Token"]
    assert api.call("GET", "Item").status_code == 200


def test_expire_tokens(sandbox: Sandbox) -> None:
    """Contract 11: the control call ends every token at once."""
    api = SimonApi(sandbox)
    api.control("POST", "expire-tokens")
    assert refusal_of(api.call("GET", "Item")) == (401, "Unauthorized")


def test_older_tokens_stay_good_unless_switched(sandbox: Sandbox) -> None:
    """Contract 4: logging in again does not cancel an older token; a switch makes it do so."""
    api = SimonApi(sandbox)
    api.log_in()
    assert api.call("GET", "Item").status_code == 200
    api.switch(login_cancels_older=True)
    api.log_in()
    assert api.call("GET", "Item").status_code == 401


@pytest.mark.parametrize("switch", ["api_released", "licence_active"])
def test_licence_counts_for_each_request(sandbox: Sandbox, switch: str) -> None:
    """Contract 4: not released, or not active this month, is 403."""
    api = SimonApi(sandbox)
    api.switch(**{switch: False})
    assert refusal_of(api.call("GET", "Customer")) == (403, "Forbidden")
    assert api.rest("GET", "customer/select").status_code == 403


def test_log_in_answer_has_other_forms(sandbox: Sandbox) -> None:
    """Contract 4: a client must take another name, a bare JSON string and plain text; switches give those."""
    api = SimonApi(sandbox)
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
    api = SimonApi(sandbox)
    api.switch(login_path="auth/token", token_header="X-Simon", apikey_header="X-Key")
    url = api.access["odata"]
    token = requests.post(f"{url}/auth/token", json=api.credentials, headers={"X-Key": "sandbox-key"}).json()["Token"]
    assert requests.get(f"{url}/Item", headers={"X-Simon": token, "X-Key": "sandbox-key"}).status_code == 200
    assert requests.get(f"{url}/Item", headers=api.headers).status_code == 403


def test_accounts_are_apart(sandbox: Sandbox) -> None:
    """Contract 4: a token shows its own licence's data only, and goes with its own API key."""
    api = SimonApi(sandbox)
    other = SimonApi(sandbox, api.control("POST", "simon/accounts", {"seed": "contract"}))
    assert set(api.ids("Customer")).isdisjoint(other.ids("Customer"))
    assert other.call("GET", f"Customer({api.ids('Customer')[0]})").status_code == 404
    mixed = {"Token": other.headers["Token"], "ApiKey": api.headers["ApiKey"]}
    assert refusal_of(requests.get(f"{api.access['odata']}/Item", headers=mixed)) == (403, "Forbidden")
    assert refusal_of(other.log_in(Key=api.access["key"])) == (401, "Unauthorized")


def test_request_log_knows_whose_it_was(sandbox: Sandbox) -> None:
    """Contract 11: the log counts reads, writes and log-ins per licence, and masks what is secret."""
    api = SimonApi(sandbox)
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
