"""Rompslomp sandbox: paging, order, selections and searches."""

from datetime import UTC, datetime
from itertools import chain
from typing import Any

import pytest

from tests.helpers.sandboxes import Sandbox
from tests.sandbox.rompslomp_api import RompslompApi, assert_refused


def _with_contacts(sandbox: Sandbox, number: int) -> RompslompApi:
    api = RompslompApi(sandbox)
    made = api.control("POST", "rompslomp/companies", {"name": "Leeg"})
    api = RompslompApi(sandbox, made["personal_token"], made["company_id"])
    for n in range(number):
        api.make("contacts", company_name=f"Klant {n}", is_supplier=n % 3 == 0)
    return api


def test_default_page(sandbox: Sandbox) -> None:
    """Contract 4: 40 per page from page 1, told in three headers."""
    api = _with_contacts(sandbox, 45)
    answer = api.get("contacts")
    assert len(answer.json()["contacts"]) == 40
    assert [answer.headers[name] for name in ("X-Page", "X-Per-Page", "X-Total")] == ["1", "40", "45"]
    assert "Link" not in answer.headers
    assert answer.json().keys() == {"contacts"}


def test_every_record_once_newest_first(sandbox: Sandbox) -> None:
    """Contract 4: pages join up; past the end there is an empty list with the same total."""
    api = _with_contacts(sandbox, 25)
    pages = [api.get("contacts", page=n, per_page=10) for n in range(1, 5)]
    names = [[row["name"] for row in page.json()["contacts"]] for page in pages]
    assert [len(page) for page in names] == [10, 10, 5, 0]
    assert list(chain(*names)) == [f"Klant {n}" for n in range(24, -1, -1)]
    assert {page.headers["X-Total"] for page in pages} == {"25"}


def test_oldest_first(sandbox: Sandbox) -> None:
    """Contract 4, switch: the other order."""
    api = _with_contacts(sandbox, 5)
    api.switch(order="oldest_first")
    assert [row["name"] for row in api.list("contacts", per_page=2, page=2)] == ["Klant 2", "Klant 3"]


def test_vat_types_oldest_first(sandbox: Sandbox) -> None:
    """Contract 4: whatever the order of other lists."""
    assert RompslompApi(sandbox).list("vat_types")[0]["name"] == "vat_high"


def test_page_size_over_the_limit(sandbox: Sandbox) -> None:
    """Follows contract 4: clamped to 100, unless switched to a refusal."""
    api = RompslompApi(sandbox)
    assert api.get("accounts", per_page=200).headers["X-Per-Page"] == "100"
    api.switch(per_page_over_100="refuse")
    assert_refused(api.get("accounts", per_page=200), 400, "client.parameters.invalid_parameter_value")


@pytest.mark.parametrize("query", ["per_page=0", "per_page=-1", "per_page=x", "per_page=", "page=0", "page=1.5"])
def test_bad_paging(sandbox: Sandbox, query: str) -> None:
    """Contract 4: refused, unless switched to the default."""
    api = RompslompApi(sandbox)
    assert_refused(api.get(f"contacts?{query}"), 400, "client.parameters.invalid_parameter_value")
    api.switch(bad_paging="default")
    assert api.get(f"contacts?{query}").headers["X-Per-Page"] == "40"


def test_page_past_the_end_switch(sandbox: Sandbox) -> None:
    """Follows contract 4, switch."""
    api = RompslompApi(sandbox)
    api.switch(page_past_end="not_found")
    assert_refused(api.get("contacts", page=9), 404, "client.not_found.resource")


def test_lists_of_companies_and_layouts_are_paged_too(sandbox: Sandbox) -> None:
    """Contract 4: every list is."""
    api = RompslompApi(sandbox)
    for path, total in (("/companies", "3"), ("templates", "2"), ("vat_types", "6"), ("accounts", "44")):
        answer = api.get(path, per_page=1, page=2)
        assert (answer.headers["X-Total"], len(next(iter(answer.json().values())))) == (total, 1)


def test_unknown_query_keys(sandbox: Sandbox) -> None:
    """Contract 4: a bare q is ignored and gives everything."""
    api = RompslompApi(sandbox)
    assert len(api.list("contacts", q="stoepje", query="x", sort="name")) == 14
    assert api.get("hours", selection="nonsense").status_code == 200


def test_unknown_selection(sandbox: Sandbox) -> None:
    """Contract 4: refused, unless switched."""
    api = RompslompApi(sandbox)
    assert_refused(api.get("contacts", selection="archived"), 400, "client.parameters.invalid_parameter_value")
    api.switch(unknown_selection="ignore")
    assert len(api.list("contacts", selection="archived")) == 14


