"""Every entity, member, limit and navigation name of the API, as data (contract 7)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

Kind = Literal["int", "decimal", "date", "bool", "text"]
Row = tuple[Any, ...]  # the values of one record, in the order of its entity's members

NOW = "now"  # the default of a date: the moment of the write

STATUSES = ("New", "Planned", "InProgress", "Ready", "Archived")
TIME_TYPES = ("Travel", "Work")
USER_TYPES = ("Office", "Field")


@dataclass(frozen=True)
class Member:
    """A property that records have; ``length`` 0 is unlimited, ``refers_to`` names what a foreign key points at."""

    name: str
    kind: Kind = "text"
    length: int = 0
    required: bool = False
    read_only: bool = False
    default: Any = None
    refers_to: str = ""
    choices: tuple[str, ...] = ()
    indexed: bool = False


@dataclass(frozen=True)
class Navigation:
    """What ``$expand`` can add. ``member`` is the foreign key: here for one record, at the target for many."""

    name: str
    target: str
    member: str
    many: bool = False


@dataclass(frozen=True)
class EntitySchema:
    name: str
    members: tuple[Member, ...]
    navigation: tuple[Navigation, ...] = ()
    writable: bool = True
    in_rest: bool = True

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(member.name for member in self.members)

    @cached_property
    def at(self) -> Mapping[str, int]:
        """Where each member stands in a row."""
        return {name: place for place, name in enumerate(self.names)}

    @cached_property
    def by_name(self) -> Mapping[str, Member]:
        return {member.name: member for member in self.members}


def _text(name: str, length: int, required: bool = False, indexed: bool = False) -> Member:
    return Member(name, "text", length, required, indexed=indexed)


def _key(name: str, refers_to: str, required: bool = False) -> Member:
    return Member(name, "int", required=required, refers_to=refers_to, indexed=True)


def _by_server(name: str, kind: Kind = "date", length: int = 0) -> Member:
    return Member(name, kind, length, read_only=True)


_COMMON = (_by_server("Id", "int"), _by_server("CreationDate"), _by_server("MutationDate"))
_MASTER = (*_COMMON, _text("ExternalId", 50, indexed=True), Member("Active", "bool", default=True))
_ADDRESS = (
    _text("Street", 100),
    _text("PostalCode", 20),
    _text("City", 100),
    Member("CountryCode", "text", 2, default="NL"),
)
_REACH = (_text("Phone", 50), _text("Mobile", 50), _text("Email", 255))

_ALL = (
    EntitySchema(
        "Customer",
        (
            *_MASTER,
            _text("CustomerNumber", 20, indexed=True),
            _text("Name", 100, required=True),
            *_ADDRESS,
            *_REACH,
            _text("VatNumber", 30),
            _text("ChamberOfCommerceNumber", 20),
            Member("Blocked", "bool", default=False),
            _text("Remark", 4000),
        ),
        (
            Navigation("Locations", "Location", "CustomerId", True),
            Navigation("Contacts", "Contact", "CustomerId", True),
        ),
    ),
    EntitySchema(
        "Location",
        (
            *_MASTER,
            _key("CustomerId", "Customer"),
            _text("Name", 100, required=True),
            *_ADDRESS,
            _text("ContactName", 100),
            *_REACH,
            Member("Latitude", "decimal"),
            Member("Longitude", "decimal"),
            _text("Remark", 4000),
        ),
        (Navigation("Customer", "Customer", "CustomerId"),),
    ),
    EntitySchema(
        "Contact",
        (
            *_MASTER,
            _key("CustomerId", "Customer"),
            _key("LocationId", "Location"),
            _text("FirstName", 50),
            _text("LastName", 100, required=True),
            _text("Function", 50),
            *_REACH,
        ),
        in_rest=False,
    ),
    EntitySchema("ItemGroup", (*_MASTER, _text("Code", 20, indexed=True), _text("Name", 100, required=True))),
    EntitySchema(
        "Item",
        (
            *_MASTER,
            _key("ItemGroupId", "ItemGroup"),
            _text("Code", 50, indexed=True),
            _text("Description", 255, required=True),
            _text("Unit", 20),
            _text("Barcode", 50),
            _text("VatCode", 20),
        ),
        (Navigation("ItemGroup", "ItemGroup", "ItemGroupId"),),
    ),
    EntitySchema(
        "User",
        (
            *_MASTER,
            _text("UserName", 255),
            _text("FirstName", 50),
            _text("LastName", 100),
            Member("UserType", choices=USER_TYPES),
            _text("Email", 255),
            _text("Phone", 50),
            _text("EmployeeNumber", 20),
        ),
        writable=False,
    ),
    EntitySchema(
        "WorkOrder",
        (
            *_COMMON,
            _by_server("Number", "text", 20),
            _text("ExternalId", 50, indexed=True),
            _key("LocationId", "Location", required=True),
            _key("CustomerId", "Customer"),
            _key("ContactId", "Contact"),
            Member("Status", choices=STATUSES),
            _text("WorkOrderType", 50),
            _text("Reference", 100),
            _text("Description", 4000),
            _text("WorkPerformed", 4000),
            _text("Remark", 4000),
            Member("OrderDate", "date", default=NOW),
            _by_server("PlannedStart"),
            _by_server("PlannedEnd"),
            _by_server("ReadyDate"),
            _by_server("ArchiveDate"),
            _text("SignedBy", 100),
        ),
        (
            Navigation("Customer", "Customer", "CustomerId"),
            Navigation("Location", "Location", "LocationId"),
            Navigation("Contact", "Contact", "ContactId"),
            Navigation("UsedItems", "UsedItem", "WorkOrderId", True),
            Navigation("TimeSheets", "TimeSheet", "WorkOrderId", True),
            Navigation("Planning", "Planning", "WorkOrderId", True),
            Navigation("Surveys", "WorkOrderSurvey", "WorkOrderId", True),
        ),
    ),
    EntitySchema(
        "Planning",
        (
            *_COMMON,
            _key("WorkOrderId", "WorkOrder", required=True),
            _key("UserId", "User", required=True),
            Member("StartDate", "date", required=True),
            Member("EndDate", "date"),
            _text("Remark", 1000),
        ),
        (Navigation("User", "User", "UserId"), Navigation("WorkOrder", "WorkOrder", "WorkOrderId")),
    ),
    EntitySchema(
        "WorkOrderSurvey",
        (
            *_COMMON,
            _key("WorkOrderId", "WorkOrder", required=True),
            _text("SurveyName", 100),
            Member("Completed", "bool", default=False),
            Member("CompletedDate", "date"),
        ),
        writable=False,
    ),
    EntitySchema(
        "UsedItem",
        (
            *_COMMON,
            _key("WorkOrderId", "WorkOrder", required=True),
            _key("ItemId", "Item"),
            _text("ItemCode", 50),
            _text("Description", 255),
            Member("Quantity", "decimal", required=True),
            _text("Unit", 20),
            Member("Price", "decimal"),
            _text("VatCode", 20),
            _key("UserId", "User"),
            Member("Date", "date", default=NOW),
            _text("Remark", 1000),
        ),
        (Navigation("Item", "Item", "ItemId"),),
    ),
    EntitySchema(
        "TimeSheet",
        (
            *_COMMON,
            _key("WorkOrderId", "WorkOrder", required=True),
            _key("UserId", "User", required=True),
            Member("TimeType", required=True, choices=TIME_TYPES),
            Member("StartDate", "date"),
            Member("EndDate", "date"),
            Member("BreakMinutes", "int", default=0),
            Member("Minutes", "int", default=0),
            Member("Distance", "decimal"),
            _text("Remark", 1000),
        ),
        (Navigation("User", "User", "UserId"), Navigation("WorkOrder", "WorkOrder", "WorkOrderId")),
    ),
    EntitySchema(
        "Equipment",
        (
            *_MASTER,
            _key("LocationId", "Location", required=True),
            _text("Name", 100, required=True),
            _text("Type", 50),
            _text("SerialNumber", 100),
            Member("InstallDate", "date"),
            _text("Remark", 4000),
        ),
        in_rest=False,
    ),
)

ENTITIES: Mapping[str, EntitySchema] = {entity.name: entity for entity in _ALL}
