"""Work orders as people archive them in Simple-Simon, and the documents that come of them."""

from decimal import Decimal
from typing import Any

from tests.helpers.tenants import CoupledTenant, call_simon

TIMES = [{"TimeType": "Travel", "Minutes": 15}, {"TimeType": "Work", "Minutes": 120}]


def item_id(coupled: CoupledTenant, code: str = "ONT-7") -> int:
    return int(next(row["Id"] for row in coupled.simon("Item") if row["Code"] == code))


def archive_work_order(coupled: CoupledTenant, **changes: Any) -> dict[str, Any]:
    """A work order as in the requirements: material, 15 minutes of travel, 120 of work."""
    used = [{"ItemId": item_id(coupled), "Quantity": 2}]
    work_order = {"Description": "Cv-ketel nazien", "UsedItems": used, "TimeSheets": TIMES}
    return coupled.archive(**{"CustomerId": coupled.simon("Customer")[0]["Id"], **work_order, **changes})


def document_lines(coupled: CoupledTenant, document: dict[str, Any]) -> list[tuple[str, Decimal | None]]:
    """Return (description, quantity) of each line; text lines have no quantity."""
    if coupled.package == "unit4":
        return [
            (line["description"], None if line["orderLineType"] == 3 else Decimal(str(line["quantityOrdered"])))
            for line in document["orderLines"]
        ]
    return [
        (line["description"], None if line["product_id"] is None else Decimal(line["quantity"]))
        for line in document["invoice_lines"]
    ]


def only_document_of(coupled: CoupledTenant, work_order: dict[str, Any]) -> dict[str, Any]:
    name = "reference" if coupled.package == "unit4" else "api_reference"
    reference = f"WB-{work_order['Number']}-{work_order['Id']}"
    documents = [row for row in coupled.documents() if row.get(name) == reference]
    assert len(documents) == 1, f"{len(documents)} documents of {reference}"
    return documents[0]


def create_address_without_customer(coupled: CoupledTenant) -> int:
    return int(call_simon(coupled, "POST", "Location", {"Name": "Los adres", "City": "Goes"})["Id"])


def change_in_simon(coupled: CoupledTenant, path: str, changes: dict[str, Any]) -> None:
    call_simon(coupled, "PUT", path, {**call_simon(coupled, "GET", path), **changes})
