"""Rompslomp sandbox: what holds whatever is called, and whatever goes wrong on the way."""

import json
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox import rompslomp as package
from sandbox.rompslomp.api import RESOURCES
from sandbox.rompslomp.pdf import page
from sandbox.rompslomp.resource import Writable
from sandbox.rompslomp.shape import BodyShape
from tests.helpers.sandboxes import Sandbox
from tests.sandbox.rompslomp_api import RompslompApi, assert_refused

CENT = Decimal("0.01")
_QUICK = settings(max_examples=120, suppress_health_check=list(HealthCheck))
_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
_PRICE = st.decimals(-5000, 5000, places=5).map(str)
_LINE = st.fixed_dictionaries(
    {"description": _TEXT.map(lambda text: f"x{text}"), "price_per_unit": _PRICE},
    optional={
        "quantity": st.decimals(-20, 200, places=3).map(str),
        "vat_type_id": st.sampled_from([701184043, 681363806, 688369464]),
        "extended_description": _TEXT,
    },
)
_CALLS = st.lists(
    st.one_of(
        st.tuples(st.just("contact"), _TEXT),
        st.tuples(st.just("product"), _PRICE),
        st.tuples(st.just("invoice"), st.lists(_LINE, max_size=3)),
        st.tuples(st.just("add"), _LINE),
        st.tuples(st.just("change"), _LINE),
        st.tuples(st.just("drop"), st.integers(0, 3)),
        st.tuples(st.just("pay"), _PRICE),
        st.tuples(st.just("publish"), st.none()),
        st.tuples(st.just("delete"), st.sampled_from(["contacts", "products", "sales_invoices", "payments"])),
    ),
    max_size=12,
)


def _own_company(sandbox: Sandbox) -> RompslompApi:
    made = RompslompApi(sandbox).control("POST", "rompslomp/companies", {"name": "Proef"})
    return RompslompApi(sandbox, made["personal_token"], made["company_id"])


def _state(api: RompslompApi) -> dict[str, Any]:
    return api.control("GET", f"rompslomp/companies/{api.company}/data")


def _do(api: RompslompApi, action: str, argument: Any) -> requests.Response | None:
    """One call on the newest invoice or a new record."""
    invoices = _state(api)["sales_invoices"]
    newest = invoices[-1] if invoices else None
    path = f"sales_invoices/{newest['id']}" if newest else ""
    lines = newest["invoice_lines"] if newest else []
    if action == "contact":
        return api.post("contacts", {"contact": {"company_name": f"x{argument}", "free_1": argument}})
    if action == "product":
        return api.post("products", {"product": {"invoice_line": {"price_per_unit": argument}}})
    if action == "invoice":
        contacts = _state(api)["contacts"]
        contact = contacts[0]["id"] if contacts else None
        return api.post("sales_invoices", {"sales_invoice": {"invoice_lines": argument, "contact_id": contact}})
    if action == "delete":
        rows = _state(api)[argument]
        return api.delete(f"{argument}/{rows[-1]['id']}") if rows else None
    if newest is None:
        return None
    if action in ("change", "drop") and not lines:
        return None
    change = {
        "add": lambda: {"invoice_lines": [argument]},
        "change": lambda: {"invoice_lines": [{"id": lines[0]["id"], **argument}]},
        "drop": lambda: {"invoice_lines": [{"id": lines[argument % len(lines)]["id"], "_destroy": True}]},
        "pay": lambda: {"payments": [{"amount": argument}]},
        "publish": lambda: {"_publish": True},
    }[action]()
    return api.patch(path, {"sales_invoice": change})


def _half_up(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


def _check_invoice(invoice: dict[str, Any]) -> None:
    lines = invoice["invoice_lines"]
    for line in lines:
        net = _half_up(Decimal(line["price_per_unit"]) * Decimal(line["quantity"]))
        assert Decimal(line["price_without_vat"]) == net
        assert Decimal(line["vat_amount"]) == _half_up(net * Decimal(line["vat_rate"]))
        assert Decimal(line["price_with_vat"]) == net + Decimal(line["vat_amount"])
    for name in ("price_without_vat", "vat_amount", "price_with_vat"):
        assert Decimal(invoice[name]) == sum((Decimal(line[name]) for line in lines), Decimal(0))
    left = Decimal(invoice["open_amount"])
    assert invoice["payment_status"] == ("unpaid" if left > 0 else "overpaid" if left < 0 else "paid")
    assert (invoice["status"] == "published") == (invoice["invoice_number"] is not None)


def _ids(value: Any) -> list[int]:
    """The ids of everything that was made, lines inside invoices included."""
    if isinstance(value, list):
        return [part for inner in value for part in _ids(inner)]
    if not isinstance(value, dict):
        return []
    inside = [part for key, inner in value.items() if key != "invoice_line" for part in _ids(inner)]
    return [value["id"], *inside] if "id" in value else inside


@_QUICK
@given(calls=_CALLS)
def test_any_sequence_of_calls(running_sandbox: Sandbox, calls: list[tuple[str, Any]]) -> None:
    """Contract 7, 9.5, 13: never a 5xx, totals are sums of lines, ids never come back, numbers have no gaps."""
    running_sandbox.server.reset()
    api = _own_company(running_sandbox)
    ever: set[int] = set()
    alive: set[int] = set()
    for action, argument in calls:
        answer = _do(api, action, argument)
        assert answer is None or answer.status_code < 500, answer.text
        now = _state(api)
        ids = _ids(now)
        assert len(ids) == len(set(ids))
        assert not (set(ids) - alive) & ever
        alive = set(ids)
        ever |= alive
        for invoice in now["sales_invoices"]:
            _check_invoice(invoice)
        numbers = sorted(i["invoice_number"][-4:] for i in now["sales_invoices"] if i["invoice_number"])
        assert numbers == [f"{n:04}" for n in range(1, len(numbers) + 1)]


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | _TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
    max_leaves=6,
)
_WRITABLE = {plural: part for plural, part in RESOURCES.items() if isinstance(part, Writable)}
_LIKELY = st.sampled_from([1, "1", "2026-01-02", "2026-01-02 10:00:00 +0100", "eur", "NL", "x", "", None, True, "1e3"])


