"""Every name that Simple-Simon uses, in one table: its API reference is not public, so most of them are assumptions.

When the vendor's papers differ, this file changes and nothing else does.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

DateStyle = Literal["iso_z", "iso_naive_local", "ms_date"]


@dataclass(frozen=True)
class EntityFields:
    """Describes a table of Simon: ``fields`` from our word to theirs, ``lengths`` of texts by our word."""

    name: str
    fields: Mapping[str, str]
    lengths: Mapping[str, int] = field(default_factory=dict)


_KEY_LENGTH = {"external_id": 50}
_COMMON = {"id": "Id", "external_id": "ExternalId", "active": "Active"}
_COMMON |= {"changed_at": "MutationDate", "made_at": "CreationDate"}
READ_ONLY = ("id", "changed_at", "made_at")
_PLACE = {"street": "Street", "postal_code": "PostalCode", "city": "City", "country_code": "CountryCode"}
_PLACE_LENGTHS = _KEY_LENGTH | {"street": 100, "postal_code": 20, "city": 100, "country_code": 2}
_REACH = {"phone": "Phone", "mobile": "Mobile", "email": "Email"}
_REACH_LENGTHS = {"phone": 50, "mobile": 50, "email": 255}

ENTITIES: Mapping[str, EntityFields] = {
    "customers": EntityFields(
        "Customer",
        _COMMON
        | _PLACE
        | _REACH
        | {
            "number": "CustomerNumber",
            "name": "Name",
            "vat_number": "VatNumber",
            "chamber_of_commerce_number": "ChamberOfCommerceNumber",
        },
        _PLACE_LENGTHS
        | _REACH_LENGTHS
        | {"number": 20, "name": 100, "vat_number": 30, "chamber_of_commerce_number": 20},
    ),
    "work_addresses": EntityFields(
        "Location",
        _COMMON | _PLACE | _REACH | {"customer_id": "CustomerId", "name": "Name", "contact_name": "ContactName"},
        _PLACE_LENGTHS | _REACH_LENGTHS | {"name": 100, "contact_name": 100},
    ),
    "article_groups": EntityFields(
        "ItemGroup", _COMMON | {"code": "Code", "name": "Name"}, _KEY_LENGTH | {"code": 20, "name": 100}
    ),
    "articles": EntityFields(
        "Item",
        _COMMON
        | {
            "group_id": "ItemGroupId",
            "code": "Code",
            "description": "Description",
            "unit": "Unit",
            "vat_code": "VatCode",
        },
        _KEY_LENGTH | {"code": 50, "description": 255, "unit": 20, "vat_code": 20},
    ),
    "work_orders": EntityFields(
        "WorkOrder",
        _COMMON
        | {
            "number": "Number",
            "work_address_id": "LocationId",
            "customer_id": "CustomerId",
            "status": "Status",
            "description": "Description",
            "archived_at": "ArchiveDate",
        },
    ),
    "used_articles": EntityFields(
        "UsedItem",
        _COMMON
        | {
            "work_order_id": "WorkOrderId",
            "article_id": "ItemId",
            "code": "ItemCode",
            "description": "Description",
            "quantity": "Quantity",
        },
    ),
    "times": EntityFields(
        "TimeSheet",
        _COMMON | {"work_order_id": "WorkOrderId", "kind": "TimeType", "minutes": "Minutes"},
    ),
    # not ours: only kept and put back with what they belong to
    "contacts": EntityFields(
        "Contact",
        _COMMON
        | {
            "customer_id": "CustomerId",
            "work_address_id": "LocationId",
            "first_name": "FirstName",
            "last_name": "LastName",
        },
    ),
    "equipment": EntityFields("Equipment", _COMMON | {"work_address_id": "LocationId", "name": "Name"}),
}
LABELS: Mapping[str, tuple[str, ...]] = {  # what a person calls a record
    "customers": ("number", "name"),
    "work_addresses": ("name",),
    "article_groups": ("name",),
    "articles": ("code", "description"),
    "contacts": ("first_name", "last_name"),
    "equipment": ("name",),
}
# stream -> field -> the stream it points at
POINTS_AT: Mapping[str, Mapping[str, str]] = {
    "work_addresses": {"customer_id": "customers"},
    "contacts": {"customer_id": "customers", "work_address_id": "work_addresses"},
    "equipment": {"work_address_id": "work_addresses"},
    "articles": {"group_id": "article_groups"},
}
# stream -> what is deleted along with one of its records, and by which field it belongs to it (contract, 7.1)
GOES_ALONG: Mapping[str, tuple[tuple[str, str], ...]] = {
    "customers": (("work_addresses", "customer_id"), ("contacts", "customer_id")),
    "work_addresses": (("contacts", "work_address_id"), ("equipment", "work_address_id")),
}


@dataclass(frozen=True)
class ApiDialect:
    """Describes one generation of the API."""

    name: Literal["odata", "rest"]
    login_path: str = "login"
    login_fields: tuple[str, str, str] = ("Key", "Usr", "Pwd")
    token_header: str = "Token"  # noqa: S105 - a name, not a secret
    apikey_header: str | None = "ApiKey"
    date_style: DateStyle = "iso_z"
    zone: str = "Europe/Amsterdam"
    archived: str = "Archived"
    ready: str = "Ready"
    travel: str = "Travel"
    work: str = "Work"
    entities: Mapping[str, EntityFields] = field(default_factory=lambda: ENTITIES)
    lacks: tuple[str, ...] = ()  # streams that this generation has no table for

    def id_of(self, stream: str, row: Mapping[str, Any]) -> int:
        """Return the id of a row."""
        return int(row[self.entities[stream].fields["id"]])


ODATA = ApiDialect("odata")
REST = replace(ODATA, name="rest", apikey_header=None, lacks=("contacts", "equipment"))
DIALECTS: Mapping[str, ApiDialect] = {"odata": ODATA, "rest": REST}
