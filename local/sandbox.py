"""The sandboxes' control calls, as far as the demo and the tests need them: people at work, and what they would see."""

from collections.abc import Mapping
from typing import Any

import requests

from include.connectors import registry
from include.installation import variable


def registered(access: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """What the vendors of the packages would have given this installation, as variables of its environment."""
    found = {}
    for connector in map(registry.system, registry.names()):
        names = connector.oauth.registration if connector.oauth else ()
        found |= {variable(connector.name, name): str(access[connector.name][name]) for name in names}
    return found


class SandboxControl:
    """``root`` is the server's address, ``access`` what it printed when it was ready."""

    def __init__(self, root: str, access: Mapping[str, Mapping[str, Any]]) -> None:
        self._root, self.access = root, access

    def call(self, method: str, path: str, json: Any = None) -> Any:
        """The JSON of the answer. Raises requests.HTTPError."""
        answer = requests.request(method, f"{self._root}/_sandbox/{path}", json=json, timeout=60)
        answer.raise_for_status()
        return answer.json()

    def new_simon(self, company: str) -> dict[str, Any]:
        """The ``simon_access`` of a new, empty Simple-Simon of this company."""
        made = self.call("POST", "simon/accounts", {"seed": "empty", "title": company})
        return {"base": made["odata"], **{name: made[name] for name in ("key", "usr", "pwd", "api_key")}}

    def simon(self, key: str) -> dict[str, list[dict[str, Any]]]:
        """All records of a licence by entity."""
        return dict(self.call("GET", f"simon/accounts/{key}/data"))

    def archive_work_order(self, key: str, work_order: Mapping[str, Any]) -> dict[str, Any]:
        """A whole work order, made, worked on and archived as people do; see the sandbox for its form."""
        return dict(self.call("POST", f"simon/accounts/{key}/work-orders", work_order))

    def package_access(self, package: str) -> dict[str, Any]:
        """The ``package_access`` of the seeded administration."""
        given = self.access[package]
        if package == "unit4":
            return {name: given[name] for name in ("base", "client_id", "client_secret", "refresh_token")}
        return {"api": given["api"], "access_token": given["personal_token"]}

    def administration(self, package: str) -> str:
        return str(self.access[package]["database" if package == "unit4" else "company_id"])

    def package(self, package: str) -> dict[str, list[dict[str, Any]]]:
        """All records of the seeded administration by kind."""
        part = "administrations" if package == "unit4" else "companies"
        return dict(self.call("GET", f"{package}/{part}/{self.administration(package)}/data"))

    def documents(self, package: str) -> list[dict[str, Any]]:
        """Orders or sales invoices."""
        return self.package(package)["orders" if package == "unit4" else "sales_invoices"]

    def mark(self) -> int:
        """A moment to count requests from."""
        return int(self.call("POST", "mark")["mark"])

    def writes(self, account: str, since: int) -> int:
        """Writes to one account since a mark."""
        counts = self.call("GET", f"requests?since={since}")["counts"]
        return sum(row["write"] for row in counts if row["account"] == str(account))