def _bodies(shape: BodyShape) -> st.SearchStrategy[dict[str, Any]]:
    """Bodies with known keys at every depth, and values that are now and then of the right kind."""
    nested = {name: _bodies(part) for name, part in (shape.objects or {}).items()}
    nested |= {name: st.lists(_bodies(part), max_size=2) for name, part in (shape.lists or {}).items()}
    optional = dict.fromkeys(shape.fields, _LIKELY | _JSON) | {n: part | _JSON for n, part in nested.items()}
    return st.fixed_dictionaries({}, optional=optional)


@_QUICK
@given(body=st.sampled_from(sorted(_WRITABLE)).flatmap(lambda p: st.tuples(st.just(p), _bodies(_WRITABLE[p].shape))))
def test_any_body(running_sandbox: Sandbox, body: tuple[str, dict[str, Any]]) -> None:
    """Contract 6: whatever is sent, the answer is 201 or a refusal of the documented form, and then nothing changed."""
    plural, fields = body
    running_sandbox.server.reset()
    api = _own_company(running_sandbox)
    before = _state(api)
    content = json.dumps({_WRITABLE[plural].singular: fields})
    answer = api.call("POST", plural, data=content, headers={"Content-Type": "application/json"})
    if answer.status_code == 201:
        made = answer.json()[_WRITABLE[plural].singular]
        patched = api.call(
            "PATCH", f"{plural}/{made['id']}", data=content, headers={"Content-Type": "application/json"}
        )
        assert patched.status_code in (200, 400, 422), patched.text
    else:
        assert answer.status_code in (400, 422), answer.text
        assert_refused(answer, answer.status_code, answer.json()["error"]["type"])
        assert _state(api) == before


@_QUICK
@given(query=st.dictionaries(st.sampled_from(["page", "per_page", "selection", "search[q]", "search[from]"]), _TEXT))
def test_any_query(running_sandbox: Sandbox, query: dict[str, str]) -> None:
    """Contract 4: whatever is asked, a list or a refusal."""
    running_sandbox.server.reset()
    api = RompslompApi(running_sandbox)
    assert {api.get(path, params=query).status_code for path in ("contacts", "sales_invoices")} <= {200, 400}


_WRITES = {
    "create": ("POST", "contacts", {"contact": {"company_name": "Nieuw"}}),
    "create with all inside": (
        "POST",
        "sales_invoices",
        {
            "sales_invoice": {
                "contact": {"company_name": "Erbij"},
                "invoice_lines": [{"description": "x", "price_per_unit": "5"}],
                "payments": [{"amount": "1"}],
                "_publish": True,
            }
        },
    ),
    "publish": ("PATCH", "sales_invoices/{id}", {"sales_invoice": {"_publish": True, "payments": [{"amount": 3}]}}),
    "invalid": ("PATCH", "sales_invoices/{id}", {"sales_invoice": {"contact": {"company_name": "y"}, "currency": "x"}}),
    "delete": ("DELETE", "sales_invoices/{id}", None),
}


@pytest.mark.parametrize("write", _WRITES)
@pytest.mark.parametrize(
    "kind",
    ["status", "status_after", "drop_before", "drop_after", "html", "truncated", "empty", "expired_token", "lost_page"],
)
def test_one_fault_leaves_before_or_after(sandbox: Sandbox, kind: str, write: str) -> None:
    """Contract 13, faults: the state is the one before the call or the one after it, never a third."""
    method, path, body = _WRITES[write]
    states = []
    for fault in (None, kind):
        sandbox.server.reset()
        sandbox.server.world.clock.freeze()
        api = RompslompApi(sandbox)
        line = {"description": "x", "price_per_unit": "10"}
        made = api.make("sales_invoices", invoice_lines=[line])
        before = _state(api)
        if fault:
            api.fault(kind=fault, path="/rompslomp/", status=503)
        try:
            api.call(method, path.format(id=made["id"]), json=body)
        except requests.ConnectionError:
            assert fault in ("drop_before", "drop_after")
        states.append(_state(api))
    assert states[1] in (before, states[0])
    done = kind in ("status_after", "drop_after", "truncated", "empty", "lost_page")
    assert states[1] == (states[0] if done else before)


