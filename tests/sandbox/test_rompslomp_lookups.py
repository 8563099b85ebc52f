"""Rompslomp sandbox: the lists that can only be read, faults in lists, and much data at once."""

import pytest

from tests.helpers.sandboxes import Sandbox
from tests.sandbox.rompslomp_api import RompslompApi, assert_refused


def test_vat_types(sandbox: Sandbox) -> None:
    """Contract 9.4, 13: the ids that clients know, and the same ones in every company."""
    api = RompslompApi(sandbox)
    rows = {row["name"]: row for row in api.list("vat_types")}
    assert {name: row["value"] for name, row in rows.items()} == {
        "vat_high": "0.21",
        "vat_low_new": "0.09",
        "vat_zero": "0.0",
        "vat_none": "0.0",
        "vat_reverse_charged": "0.0",
        "vat_custom": None,
    }
    assert [rows[name]["id"] for name in ("vat_high", "vat_zero", "vat_none", "vat_reverse_charged")] == [
        701184043,
        681363806,
        688369464,
        775036437,
    ]
    api.company = api.companies()["De Vries Verhuur"]
    assert api.list("vat_types") == list(rows.values())


def test_old_low_rate(sandbox: Sandbox) -> None:
    """Follows contract 13: 6% only for a day before 2019."""
    api = RompslompApi(sandbox)
    assert {row["name"]: row["value"] for row in api.list("vat_types", since="2018-12-31")}["vat_low"] == "0.06"
    assert "vat_low" not in {row["name"] for row in api.list("vat_types", since="2019-01-01")}
    assert_refused(api.get("vat_types", since="ooit"), 400, "client.parameters.invalid_parameter_value")


def test_accounts(sandbox: Sandbox) -> None:
    """Contract 9.4: a tree of more than 40, with joined names and HTML entities."""
    accounts = {row["path"]: row for row in RompslompApi(sandbox).list("accounts", per_page=100)}
    assert len(accounts) > 40
    phone = accounts["profit.costs.other_costs.phone_internet"]
    assert phone["path_name"] == "Kosten • Overige kosten • Telefoon &amp; internet"
    assert (phone["reference"], phone["type"]) == ("P1.5.1", "costs")
    assert phone["parent_id"] == accounts["profit.costs.other_costs"]["id"]
    expected = {
        "activa": "B1",
        "profit.revenue": "P2",
        "profit.revenue.other": "P2.1",
        "profit.revenue.payment_differences": "P2.2",
        "profit.costs.selling.promotional_gifts": "P1.4.3",
        "profit.costs.other_costs.misc": "P1.5.8",
        "profit.costs.payment_differences": "P1.10",
        "vat_to_pay_revenue.vat_private_use": "H1.6",
    }
    assert {path: accounts[path]["reference"] for path in expected} == expected
    assert any(path.endswith("_custom") for path in accounts)


@pytest.mark.parametrize(("selection", "number"), [("payment", 2), ("revenue", 4), ("costs", 22), ("ledger", 42)])
def test_account_selections(sandbox: Sandbox, selection: str, number: int) -> None:
    """Follows contract 8; bank and cash are what one pays with."""
    assert len(RompslompApi(sandbox).list("accounts", selection=selection, per_page=100)) == number


def test_account_paths(sandbox: Sandbox) -> None:
    """Follows contract 8."""
    paths = ["activa.current_assets.liquid_assets.bank", "profit.revenue"]
    rows = RompslompApi(sandbox).list("accounts", **{"selection": "all", "search[paths][]": paths})
    assert {row["path"] for row in rows} == set(paths)


def test_accounts_selection_switch(sandbox: Sandbox) -> None:
    """Contract 8, switch: the selection may be required."""
    api = RompslompApi(sandbox)
    api.switch(accounts_selection_required=True)
    assert_refused(api.get("accounts"), 400, "client.parameters.missing_parameter")
    assert api.get("accounts", selection="all").status_code == 200


def test_templates(sandbox: Sandbox) -> None:
    """Follows contract 9.4, 13: one default and one other; a switch moves them to another scope."""
    api = RompslompApi(sandbox)
    assert [row["is_default"] for row in api.list("templates")] == [False, True]
    public = api.with_token("public")
    assert public.get("templates").status_code == 200
    api.switch(templates_scope="manage:sales_invoices")
    assert_refused(public.get("templates"), 403, "client.authorization.invalid_scope")


def test_single_lookups(sandbox: Sandbox) -> None:
    """Contract 8: list and show."""
    api = RompslompApi(sandbox)
    for plural in ("vat_types", "accounts", "templates"):
        row = api.list(plural)[0]
        assert api.show(plural, row) == row
        assert_refused(api.get(f"{plural}/12"), 404, "client.not_found.resource")


def test_lost_page(sandbox: Sandbox) -> None:
    """Faults: a page without its rows, silently."""
    api = RompslompApi(sandbox)
    api.fault(kind="lost_page", path="contacts", skip=1)
    pages = [api.get("contacts", page=n, per_page=5) for n in (1, 2, 3)]
    assert [len(page.json()["contacts"]) for page in pages] == [5, 0, 4]
    assert {page.headers["X-Total"] for page in pages} == {"14"}


def test_moving_total(sandbox: Sandbox) -> None:
    """Faults: a total that is one off."""
    api = RompslompApi(sandbox)
    api.fault(kind="moving_total")
    assert [api.get("contacts").headers["X-Total"] for _ in range(2)] == ["15", "14"]


def test_fill(sandbox: Sandbox) -> None:
    """Contract 13 and the size calls: much lifelike data, the same for the same seed."""
    api = RompslompApi(sandbox)
    wish = {"customers": 1200, "articles": 700, "invoices": 100, "seed": 7}
    data = []
    for _ in range(2):
        sandbox.server.reset()
        made = api.control("POST", "rompslomp/companies", {"name": "Groot"})
        assert api.control("POST", "rompslomp/fill", {"account": made["company_id"], **wish}) == {
            "customers": 1200,
            "articles": 700,
            "invoices": 100,
        }
        data.append(api.control("GET", f"rompslomp/companies/{made['company_id']}/data"))
    assert data[0] == data[1]
    contacts, products = data[0]["contacts"], data[0]["products"]
    assert (len(contacts), len(products), len(data[0]["sales_invoices"])) == (1200, 700, 100)
    assert len({row["contact_number"] for row in contacts}) == 1200
    assert len({row["invoice_line"]["product_code"] for row in products}) == 700
    names = " ".join(row["name"] for row in contacts)
    assert "'" in names
    assert "&" in names
    assert any("/" in row["invoice_line"]["product_code"] for row in products)
    assert any(len(row["invoice_line"]["extended_description"] or "") > 300 for row in products)
    own = RompslompApi(sandbox, made["personal_token"], made["company_id"])
    assert own.make("contacts", company_name="Volgende")["contact_number"] == "K01201"
