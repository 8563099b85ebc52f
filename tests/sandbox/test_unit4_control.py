"""Control calls, size, faults and the request log of the Unit4 sandbox."""

from typing import Any

import pytest
import requests

from sandbox.unit4 import SWITCHES
from tests.helpers.sandboxes import Sandbox
from tests.sandbox.unit4_api import ORDER, Unit4Api, order


def test_new_administration(sandbox: Sandbox) -> None:
    """Contract 13: another administration with a user of its own, empty but for what records refer to."""
    api = Unit4Api(sandbox)
    made = api.control("POST", "unit4/administrations", {"description": "Nieuw & Co"})
    assert set(made) == {"database", "refresh_token"}
    other = Unit4Api(sandbox, made["refresh_token"], made["database"])
    assert other.get("/AdministrationNVL") == [{"name": "MVL00003", "value": "Nieuw & Co"}]
    assert other.call("GET", "/MVL00001/CustomerInfoList").status_code == 403
    assert api.call("GET", "/MVL00003/CustomerInfoList").status_code == 403
    assert (other.get("CustomerInfoList"), other.get("ProductInfoList")) == ([], [])
    assert len(other.get("ProductGroupNVL")) == 5
    assert other.post("Customer", {"shortName": "a"})["customerId"] == "1001"
    data = other.data()
    assert set(data) == {"customers", "products", "product_groups", "orders"}
    api.control("POST", "reset")
    assert requests.get(f"{api.root}/_sandbox/unit4/administrations/MVL00003/data", timeout=10).status_code == 404


def test_reset_restores_the_seed(sandbox: Sandbox) -> None:
    """Contract 13: the seed is the same after a reset, and so are the numbers."""
    api = Unit4Api(sandbox)
    before = api.data()
    saved = api.post("Order", ORDER)
    api.call("DELETE", "Customer/1002")
    api.control("POST", "reset")
    assert api.data() == before
    assert Unit4Api(sandbox).post("Order", ORDER) == saved


def test_fill(sandbox: Sandbox) -> None:
    """Contract 13: 2,000 records, the same for the same seed, that fit their own limits."""
    api = Unit4Api(sandbox)
    wanted = {"account": "MVL00002", "customers": 1200, "articles": 800, "seed": 7}
    api.database = "MVL00002"
    assert api.control("POST", "unit4/fill", wanted)["customers"] == 1203
    first = api.data()
    api.control("POST", "reset")
    api.control("POST", "unit4/fill", wanted)
    assert api.data() == first
    api.control("POST", "reset")
    api.control("POST", "unit4/fill", wanted | {"seed": 8})
    assert api.data() != first
    for name, key in (("customers", "customerId"), ("products", "productId")):
        keys = [record[key] for record in first[name]]
        assert len(set(keys)) == len(keys)
    longest = {"name": 40, "street2": 40, "city": 30, "email": 60, "zipCode": 10, "customerId": 8}
    assert all(len(c[name]) <= size for c in first["customers"] for name, size in longest.items())
    assert all(len(p["productId"]) <= 14 and len(p["unit"]) <= 6 for p in first["products"])


def test_generated_records_can_be_used(sandbox: Sandbox) -> None:
    """Contract 13: generated customers and articles take orders; a long list comes whole."""
    api = Unit4Api(sandbox)
    api.control("POST", "unit4/fill", {"account": "MVL00001", "customers": 1500, "articles": 50, "seed": 1})
    customers = api.get("CustomerInfoList")
    assert len(customers) == len({c["customerId"] for c in customers}) == 1513
    customer = next(c for c in customers if c["customerId"] > "2008001" and c["customerStateId"] == "A")
    products = api.get("ProductInfoList", filter="ProductState eq 0 and ProductType eq 2", top=40)
    lines = [{"productId": p["productId"], "quantityOrdered": 2} for p in products]
    saved = api.post("Order", order(customerId=customer["customerId"], orderLines=lines))
    assert len(saved["orderLines"]) == len(products)


@pytest.mark.parametrize(("path", "body"), [
    ("unit4/fill", {"account": "MVL1"}), ("unit4/fill", {"account": "MVL00001", "customers": -1}),
    ("unit4/rights", {"database": "MVL00001"}), ("unit4/redirect-uris", {}),
])  # fmt: skip
def test_refused_control_calls(sandbox: Sandbox, path: str, body: dict[str, Any]) -> None:
    """Contract 13: a wrong control call says what is allowed and changes nothing."""
    answer = requests.post(f"{sandbox.root}/_sandbox/{path}", json=body, timeout=10)
    assert answer.status_code in (404, 422)


def test_every_switch_has_its_default(sandbox: Sandbox) -> None:
    """Contract 14: what is assumed is a switch, named after the service, with a sentence."""
    names = [switch.name for switch in SWITCHES]
    assert len(set(names)) == len(names)
    assert all(name.startswith("unit4.") for name in names)
    assert all(switch.sentence.endswith(".") for switch in SWITCHES)
    values = Unit4Api(sandbox).control("GET", "switches")
    assert {switch.name: switch.default for switch in SWITCHES}.items() <= values.items()