def test_lost_answer_to_a_create(sandbox: Sandbox) -> None:
    """Contract 10, 13: dropped after the invoice was stored; it is found by its reference, a repeat is refused."""
    api = RompslompApi(sandbox)
    api.fault(kind="drop_after", method="POST", path="sales_invoices")
    body = {"sales_invoice": {"api_reference": "order-1"}}
    with pytest.raises(requests.ConnectionError):
        api.post("sales_invoices", body)
    assert len(api.list("sales_invoices", **{"search[api_reference]": "order-1"})) == 1
    assert_refused(api.post("sales_invoices", body), 422, "client.parameters.validation")


def test_limit_on_request(sandbox: Sandbox) -> None:
    """Contract 13, faults: the next ones are answered 429 with Retry-After."""
    api = RompslompApi(sandbox)
    api.fault(kind="status", status=429, retry_after=7, count=2)
    answers = [api.get("/me") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [429, 429, 200]
    assert answers[0].headers["Retry-After"] == "7"


def test_every_switch_is_read_somewhere() -> None:
    """Follows contract 13: no switch without effect, each with one sentence and a section."""
    folder = Path(package.__file__).parent
    sources = {file.name: file.read_text() for file in folder.glob("*.py") if file.name != "switches.py"}
    everything = "\n".join(sources.values())
    for switch in package.SWITCHES:
        service, _, name = switch.name.partition(".")
        assert service == "rompslomp"
        assert f'"{name}"' in everything or f'"rompslomp.{name}"' in everything, name
        assert "(contract " in switch.sentence
        assert switch.sentence.endswith(".")
        assert not switch.allowed or switch.default in switch.allowed


@pytest.mark.parametrize(
    ("name", "value", "path", "status", "kind"),
    [
        ("authorization_status", 401, "contacts", 401, "client.authorization.invalid_scope"),
        ("parameters_status", 422, "vat_types?per_page=0", 422, "client.parameters.invalid_parameter_value"),
    ],
)
def test_status_switches(sandbox: Sandbox, name: str, value: Any, path: str, status: int, kind: str) -> None:
    """Follows contract 6: the assumed statuses."""
    api = RompslompApi(sandbox).with_token("public")
    api.switch(**{name: value})
    assert_refused(api.get(path), status, kind)


def test_token_and_company_switches(sandbox: Sandbox) -> None:
    """Follows contract 2, 3: the assumed refusals of tokens and hidden companies."""
    api = RompslompApi(sandbox)
    api.switch(unknown_token="client.authentication", missing_token="client.authentication.invalid_token")
    api.switch(hidden_company=403)
    assert_refused(RompslompApi(sandbox, token="?").get("/me"), 401, "client.authentication")
    assert_refused(RompslompApi(sandbox, token="").get("/me"), 401, "client.authentication.invalid_token")
    api.company = 12
    assert_refused(api.get("contacts"), 403, "client.authorization.access_denied")


def test_default_switches(sandbox: Sandbox) -> None:
    """Follows contract 9.2, 9.3, 9.5: the assumed defaults."""
    api = RompslompApi(sandbox)
    api.switch(
        default_country="", default_payment_method="pay_ideal", number_sold_rises=False, vat_low_ends="2999-01-01"
    )
    api.switch(code_lifetime_s=1, rate_window_s=1)
    assert api.make("contacts", company_name="X")["country_code"] is None
    product = api.list("products")[0]
    line = {"description": "x", "price_per_unit": 1, "product_id": product["id"]}
    assert api.make("sales_invoices", invoice_lines=[line], _publish=True)["payment_method"] == "pay_ideal"
    assert api.show("products", product)["number_sold"] == 0
    assert "vat_low" in {part["name"] for part in api.list("vat_types")}


def test_pdf_offsets() -> None:
    """Contract 9.5: a reader finds each object where the table says it is."""
    file = page(["Eén (1)", "twee\\", "drie\nvier"])
    start = int(file.split(b"startxref\n")[1].split()[0])
    entries = file[start:].split(b"\n")[3:8]
    for number, entry in enumerate(entries, start=1):
        assert file[int(entry[:10]) :].startswith(b"%d 0 obj" % number)
    length = int(file.split(b"/Length ")[1].split()[0])
    stream = file.partition(b"stream\n")[2]
    assert stream[length:].startswith(b"\nendstream")
