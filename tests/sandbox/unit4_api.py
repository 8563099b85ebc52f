"""Calls the Unit4 sandbox as a plain client from outside does."""

from typing import Any

import requests

from tests.helpers.sandboxes import Sandbox

ORDER = {
    "orderType": 0, "orderState": 1, "approved": True, "blocked": False, "customerId": "1001",
    "orderDate": "05-07-2024", "paymentConditionId": "14", "vatScenarioId": 6, "chargeVatType": 0,
    "reference": "WO-2024-000123",
    "orderLines": [
        {"orderLineType": 0, "productId": "80.300", "description": "Werkzaamheden 4 juli", "quantityOrdered": 2.5,
         "quantityDelivered": 2.5, "quantityToDeliver": 0, "quantityBackorder": 0, "autoCalculatePrice": True,
         "deliveryDate": "05-07-2024"},
        {"orderLineType": 3, "description": "Uitgevoerd door ploeg 2"},
    ],
}  # fmt: skip


class Unit4Api:
    """One administration, as an outside client sees it."""

    def __init__(self, sandbox: Sandbox, refresh_token: str = "", database: str = "MVL00001") -> None:
        self.root, self.access = sandbox.root, sandbox.access["unit4"]
        self.base, self.database = self.access["base"], database
        self.session = requests.Session()
        answer = self.token(refresh_token=refresh_token or self.access["refresh_token"])
        answer.raise_for_status()
        self.session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def token(self, **fields: str) -> requests.Response:
        """POST OAuth/Token; by default a refresh with the right client."""
        client = {name: self.access[name] for name in ("client_id", "client_secret")}
        form = {"grant_type": "refresh_token", **client, **fields}
        return requests.post(f"{self.base}/OAuth/Token", data={k: v for k, v in form.items() if v}, timeout=10)

    def call(self, method: str, path: str, body: Any = None, **options: Any) -> requests.Response:
        """A request under the administration; a path that starts with a slash is under /api itself."""
        url = f"{self.base}/api{path}" if path.startswith("/") else f"{self.base}/api/{self.database}/{path}"
        return self.session.request(method, url, json=body, timeout=10, **options)

    def get(self, path: str, **query: Any) -> Any:
        """The JSON of a GET that must succeed; ``filter=...`` becomes ``$filter``."""
        answer = self.call("GET", path, params={_OPTIONS.get(name, name): value for name, value in query.items()})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, body: Any = None) -> Any:
        answer = self.call("POST", path, body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def put(self, path: str, body: Any) -> Any:
        answer = self.call("PUT", path, body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def refused(self, method: str, path: str, body: Any = None) -> list[str]:
        """Return the paths of the messages of a 400."""
        answer = self.call(method, path, body)
        assert answer.status_code == 400, answer.text
        messages = answer.json()["messages"]
        assert all(set(m) == {"exceptionId", "message", "messageType", "path"} for m in messages)
        return [m["path"] for m in messages]

    def control(self, method: str, path: str, body: Any = None) -> Any:
        answer = requests.request(method, f"{self.root}/_sandbox/{path}", json=body, timeout=60)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def switch(self, **values: Any) -> None:
        self.control("PUT", "switches", {f"unit4.{name}": value for name, value in values.items()})

    def fault(self, kind: str, path: str = "/api/", **more: Any) -> None:
        self.control("POST", "faults", [{"kind": kind, "path": path, **more}])

    def data(self) -> Any:
        """Return everything in the administration."""
        return self.control("GET", f"unit4/administrations/{self.database}/data")


_OPTIONS = {name: f"${name}" for name in ("filter", "orderby", "top", "skip", "select", "expand")}


def order(**changes: Any) -> dict[str, Any]:
    """The order of contract 11 with other values."""
    return {**ORDER, **changes}


def line(**members: Any) -> dict[str, Any]:
    """The order of contract 11 with this single line."""
    return order(orderLines=[members])


def process(order_id: str, **changes: str) -> str:
    asked = {"journalId": "V", "fiscalYear": "2024", "periodNumber": "7", "invoiceDate": "05-07-2024",
             "orderId": order_id, "journalTransaction": ""} | changes  # fmt: skip
    return "ProcessOrderCommand?" + "&".join(f"{name}={value}" for name, value in asked.items())