def test_request_log(sandbox: Sandbox) -> None:
    """Contract 13: reads, writes and sign-ins per administration."""
    api = Unit4Api(sandbox)
    api.get("CustomerInfoList", top=1)
    api.post("GetCustomerIdCommand")
    api.post("Order", ORDER)
    api.get("/AdministrationNVL")
    api.get("/mvl00002/CustomerInfoList")
    counts = [c for c in api.control("GET", "requests")["counts"] if c["service"] == "unit4"]
    totals = {kind: sum(c[kind] for c in counts if c["account"] == "MVL00001") for kind in ("read", "write", "sign_in")}
    assert totals == {"read": 3, "write": 1, "sign_in": 1}
    assert [c["read"] for c in counts if c["account"] == "MVL00002"] == [1]


def test_listing_faults(sandbox: Sandbox) -> None:
    """Contract 13: a lost page is silent; a moving list misses its last row."""
    api = Unit4Api(sandbox)
    for path in ("CustomerInfoList", "ProductGroupNVL", "AddressList/5002"):
        whole = api.get(path)
        api.fault("lost_page")
        assert api.get(path) == []
        api.fault("moving_total")
        assert api.get(path) == whole[:-1]
        assert api.get(path) == whole


@pytest.mark.parametrize("kind", ["status", "status_after", "drop_before", "drop_after", "html", "truncated", "empty",
                                  "expired_token", "lost_page", "moving_total", "delay"])  # fmt: skip
@pytest.mark.parametrize(("method", "path", "body"), [
    ("POST", "Order", ORDER), ("PUT", "Customer/1001", {"city": "ELDERS"}), ("DELETE", "Product/UREN", None),
    ("POST", "Customer", {"shortName": "N", "addresses": [{"city": "EDE"}]}),
])  # fmt: skip
def test_a_fault_leaves_the_state_before_or_after(
    sandbox: Sandbox, kind: str, method: str, path: str, body: dict[str, Any] | None
) -> None:
    """Contract 13: with any fault on, the data are as before the call or as after it, never anything else."""
    api = Unit4Api(sandbox)
    api.control("POST", "clock", {"freeze": "2024-07-05T10:00:00+00:00"})
    before = api.data()
    api.call(method, path, body)
    after = api.data()
    api.control("POST", "reset")
    api = Unit4Api(sandbox)
    api.control("POST", "clock", {"freeze": "2024-07-05T10:00:00+00:00"})
    api.fault(kind, status=503, delay_ms=1)
    try:
        api.call(method, path, body)
    except requests.ConnectionError:
        assert kind.startswith("drop")
    done = kind in ("status_after", "drop_after", "truncated", "empty", "lost_page", "moving_total", "delay")
    assert api.data() == (after if done else before)


def test_narrowed_rights(sandbox: Sandbox) -> None:
    """Contract 13: a user who sees a share of the customers and articles; the lists do not say so."""
    api = Unit4Api(sandbox)
    lists = {"CustomerInfoList": "customerId", "ProductInfoList": "productId"}
    before = {path: [row[key] for row in api.get(path)] for path, key in lists.items()}
    rights = {"database": "MVL00001", "visible": 0.5, "seed": 3}
    assert api.control("POST", "unit4/rights", rights) == rights | {"allowed": True, "user": ""}
    for path, key in lists.items():
        seen = [row[key] for row in api.get(path)]
        assert 0 < len(seen) < len(before[path])
        assert [row[key] for row in api.get(path, top=2, skip=1)] == seen[1:3]
        unseen = next(key for key in before[path] if key not in seen)
        single = path.removesuffix("List")
        assert api.get(path, filter=f"{key[0].upper()}{key[1:]} eq '{unseen}'") == []
        assert api.get(f"{single}/{seen[0]}")[key] == seen[0]
        api.switch(hidden_record=403)
        assert api.call("GET", f"{single}/{unseen}").status_code == 403
        api.switch(hidden_record=404)
        no = api.call("GET", f"{single}/{unseen}")
        assert (no.status_code, no.text) == (404, api.call("GET", f"{single}/NEE").text.replace("NEE", unseen))
    assert api.get("/SessionInfo")["userName"] == "SYSTEEM"
    api.control("POST", "unit4/rights", {"database": "MVL00001", "user": "BEPERKT"})
    assert api.get("/SessionInfo")["userName"] == "BEPERKT"
    assert len(api.get("CustomerInfoList")) < len(before["CustomerInfoList"])
    api.control("POST", "unit4/rights", {"database": "MVL00001", "visible": 1, "user": ""})
    assert {path: [row[key] for row in api.get(path)] for path, key in lists.items()} == before


@pytest.mark.parametrize("rights", [{"visible": 2}, {"visible": "all"}, {"visible": 0.5, "seed": "x"}, {"user": 1}])
def test_refused_rights(sandbox: Sandbox, rights: dict[str, Any]) -> None:
    """Contract 13: a wrong control call says what is allowed and changes nothing."""
    body = {"database": "MVL00001", **rights}
    answer = requests.post(f"{sandbox.root}/_sandbox/unit4/rights", json=body, timeout=10)
    assert answer.status_code == 422
    assert next(iter(rights)) in answer.text or "seed" in answer.text
    assert len(Unit4Api(sandbox).get("CustomerInfoList")) == 13
