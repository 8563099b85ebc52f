"""A client of Simple-Simon's sandbox that only knows the documented names."""

from typing import Any

import requests

from tests.helpers.sandboxes import Sandbox

NOT_A_MEMBER = "@odata.context"


class SimonApi:
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
        return record_of(answer.json())

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


def record_of(answer: dict[str, Any]) -> dict[str, Any]:
    """An answered record without what is about it rather than in it."""
    return {name: value for name, value in answer.items() if name != NOT_A_MEMBER}


def refusal_of(answer: requests.Response) -> tuple[int, str]:
    """Return status and code of a refusal; fails when it is not one of the documented form."""
    error = answer.json()["error"]
    assert set(error) == {"code", "message"}
    assert error["message"]
    return answer.status_code, error["code"]
