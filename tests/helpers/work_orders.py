"""Work orders as people archive them in Simple-Simon, and the documents that come of them."""

from typing import Any

from tests.helpers.documents import BookedDocument
from tests.helpers.tenants import CoupledTenant, call_simon

TIMES = [{"TimeType": "Travel", "Minutes": 15}, {"TimeType": "Work", "Minutes": 120}]


def item_id(coupled: CoupledTenant, code: str = "ONT-7") -> int:
    """Return the id in Simon of the article with this code."""
    return int(next(row["Id"] for row in coupled.simon("Item") if row["Code"] == code))


def archive_work_order(coupled: CoupledTenant, **changes: Any) -> dict[str, Any]:
    """Archive a work order as in the requirements: material, 15 minutes of travel, 120 of work."""
    used = [{"ItemId": item_id(coupled), "Quantity": 2}]
    work_order = {"Description": "Cv-ketel nazien", "UsedItems": used, "TimeSheets": TIMES}
    return coupled.archive(**{"CustomerId": coupled.simon("Customer")[0]["Id"], **work_order, **changes})


def reference_of(work_order: dict[str, Any]) -> str:
    """Return the reference that the document of a work order has."""
    return f"WB-{work_order['Number']}-{work_order['Id']}"


def documents_of(coupled: CoupledTenant, work_order: dict[str, Any]) -> list[BookedDocument]:
    """Return all documents of a work order; there should be one."""
    return [document for document in coupled.documents() if document.reference == reference_of(work_order)]


def only_document_of(coupled: CoupledTenant, work_order: dict[str, Any]) -> BookedDocument:
    """Return the document of a work order; fail when there is none, or another one too."""
    documents = documents_of(coupled, work_order)
    assert len(documents) == 1, f"{len(documents)} documents of {reference_of(work_order)}"
    return documents[0]


def create_address_without_customer(coupled: CoupledTenant) -> int:
    """Make a work address in Simon that belongs to nobody, and return its id."""
    return int(call_simon(coupled, "POST", "Location", {"Name": "Los adres", "City": "Goes"})["Id"])


def change_in_simon(coupled: CoupledTenant, path: str, changes: dict[str, Any]) -> None:
    """Change some fields of a record in Simon, as a person at the office does."""
    call_simon(coupled, "PUT", path, {**call_simon(coupled, "GET", path), **changes})


def archive_anywhere(coupled: CoupledTenant) -> None:
    places = coupled.simon("Location")
    place = places[0]["Id"] if places else call_simon(coupled, "POST", "Location", {"Name": "Los adres"})["Id"]
    coupled.archive(LocationId=place, Description="Werk")