@pytest.mark.parametrize(("selection", "number"), [("all", 14), ("customers", 12), ("suppliers", 2)])
def test_contact_selections(sandbox: Sandbox, selection: str, number: int) -> None:
    """Follows contract 8, 9.2."""
    assert len(RompslompApi(sandbox).list("contacts", selection=selection)) == number


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("STOEPJE", "Bakkerij 't Stoepje"),
        ("kees jansen", "Jansen & Zn. Loodgieters"),
        ("receptie@anker", "Hotel-Restaurant 'Het Anker' B.V."),
        ("30112233", "Bakkerij 't Stoepje"),
        ("ANKER-01", "Hotel-Restaurant 'Het Anker' B.V."),
        ("hauptstraße", "Müller Heizungsbau GmbH"),
        ("0111-41", "Hotel-Restaurant 'Het Anker' B.V."),
        ("DE123", "Müller Heizungsbau GmbH"),
        ("3581 rk", "Anouk de Vries"),
        ("zierik", "Hotel-Restaurant 'Het Anker' B.V."),
    ],
)
def test_contact_search(sandbox: Sandbox, query: str, name: str) -> None:
    """Follows contract 8: in each of the ten fields, as a substring, whatever the case."""
    assert [row["name"] for row in RompslompApi(sandbox).list("contacts", **{"search[q]": query})] == [name]


def test_contact_search_skips_other_fields(sandbox: Sandbox) -> None:
    """Contract 8: free fields are not searched."""
    assert RompslompApi(sandbox).list("contacts", **{"search[q]": "Vaste klant"}) == []


def test_search_follows_changes(sandbox: Sandbox) -> None:
    """Contract 8: what changed is found under its new words only, also on a page that was read before."""
    api = RompslompApi(sandbox)
    contact = api.list("contacts", **{"search[q]": "bakkerij"})[0]
    api.change("contacts", contact, company_name="Croissanterie Zonnig")
    assert api.list("contacts", **{"search[q]": "bakkerij"}) == []
    assert api.list("contacts", **{"search[q]": "croissant"})[0]["id"] == contact["id"]
    assert api.delete(f"contacts/{contact['id']}").status_code == 204
    assert api.list("contacts", **{"search[q]": "croissant"}) == []


@pytest.mark.parametrize(
    ("how", "query", "number"), [("prefix", "stoepje", 0), ("prefix", "bakkerij", 1), ("exact", "bakkerij", 0)]
)
def test_search_match_switch(sandbox: Sandbox, how: str, query: str, number: int) -> None:
    """Follows contract 8, switch."""
    api = RompslompApi(sandbox)
    api.switch(search_match=how)
    assert len(api.list("contacts", **{"search[q]": query})) == number


def test_email_search_is_exact(sandbox: Sandbox) -> None:
    """Follows contract 8."""
    api, key = RompslompApi(sandbox), "search[contact_person_email_address]"
    assert len(api.list("contacts", **{key: "info@stoepje.example"})) == 1
    assert api.list("contacts", **{key: "info@stoepje"}) == []


def test_search_and_selection_go_together(sandbox: Sandbox) -> None:
    """Contract 4: both must hold, unless switched."""
    api = RompslompApi(sandbox)
    query = {"selection": "suppliers", "search[q]": "stoepje"}
    assert api.list("contacts", **query) == []
    api.switch(search_ignores_selection=True)
    assert len(api.list("contacts", **query)) == 1


def test_search_combination(sandbox: Sandbox) -> None:
    """Contract 4: several search keys all hold, unless switched."""
    api = RompslompApi(sandbox)
    query = {"search[q]": "anker", "search[contact_person_email_address]": "info@stoepje.example"}
    assert api.list("contacts", **query) == []
    api.switch(search_combination="or")
    assert len(api.list("contacts", **query)) == 2


def test_product_codes(sandbox: Sandbox) -> None:
    """Contract 4, 9.3: repeated keys, exact codes."""
    api = RompslompApi(sandbox)
    products = api.list("products", params={}, **{"search[product_codes][]": ["UREN", "KK-15/22", "ont-7", "UR"]})
    assert [row["invoice_line"]["product_code"] for row in products] == ["KK-15/22", "UREN"]
    api.switch(product_codes_match="case_insensitive")
    assert len(api.list("products", **{"search[product_codes][]": "ont-7"})) == 1


