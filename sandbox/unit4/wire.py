"""Stored rows as the records that go over the wire: every member present, dates as text, empty values filled in."""

from datetime import date
from decimal import Decimal
from typing import Any

import orjson

from sandbox.unit4.administration import Unit4Administration
from sandbox.unit4.custom_fields import custom_properties
from sandbox.unit4.dates import dutch, iso
from sandbox.unit4.layout import Layout, Row
from sandbox.unit4.records import (
    ADDRESS,
    ADDRESS_INFO,
    CUSTOMER,
    CUSTOMER_INFO,
    ORGANIZATION_INFO,
    PRODUCT,
    PRODUCT_INFO,
    STOCK,
)

CUSTOMER_DATES = ("dateCreated", "dateChanged", "cocDate", "vatVerificationDate")
_EDIT_ONLY = ("customProperties", "supplierId")  # members of a stored customer that its Info does not have
_STOCKED = 2


def dumps(payload: Any) -> bytes:
    return orjson.dumps(payload, default=_scalar)


def _scalar(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)  # money has few decimals, so the shortest form of the float is the amount
    raise TypeError(f"{type(value).__name__} does not go over the wire")


def filled(layout: Layout, row: Row) -> Row:
    """Fill the members of a layout from a row that may hold others; dates as Dutch text."""
    record = {name: row.get(name, empty) for name, empty in layout.blank.items()}
    for name, value in record.items():
        if isinstance(value, date):
            record[name] = dutch(value)
    return record


def nvl(pairs: dict[Any, str]) -> list[dict[str, str]]:
    """Write a name/value list: the name is the key, the value its description (contract 1)."""
    return [{"name": str(name), "value": value} for name, value in pairs.items()]


def customer_info(row: Row, iso_dates: bool = False) -> Row:
    """Write a CustomerInfo (contract 7); ``iso_dates`` is the exception of contract 3."""
    record = CUSTOMER_INFO.blank | row
    record["customerOrganizationId"] = row["organizationId"]
    for name in _EDIT_ONLY:
        record.pop(name, None)
    for name in CUSTOMER_DATES:
        if day := row.get(name):
            record[name] = iso(day) if iso_dates else dutch(day)
        elif iso_dates:
            record[name] = None
    return record


def customer(administration: Unit4Administration, row: Row) -> Row:
    """Write a Customer, the editable record (contract 7)."""
    addresses = administration.addresses_of.get(row["organizationId"], [])
    record = filled(CUSTOMER, row)
    record["person"] = row.get("contactPerson", "")
    record["addresses"] = [address(each) for each in addresses]
    record["fullAddress"] = full_address(row)
    record["fullDeliveryAddress"] = full_address(delivery_address(administration, row))
    record["hasOutstandingBalance"] = any(
        o.get("invoiceId") for o in administration.orders_of.get(row["customerId"], [])
    )
    record["database"] = administration.database
    record["customProperties"] = custom_properties(administration, "customer", row)
    return record


def delivery_address(administration: Unit4Administration, row: Row) -> Row:
    """Return where goods go: the first delivery address, else the customer itself."""
    return _first(administration, row, 0)


def invoice_address(administration: Unit4Administration, row: Row) -> Row:
    """Return where invoices go: the first invoice address, else the customer itself."""
    return _first(administration, row, 1)


def _first(administration: Unit4Administration, row: Row, kind: int) -> Row:
    addresses = administration.addresses_of.get(row["organizationId"], [])
    return next((each for each in addresses if each.get("addressType", 0) == kind), row)


def full_address(row: Row) -> str:
    """Write name, street lines and ``zip   CITY``, split by line ends (contract 7)."""
    place = f"{row.get('zipCode', '')}   {row.get('city', '')}".strip()
    lines = (row.get("name", ""), row.get("street1", ""), row.get("street2", ""), place)
    return "\r\n".join(line for line in lines if line)


def address(row: Row) -> Row:
    """Write an Address, the editable record (contract 7)."""
    return filled(ADDRESS, row) | {"fullAddress": full_address(row)}


def address_info(row: Row) -> Row:
    """Write an AddressInfo: an address without what belongs to editing (contract 7)."""
    return filled(ADDRESS_INFO, row) | {"fullAddress": full_address(row)}


def organization_info(organization: int, row: Row) -> Row:
    record = filled(ORGANIZATION_INFO, row)
    record["organizationId"] = organization
    record["organizationStateId"] = row.get("customerStateId", "A")
    return record


def product_info(row: Row) -> Row:
    """Write a ProductInfo (contract 8)."""
    record = PRODUCT_INFO.blank | row
    for name in _PRODUCT_EDIT_ONLY & row.keys():
        del record[name]
    record["dateCreated"], record["lastUpdate"] = dutch(row["dateCreated"]), dutch(row["lastUpdate"])
    return record


PRODUCT_NAMES = {"priceVatExcl": "priceExclVat", "priceVatIncl": "priceInclVat", "currentStock": "technicalStock",
                 "projectSurchargePerc": "projectSurcharge"}  # fmt: skip
_PRODUCT_EDIT_ONLY = PRODUCT.fields.keys() - PRODUCT_INFO.fields.keys()


def product(administration: Unit4Administration, row: Row) -> Row:
    """Write a Product, the editable record: the same row under the names of contract 8."""
    record = filled(PRODUCT, row)
    for name, stored in PRODUCT_NAMES.items():
        record[name] = row.get(stored, 0.0)
    record["projectEntryType"] = int(row.get("projectEntryType", 0))
    record["productDescriptions"] = row.get("productDescriptions") or [
        {"languageId": "NL", "description": row.get("description", ""), "unit": row.get("unit", "")}
    ]
    if row.get("productType", 0) == _STOCKED:
        stock = row.get("technicalStock", 0.0)
        levels = {"technicalStock": stock, "availableStock": stock, "economicalStock": stock}
        record["stocks"] = [STOCK.blank | {"warehouseId": "1", "description": "Magazijn", **levels}]
    record["customProperties"] = custom_properties(administration, "product", row)
    return record
