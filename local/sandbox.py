"""Calls the control calls of the sandboxes: does what people do there, and reads what they would see."""

from collections.abc import Mapping
from typing import Any

import requests

from include.connectors import registry
from include.installation import variable


def registration_variables(access: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Return what the vendors would have given this installation, as variables of its environment."""
    variables: dict[str, str] = {}
    for connector in map(registry.system, registry.names()):
        names = connector.oauth.registration if connector.oauth else ()
        variables |= {variable(connector.name, name): str(access[connector.name][name]) for name in names}
    return variables


class SandboxControl:
    """Makes control calls. ``root`` is the server's address, ``access`` what it printed when it was ready."""

    def __init__(self, root: str, access: Mapping[str, Mapping[str, Any]]) -> None:
        self._root, self.access = root, access

    def call(self, method: str, path: str, json: Any = None) -> Any:
        """Make a call and return the JSON of its response. Raises requests.HTTPError."""
        response = requests.request(method, f"{self._root}/_sandbox/{path}", json=json, timeout=60)
        response.raise_for_status()
        return response.json()

    def new_simon(self, company: str) -> dict[str, Any]:
        """Make a new, empty Simple-Simon for this company and return its ``simon_access``."""
        account = self.call("POST", "simon/accounts", {"seed": "empty", "title": company})
        return {"base": account["odata"], **{name: account[name] for name in ("key", "usr", "pwd", "api_key")}}

    def simon(self, key: str) -> dict[str, list[dict[str, Any]]]:
        """Return all records of a licence, by entity."""
        return dict(self.call("GET", f"simon/accounts/{key}/data"))

    def archive_work_order(self, key: str, work_order: Mapping[str, Any]) -> dict[str, Any]:
        """Make, work on and archive a work order as people do, and return it; see the sandbox for its form."""
        return dict(self.call("POST", f"simon/accounts/{key}/work-orders", work_order))

    def package_access(self, package: str) -> dict[str, Any]:
        """Return the ``package_access`` of the seeded administration."""
        printed = self.access[package]
        if package == "unit4":
            return {name: printed[name] for name in ("base", "client_id", "client_secret", "refresh_token")}
        return {"api": printed["api"], "access_token": printed["personal_token"]}

    def administration(self, package: str) -> str:
        """Return the number of the seeded administration."""
        return str(self.access[package]["database" if package == "unit4" else "company_id"])

    def package(self, package: str) -> dict[str, list[dict[str, Any]]]:
        """Return all records of the seeded administration, by kind."""
        part = "administrations" if package == "unit4" else "companies"
        return dict(self.call("GET", f"{package}/{part}/{self.administration(package)}/data"))

    def documents(self, package: str) -> list[dict[str, Any]]:
        """Return the orders or sales invoices of the seeded administration."""
        return self.package(package)["orders" if package == "unit4" else "sales_invoices"]

    def mark(self) -> int:
        """Return the moment of now, to count requests from."""
        return int(self.call("POST", "mark")["mark"])

    def writes(self, account: str, since: int) -> int:
        """Count the writes to one account since a mark."""
        counts = self.call("GET", f"requests?since={since}")["counts"]
        return sum(row["write"] for row in counts if row["account"] == str(account))
