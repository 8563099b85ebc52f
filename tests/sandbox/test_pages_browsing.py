"""The pages that only show: the overview, the documents, and what every page has in common."""

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import urljoin

import pytest
import requests

from tests.helpers.sandboxes import Sandbox
from tests.sandbox.rompslomp_api import RompslompApi
from tests.sandbox.unit4_api import ORDER, Unit4Api
from tests.sandbox.web_pages import get, text_of

POLICY = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"


def links(html: str) -> set[str]:
    return {unescape(link) for link in re.findall(r'(?:href|src)="([^"#]+)"', html)}


def walked(sandbox: Sandbox) -> Iterator[tuple[str, requests.Response]]:
    """Every page that can be reached from the overview, once."""
    ahead, seen = ["/"], {"/"}
    while ahead:
        path = ahead.pop()
        answer = requests.get(urljoin(sandbox.root, path), timeout=10)
        yield path, answer
        if answer.headers["Content-Type"].startswith("text/html"):
            new_paths = {urljoin(path, link) for link in links(answer.text)} - seen
            seen |= new_paths
            ahead += sorted(new_paths)


def test_the_overview_says_what_is_served(sandbox: Sandbox) -> None:
    """Addresses, log-ins, and every account, those made by control call too."""
    sandbox.control.call("POST", "simon/accounts", {"title": "Jansen & <Zn>"})
    text = text_of(get(sandbox, "/"))
    for values in sandbox.access.values():
        assert all(str(value) in text for value in values.values())
    assert "Jansen & <Zn> 2222000000000002 kantoor2@voorbeeld.nl met wachtwoord voorbeeld-2" in text
    assert "boekhouder@voorbeeld.nl met wachtwoord voorbeeld" in text
    assert "MVL00002 Multivers-gebruiker SYSTEEM zonder wachtwoord" in text


def test_every_link_leads_somewhere_and_no_page_lets_anything_in(sandbox: Sandbox) -> None:
    """The policy is strict: nothing inline, nothing from elsewhere; all pages are Dutch and fit a small screen."""
    Unit4Api(sandbox).post("Order", ORDER)
    sandbox.control.call("POST", "seed", {"tenants": 1, "customers": 3, "articles": 3, "work_orders": 3})
    paths = []
    for path, answer in walked(sandbox):
        assert answer.status_code == 200, path
        paths.append(path)
        assert not re.search(r'(?:href|src)="(?:https?:)?//', answer.text)
        if answer.headers["Content-Type"].startswith("text/html"):
            assert answer.headers["Content-Security-Policy"] == POLICY
            assert not re.search(r"<style|<script(?! src=)| style=| on\w+=", answer.text)
            assert '<html lang="nl">' in answer.text
            assert 'name="viewport"' in answer.text
            assert len(re.findall("<h1>", answer.text)) == 1
    assert any(path.endswith("/documents/20240001") for path in paths)
    assert any("/work-orders/" in path for path in paths)


def test_the_documents_of_a_package(sandbox: Sandbox) -> None:
    """Header, customer, lines and totals, as the package has them; newest first."""
    api = Unit4Api(sandbox)
    api.post("Order", ORDER)
    api.post("Order", {**ORDER, "reference": "tweede <b>", "customerId": "1002"})
    text = text_of(get(sandbox, "/people/unit4/MVL00001"))
    assert text.index("20240002") < text.index("20240001")
    first = text_of(get(sandbox, "/people/unit4/MVL00001/documents/20240001"))
    for part in ("1001 Installatiebedrijf De Boer B.V.", "9712 AB GRONINGEN", "Kenmerk WO-2024-000123", "05-07-2024"):
        assert part in first
    assert "80.300 Werkzaamheden 4 juli 2,5 stuk 61,40 153,50 Uitgevoerd door ploeg 2" in first
    assert "Exclusief btw € 153,50 Btw € 32,24 Totaal € 185,74" in first
    assert "tweede <b>" in text


def test_the_invoices_of_rompslomp(sandbox: Sandbox) -> None:
    """A concept shows its id, a published one its number; prices keep their decimals."""
    api = RompslompApi(sandbox)
    contact = next(row for row in api.list("contacts") if row["company_name"] == "Bakkerij 't Stoepje")
    lines = [{"description": "Kraan & koppeling", "price_per_unit": "12.345", "quantity": "3"}]
    made = api.make("sales_invoices", contact_id=contact["id"], api_reference="WB-1-2", invoice_lines=lines)
    page = f"/people/rompslomp/{api.company}"
    text = text_of(get(sandbox, page))
    assert f"Concept {made['id']} concept" in text
    assert "Bakkerij 't Stoepje Dorpsstraat 12 3431 AB Nieuwegein Kenmerk WB-1-2" in text
    assert "Kraan & koppeling 3 12,345 37,04" in text
    assert "Exclusief btw € 37,04 Btw € 7,78 Totaal € 44,82" in text
    number = api.change("sales_invoices", made, _publish=True)["invoice_number"]
    assert f"{number} gepubliceerd" in text_of(get(sandbox, f"{page}/documents/{made['id']}"))


def test_many_documents_come_in_pages(sandbox: Sandbox) -> None:
    """A page lists twenty at a time, each once."""
    company = sandbox.access["rompslomp"]["company_id"]
    sandbox.control.call("POST", "rompslomp/fill", {"account": company, "invoices": 45})
    pages = [
        re.findall(r"/documents/(\d+)", get(sandbox, f"/people/rompslomp/{company}?page={n}")) for n in range(1, 5)
    ]
    assert [len(ids) for ids in pages] == [20, 20, 5, 0]
    assert len({id for ids in pages for id in ids}) == 45
    assert get(sandbox, f"/people/rompslomp/{company}?page=x") == get(sandbox, f"/people/rompslomp/{company}")


@pytest.mark.parametrize(
    "path",
    [
        "/people/simon/0",
        "/people/unit4/MVL9",
        "/people/nobody/1",
        "/people/rompslomp/x",
        "/people/unit4/MVL00001/documents/1",
        "/people/rompslomp/1/documents/x",
        "/people/simon/1111222233334444/work-orders/1",
        "/people/files/nothing.css",
        "/people/files/..%2Fpages.py",
    ],
)
def test_what_is_not_there(sandbox: Sandbox, path: str) -> None:
    """A page or a plain 404, never a fault."""
    get(sandbox, path, 404)
