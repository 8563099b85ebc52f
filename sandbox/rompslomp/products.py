"""Products: what can be sold, each wrapped around one invoice line (contract 9.3)."""

from itertools import chain
from typing import Any

from sandbox.rompslomp.call import RompslompCall
from sandbox.rompslomp.lines import LINE_AMOUNTS, LINE_FIELDS, check_description, fill_line, render_line
from sandbox.rompslomp.resource import RowTest, Writable
from sandbox.rompslomp.rows import Product
from sandbox.rompslomp.shape import BodyShape
from sandbox.rompslomp.tables import RompslompTable
from sandbox.rompslomp.text_search import matcher
from sandbox.rompslomp.values import blank, boolean, text

_LINE = BodyShape({**LINE_FIELDS, "product_code": text}, LINE_AMOUNTS | {"id", "quantity", "product_id"})
_LONGEST_CODE = 100


class Products(Writable[Product]):
    singular, plural, model, scope = "product", "products", "Product", "manage:products"
    selections = ("all",)
    narrowed = True
    searches = ("search[q]", "search[product_codes][]")
    shape = BodyShape({"has_stock": boolean}, frozenset({"id", "number_sold"}), objects={"invoice_line": _LINE})

    def table(self, call: RompslompCall) -> RompslompTable[Product]:
        return call.company.products

    def search(self, call: RompslompCall, key: str, values: list[str]) -> RowTest[Product]:
        if key == "search[q]":
            return matcher(call, values[-1], lambda product: (product.product_code, product.description))
        if call.switch("product_codes_match") == "exact":
            return lambda product: product.product_code in values
        lowered = [value.lower() for value in values]
        return lambda product: (product.product_code or "").lower() in lowered

    def render(self, call: RompslompCall, row: Product) -> dict[str, Any]:
        return {
            "id": row.id,
            "number_sold": row.number_sold,
            "has_stock": row.has_stock,
            "invoice_line": {**render_line(row), "product_code": row.product_code},
        }

    def blank(self, call: RompslompCall) -> Product:
        return Product()

    def fill(self, call: RompslompCall, draft: Product, payload: dict[str, Any]) -> list[str]:
        if "has_stock" in payload:
            draft.has_stock = bool(payload["has_stock"])
        line: dict[str, Any] = payload.get("invoice_line") or {}
        problems: list[str] = []
        draft.sought = None
        fill_line(call, draft, line, problems)
        if line.get("price_per_unit") is None and (not draft.id or "price_per_unit" in line):
            problems.append("Stuksprijs moet opgegeven zijn")
        check_description(draft.description, problems, required=False)
        if "product_code" in line:
            self._fill_code(call, draft, line["product_code"], problems)
        return problems

    def _fill_code(self, call: RompslompCall, draft: Product, code: str | None, problems: list[str]) -> None:
        before, draft.product_code = draft.product_code, None if blank(code) else code
        if len(code or "") > _LONGEST_CODE:
            problems.append(f"Productcode is te lang (maximaal {_LONGEST_CODE} tekens)")
        taken = draft.product_code != before and draft.product_code in call.company.product_codes
        if taken and call.switch("product_code_unique"):
            problems.append("Productcode is al in gebruik")

    def keep(self, call: RompslompCall, draft: Product, payload: dict[str, Any]) -> None:
        company = call.company
        if (old := company.products.get(draft.id)) and old.product_code != draft.product_code:
            company.product_codes.discard(old.product_code or "")
        if draft.product_code is None:
            draft.product_code = company.new_product_code()
        company.product_codes.add(draft.product_code)

    def forget(self, call: RompslompCall, row: Product) -> None:
        call.company.product_codes.discard(row.product_code or "")
        if not call.switch("product_delete_unlinks"):
            return
        company = call.company
        documents = chain(company.sales_invoices, company.quotations, company.expenses)
        for line in chain.from_iterable(document.lines for document in documents):
            if line.product_id == row.id:
                line.product_id = None