@pytest.mark.parametrize(("query", "number"), [("ontsteker", 1), ("kk-15", 1), ("messing", 0)])
def test_product_search(sandbox: Sandbox, query: str, number: int) -> None:
    """Follows contract 8: code and description, not the long text."""
    assert len(RompslompApi(sandbox).list("products", **{"search[q]": query})) == number


def _invoices(api: RompslompApi) -> dict[str, int]:
    contact = api.list("contacts")[0]["id"]
    line = {"description": "x", "price_per_unit": "100"}
    old = api.make("sales_invoices", date="2026-01-10", invoice_lines=[line], contact_id=contact, _publish=True)
    new = api.make("sales_invoices", date="2026-02-10", invoice_lines=[line], api_reference="order-1")
    credit = api.make("sales_invoices", date="2026-02-12", invoice_lines=[line | {"price_per_unit": "-100"}])
    paid = {"amount": "121", "paid_at": "2026-02-20"}
    done = api.make("sales_invoices", date="2026-02-15", invoice_lines=[line], payments=[paid], _publish=True)
    return {"old": old["id"], "new": new["id"], "credit": credit["id"], "done": done["id"]}


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ({}, "done credit new old"),
        ({"selection": "published"}, "done old"),
        ({"selection": "concept"}, "credit new"),
        ({"selection": "unpaid"}, "old"),
        ({"selection": "expired"}, "old"),
        ({"selection": "credit_invoices"}, "credit"),
        ({"selection": "overpaid"}, ""),
        ({"selection": "imported"}, ""),
        ({"selection": "questionable_or_unpayable"}, ""),
        ({"selection": "debt_collector"}, ""),
        ({"search[from]": "2026-02-10"}, "done credit new"),
        ({"search[till]": "2026-02-10"}, "new old"),
        ({"search[from]": "2026-02-01", "search[till]": "2026-02-12"}, "credit new"),
        ({"search[api_reference]": "order-1"}, "new"),
        ({"search[api_reference]": "order"}, ""),
        ({"search[contact_id]": "1"}, ""),
    ],
)
def test_invoice_filters(sandbox: Sandbox, query: dict[str, Any], wanted: str) -> None:
    """Contract 8, 9.5: selections and searches on the document's own date."""
    api = RompslompApi(sandbox)
    sandbox.server.world.clock.freeze(datetime(2026, 3, 1, 12, tzinfo=UTC))
    made = _invoices(api)
    names = {number: name for name, number in made.items()}
    assert [names[row["id"]] for row in api.list("sales_invoices", **query)] == wanted.split()


def test_invoices_of_a_contact(sandbox: Sandbox) -> None:
    """Follows contract 8."""
    api = RompslompApi(sandbox)
    made = _invoices(api)
    contact = api.show("sales_invoices", {"id": made["old"]})["contact_id"]
    assert [row["id"] for row in api.list("sales_invoices", **{"search[contact_id]": contact})] == [made["old"]]


@pytest.mark.parametrize("query", ["search[from]=gisteren", "search[till]=2026-13-01", "search[contact_id]=x"])
def test_searches_that_cannot_be_read(sandbox: Sandbox, query: str) -> None:
    """Follows contract 6."""
    assert_refused(
        RompslompApi(sandbox).get(f"sales_invoices?{query}"), 400, "client.parameters.invalid_parameter_value"
    )


def test_expiry_moves_with_the_clock(sandbox: Sandbox) -> None:
    """Contract 9.5, 13: expired counts from the day in Amsterdam."""
    api, clock = RompslompApi(sandbox), sandbox.server.world.clock
    clock.freeze()
    api.make("sales_invoices", invoice_lines=[{"description": "x", "price_per_unit": 1}], _publish=True)
    assert api.list("sales_invoices", selection="expired") == []
    clock.advance(31 * 86_400)
    assert len(api.list("sales_invoices", selection="expired")) == 1


def test_search_lags_behind(sandbox: Sandbox) -> None:
    """Contract 10, switch: a search may not see what was just made; lists do."""
    api, clock = RompslompApi(sandbox), sandbox.server.world.clock
    clock.freeze()
    api.switch(search_lag_s=5)
    api.make("sales_invoices", api_reference="order-9")
    assert api.list("sales_invoices", **{"search[api_reference]": "order-9"}) == []
    assert len(api.list("sales_invoices")) == 1
    clock.advance(5)
    assert len(api.list("sales_invoices", **{"search[api_reference]": "order-9"})) == 1
