"""The lines that products, invoices, quotations and expenses have, and how they are computed (contract 9.5)."""

import copy
from collections import defaultdict
from decimal import Decimal
from typing import Any

from sandbox.rompslomp.call import RompslompCall
from sandbox.rompslomp.errors import invalid
from sandbox.rompslomp.rows import ONE, ZERO, RompslompLine
from sandbox.rompslomp.shape import BodyShape
from sandbox.rompslomp.values import boolean, cents, dec, decimal, text, times, whole

LINE_FIELDS = {
    "description": text,
    "extended_description": text,
    "price_per_unit": decimal,
    "vat_rate": decimal,
    "vat_type_id": whole,
    "account_id": whole,
    "account_path": text,
}
LINE_AMOUNTS = frozenset({"price_without_vat", "price_with_vat", "vat_amount"})
LINE_SHAPE = BodyShape(
    {**LINE_FIELDS, "quantity": decimal, "product_id": whole},
    LINE_AMOUNTS | {"id"},
    on_update={"id": whole, "_destroy": boolean},
)
_LONGEST = 255


def render_line(line: RompslompLine) -> dict[str, Any]:
    return {
        "id": line.id,
        "description": line.description,
        "extended_description": line.extended_description,
        "price_per_unit": dec(line.price_per_unit),
        "price_with_vat": dec(line.net + line.vat),
        "price_without_vat": dec(line.net),
        "vat_amount": dec(line.vat),
        "vat_rate": dec(line.vat_rate),
        "vat_type_id": line.vat_type_id,
        "quantity": dec(line.quantity),
        "product_id": line.product_id,
        "account_id": line.account_id,
        "account_path": line.account_path,
    }


def fill_line(call: RompslompCall, line: RompslompLine, payload: dict[str, Any], problems: list[str]) -> None:
    """Put what was sent into a line and calculate it anew."""
    for name in ("description", "extended_description"):
        if name in payload:
            setattr(line, name, payload[name])
    if payload.get("price_per_unit") is not None:
        line.price_per_unit = payload["price_per_unit"]
    if "account_id" in payload or "account_path" in payload:
        account = call.account(payload, problems)
        line.account_id, line.account_path = (account.id, account.path) if account else (None, None)
    _fill_vat(call, line, payload, problems)
    calculate(line)


def _fill_vat(call: RompslompCall, line: RompslompLine, payload: dict[str, Any], problems: list[str]) -> None:
    """Fill in the VAT: the rate follows from the type; only the custom type has one of its own (contract 9.5)."""
    before = line.vat_type_id
    if "vat_type_id" in payload or not before:
        line.vat_type_id = payload.get("vat_type_id") or call.vat_type("vat_high").id
    vat_type = call.company.vat_types.get(line.vat_type_id)
    if vat_type is None:
        problems.append("Btw-type bestaat niet")
    elif vat_type.value is not None:
        line.vat_rate = vat_type.value
    elif payload.get("vat_rate") is not None:
        line.vat_rate = payload["vat_rate"]
        if not 0 <= line.vat_rate <= 1:
            problems.append("Btw-tarief moet tussen 0 en 1 liggen")
    elif line.vat_type_id != before or "vat_rate" in payload:
        problems.append("Btw-tarief moet opgegeven zijn")


def calculate(line: RompslompLine) -> None:
    line.net = cents(times(line.price_per_unit, line.quantity))
    line.vat = cents(times(line.net, line.vat_rate))


def merged(
    call: RompslompCall, present: list[RompslompLine], payload: list[dict[str, Any]], model: str
) -> tuple[list[RompslompLine], list[str]]:
    """Return the document's lines after what was sent, and what is wrong with them; the present ones stay as they are.

    An element with an id changes or removes that line, one without is added at the end (contract 7).
    """
    lines = {line.id: copy.copy(line) for line in present}
    added: list[RompslompLine] = []
    problems: list[str] = []
    for element in payload:
        line_id = element.get("id")
        if line_id is None:
            if not element.get("_destroy"):
                added.append(_new_line(call, element, problems))
        elif line_id not in lines:
            if call.switch("foreign_line_id") == "refuse":
                raise invalid(model, [f"Regel {line_id} staat niet op dit document"])
        elif element.get("_destroy"):
            del lines[line_id]
        else:
            _fill_document_line(call, lines[line_id], element, problems)
    return [*lines.values(), *added], problems


def _new_line(call: RompslompCall, payload: dict[str, Any], problems: list[str]) -> RompslompLine:
    line = RompslompLine()
    product = call.company.products.get(payload.get("product_id"))
    if product and call.switch("prefill_from_product"):
        for name in ("description", "extended_description", "price_per_unit", "vat_type_id", "vat_rate"):
            if payload.get(name) is None:
                payload = {**payload, name: getattr(product, name)}
    elif payload.get("price_per_unit") is None and call.switch("line_price_required"):
        problems.append("Stuksprijs moet opgegeven zijn")
    _fill_document_line(call, line, payload, problems)
    return line


def _fill_document_line(call: RompslompCall, line: RompslompLine, payload: dict[str, Any], problems: list[str]) -> None:
    if line.id and "price_per_unit" in payload and payload["price_per_unit"] is None:
        problems.append("Stuksprijs moet opgegeven zijn")
    if "quantity" in payload:
        line.quantity = ONE if payload["quantity"] is None else payload["quantity"]
    if "product_id" in payload:
        line.product_id = payload["product_id"]
        if line.product_id is not None and call.company.products.get(line.product_id) is None:
            problems.append("Product bestaat niet")
    fill_line(call, line, payload, problems)
    if call.switch("line_description_checked"):
        check_description(line.description, problems)


def check_description(description: str | None, problems: list[str], required: bool = True) -> None:
    if required and not (description or "").strip():
        problems.append("Omschrijving moet opgegeven zijn")
    elif len(description or "") > _LONGEST:
        problems.append(f"Omschrijving is te lang (maximaal {_LONGEST} tekens)")


def number_lines(call: RompslompCall, lines: list[RompslompLine]) -> None:
    """Give new lines their ids."""
    for line in lines:
        line.id = line.id or call.new_id()


def totals(call: RompslompCall, lines: list[RompslompLine]) -> tuple[Decimal, Decimal]:
    """Sum the net amount and the VAT of a document."""
    net = sum((line.net for line in lines), ZERO)
    if call.switch("rounding") == "line":
        return net, sum((line.vat for line in lines), ZERO)
    per_rate: defaultdict[Decimal, Decimal] = defaultdict(Decimal)
    for line in lines:
        per_rate[line.vat_rate] += line.net
    return net, sum((cents(times(amount, rate)) for rate, amount in per_rate.items()), ZERO)
