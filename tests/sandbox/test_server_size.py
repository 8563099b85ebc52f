"""Tenants of their own at the size that is asked for, by control call; see test_server_start.py for the command."""

from typing import Any

import pytest
import requests

from sandbox.data_size import DataSize
from sandbox.server import Server
from tests.helpers.sandboxes import Sandbox
from tests.sandbox.rompslomp_api import RompslompApi
from tests.sandbox.simon_api import SimonApi
from tests.sandbox.unit4_api import Unit4Api

SIZE = {"tenants": 2, "customers": 30, "articles": 20, "work_orders": 0, "seed": 3}


def seed(sandbox: Sandbox, **changes: int) -> list[dict[str, dict[str, Any]]]:
    made: list[dict[str, dict[str, Any]]] = sandbox.control.call("POST", "seed", SIZE | changes)
    return made


def packages(sandbox: Sandbox, access: dict[str, dict[str, Any]]) -> tuple[list[Any], list[Any]]:
    """What a tenant's Rompslomp and Unit4 hold, without the ids that depend on what was made before."""
    company, database = access["rompslomp"]["company_id"], access["unit4"]["database"]
    rompslomp = sandbox.control.call("GET", f"rompslomp/companies/{company}/data")
    unit4 = sandbox.control.call("GET", f"unit4/administrations/{database}/data")
    names = [(row["name"], row["address"]) for row in rompslomp["contacts"]]
    codes = [row["invoice_line"]["product_code"] for row in rompslomp["products"]]
    others = [(row["name"], row["street2"]) for row in unit4["customers"]]
    return [names, codes], [others, [row["productId"] for row in unit4["products"]]]


def test_tenants_are_listed_as_the_seeded_accounts_are(sandbox: Sandbox) -> None:
    """They have the same keys; the log-ins work, and reach only what is the tenant's own."""
    made = seed(sandbox)
    assert made == sandbox.control.call("GET", "tenants")
    first, second = made
    assert {name: list(values) for name, values in first.items()} == {
        name: list(values) for name, values in sandbox.access.items()
    }
    assert SimonApi(sandbox, first["simon"]).ids("Customer") == []
    rompslomp = RompslompApi(sandbox, first["rompslomp"]["personal_token"], first["rompslomp"]["company_id"])
    assert len(rompslomp.list("contacts", per_page=100)) == 30
    assert list(rompslomp.companies().values()) == [first["rompslomp"]["company_id"]]
    unit4 = Unit4Api(sandbox, first["unit4"]["refresh_token"], first["unit4"]["database"])
    assert (len(unit4.get("CustomerInfoList")), len(unit4.get("ProductInfoList"))) == (30, 20)
    assert unit4.call("GET", f"/{second['unit4']['database']}/CustomerInfoList").status_code == 403


def test_data_follow_from_the_seed_and_the_number(sandbox: Sandbox) -> None:
    """Equal for equal seed and number, different otherwise."""

    def held(**changes: int) -> list[Any]:
        sandbox.control.call("POST", "reset")
        return [packages(sandbox, access) for access in seed(sandbox, **changes)]

    first, again, other = held(), held(), held(seed=4)
    assert first == again
    assert held(tenants=1) == first[:1]
    assert first[0] != first[1] != other[1]


def test_work_orders_come_with_records_of_their_own(sandbox: Sandbox) -> None:
    """Simple-Simon is empty unless work orders are asked for."""
    [access] = seed(sandbox, tenants=1, work_orders=15)
    data = SimonApi(sandbox, access["simon"]).data()
    assert [len(data[name]) for name in ("Customer", "Item", "WorkOrder")] == [30, 20, 15]


def test_a_reset_goes_back_to_the_start(sandbox: Sandbox) -> None:
    """What was added by control call is gone; what the process started with is there again, the same."""
    seed(sandbox)
    sandbox.control.call("POST", "reset")
    assert sandbox.control.call("GET", "tenants") == []
    server = Server(DataSize(tenants=1, customers=5, articles=5, seed=2))
    before = server.tenants("http://x")
    server.add_tenants(DataSize(tenants=1))
    server.reset()
    assert server.tenants("http://x") == before


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("tenants", -1),
        ("tenants", 501),
        ("customers", 500_001),
        ("articles", "ten"),
        ("work_orders", 1.5),
        ("seed", True),
        ("tenants", 0),
        ("invoices", 5),
    ],
)
def test_a_wrong_size_is_refused(sandbox: Sandbox, field: str, value: Any) -> None:
    """The field is named with what is allowed, and nothing is made."""
    answer = requests.post(f"{sandbox.root}/_sandbox/seed", json=SIZE | {field: value}, timeout=10)
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith(f"{field}: ")
    assert "use " in answer.json()["detail"]
    assert sandbox.control.call("GET", "tenants") == []
