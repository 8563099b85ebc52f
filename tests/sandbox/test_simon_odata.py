"""Simple-Simon's sandbox serves the odata interface, verbs, forms and refusals (contract 5)."""

from typing import Any
from xml.etree import ElementTree

import pytest
import requests

from sandbox.simple_simon.schema import ENTITIES
from tests.helpers.sandboxes import Sandbox
from tests.sandbox.simon_api import SimonApi, record_of, refusal_of

EDM = "{http://docs.oasis-open.org/odata/ns/edm}"
COMMON = "Id CreationDate MutationDate"
MASTER = f"{COMMON} ExternalId Active"
ADDRESS = "Street PostalCode City CountryCode"
REACH = "Phone Mobile Email"
# contract 7, the table
MEMBERS = {
    "Customer": f"{MASTER} CustomerNumber Name {ADDRESS} {REACH} VatNumber ChamberOfCommerceNumber Blocked Remark",
    "Location": f"{MASTER} CustomerId Name {ADDRESS} ContactName {REACH} Latitude Longitude Remark",
    "Contact": f"{MASTER} CustomerId LocationId FirstName LastName Function {REACH}",
    "ItemGroup": f"{MASTER} Code Name",
    "Item": f"{MASTER} ItemGroupId Code Description Unit Barcode VatCode",
    "User": f"{MASTER} UserName FirstName LastName UserType Email Phone EmployeeNumber",
    "WorkOrder": f"{COMMON} Number ExternalId LocationId CustomerId ContactId Status WorkOrderType Reference "
    "Description WorkPerformed Remark OrderDate PlannedStart PlannedEnd ReadyDate ArchiveDate SignedBy",
    "Planning": f"{COMMON} WorkOrderId UserId StartDate EndDate Remark",
    "WorkOrderSurvey": f"{COMMON} WorkOrderId SurveyName Completed CompletedDate",
    "UsedItem": f"{COMMON} WorkOrderId ItemId ItemCode Description Quantity Unit Price VatCode UserId Date Remark",
    "TimeSheet": f"{COMMON} WorkOrderId UserId TimeType StartDate EndDate BreakMinutes Minutes Distance Remark",
    "Equipment": f"{MASTER} LocationId Name Type SerialNumber InstallDate Remark",
}
LINKS = {
    "Customer": {"Locations", "Contacts"},
    "Location": {"Customer"},
    "WorkOrder": {"Customer", "Location", "Contact", "UsedItems", "TimeSheets", "Planning", "Surveys"},
    "Item": {"ItemGroup"},
    "UsedItem": {"Item"},
    "TimeSheet": {"User", "WorkOrder"},
    "Planning": {"User", "WorkOrder"},
}


@pytest.mark.parametrize("entity", MEMBERS)
def test_records_have_exactly_the_documented_members(sandbox: Sandbox, entity: str) -> None:
    """Contract 7: every record shows each member of the table, null ones too, and nothing else."""
    api = SimonApi(sandbox)
    rows = api.get(entity)["value"]
    assert rows
    for row in rows:
        assert set(row) == set(MEMBERS[entity].split())
    single = api.get(f"{entity}({rows[0]['Id']})")
    assert record_of(single) == rows[0]


def test_service_document(sandbox: Sandbox) -> None:
    """Contract 5: GET on the base address names every entity set, singular."""
    answer = SimonApi(sandbox).call("GET", "")
    assert answer.headers["content-type"] == "application/json;odata.metadata=minimal;charset=utf-8"
    assert answer.headers["odata-version"] == "4.0"
    assert [entry["name"] for entry in answer.json()["value"]] == list(ENTITIES)


def test_metadata(sandbox: Sandbox) -> None:
    """Contract 5 and 7: CSDL 4.0, namespace Simon, container Container, the documented types and lengths."""
    answer = SimonApi(sandbox).call("GET", "$metadata")
    assert answer.headers["content-type"].startswith("application/xml")
    tree = ElementTree.fromstring(answer.content)
    assert tree.get("Version") == "4.0"
    schema = next(tree.iter(f"{EDM}Schema"))
    assert schema.get("Namespace") == "Simon"
    assert next(tree.iter(f"{EDM}EntityContainer")).get("Name") == "Container"
    types = {node.get("Name"): node for node in schema.iter(f"{EDM}EntityType")}
    for name, members in MEMBERS.items():
        assert [node.get("Name") for node in types[name].findall(f"{EDM}Property")] == members.split()
        links = {node.get("Name") for node in types[name].findall(f"{EDM}NavigationProperty")}
        assert links == LINKS.get(name, set())
    used = {node.get("Type") for node in schema.iter(f"{EDM}Property")}
    assert used == {"Edm.Int32", "Edm.String", "Edm.Boolean", "Edm.Decimal", "Edm.DateTimeOffset"}
    street = next(node for node in types["Customer"] if node.get("Name") == "Street")
    assert street.get("MaxLength") == "100"


def test_list_and_record_envelopes(sandbox: Sandbox) -> None:
    """Contract 5: a listing is a context and a value; a record has its context beside its members."""
    api = SimonApi(sandbox)
    base = api.access["odata"]
    listing = api.get("ItemGroup")
    assert list(listing) == ["@odata.context", "value"]
    assert listing["@odata.context"] == f"{base}/$metadata#ItemGroup"
    single = api.get(f"ItemGroup({listing['value'][0]['Id']})", select="Id,Name")
    assert list(single) == ["@odata.context", "Id", "Name"]
    assert single["@odata.context"] == f"{base}/$metadata#ItemGroup(Id,Name)/$entity"


def test_create_answers_201_with_location(sandbox: Sandbox) -> None:
    """Contract 5: POST gives 201, the record as it can be read afterwards, and its address."""
    api = SimonApi(sandbox)
    answer = api.call("POST", "Customer", {"Name": "Café 't Hoekje & Zn.", "@odata.type": "#Simon.Customer", "Id": 7})
    created = record_of(answer.json())
    assert answer.status_code == 201
    assert answer.headers["location"] == f"{api.access['odata']}/Customer({created['Id']})"
    assert record_of(api.get(answer.headers["location"])) == created
    assert (created["CountryCode"], created["Active"], created["Blocked"]) == ("NL", True, False)
    assert created["Id"] != 7
    assert created["CreationDate"] == created["MutationDate"]


def test_put_replaces(sandbox: Sandbox) -> None:
    """Contract 5: PUT replaces all writable members; absent ones become null or their default; the rest is ignored."""
    api = SimonApi(sandbox)
    made = api.create("Customer", Name="Een", Phone="1", Blocked=True, CountryCode="BE", ExternalId="7")
    answer = api.call("PUT", f"Customer({made['Id']})", {"Name": "Twee", "Id": 1, "CreationDate": "x"})
    assert answer.status_code == 200
    changed = record_of(answer.json())
    assert changed["MutationDate"] > made["MutationDate"]
    empty = dict.fromkeys(("Phone", "ExternalId"))
    kept = {"Id": made["Id"], "CreationDate": made["CreationDate"], "MutationDate": changed["MutationDate"]}
    assert changed == made | empty | kept | {"Name": "Twee", "Blocked": False, "CountryCode": "NL"}


def test_delete(sandbox: Sandbox) -> None:
    """Follows contract 5: 204 without a body; after that the record is absent and a second DELETE is 404."""
    api = SimonApi(sandbox)
    made = api.create("ItemGroup", Name="Weg")
    answer = api.call("DELETE", f"ItemGroup({made['Id']})")
    assert (answer.status_code, answer.content) == (204, b"")
    assert refusal_of(api.call("DELETE", f"ItemGroup({made['Id']})")) == (404, "NotFound")
    assert made["Id"] not in api.ids("ItemGroup")


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "Customer(999999)", (404, "NotFound")),
        ("GET", "Nothing", (404, "NotFound")),
        ("GET", "customer", (404, "NotFound")),
        ("GET", "Customer(abc)", (404, "NotFound")),
        ("GET", "Customer(30)/Name", (404, "NotFound")),
        ("GET", "Customer(30)/DigitalPresentation", (404, "NotFound")),
        ("PUT", "Customer(999999)", (404, "NotFound")),
        ("PATCH", "Customer(30)", (405, "MethodNotAllowed")),
        ("POST", "Customer(30)", (405, "MethodNotAllowed")),
        ("PUT", "Customer", (405, "MethodNotAllowed")),
        ("DELETE", "Customer", (405, "MethodNotAllowed")),
        ("POST", "User", (405, "MethodNotAllowed")),
        ("PUT", "User(1)", (405, "MethodNotAllowed")),
        ("DELETE", "User(1)", (405, "MethodNotAllowed")),
        ("POST", "WorkOrderSurvey", (405, "MethodNotAllowed")),
        ("DELETE", "WorkOrderSurvey(301)", (405, "MethodNotAllowed")),
        ("POST", "$metadata", (405, "MethodNotAllowed")),
        ("POST", "WorkOrder(5012)/DigitalPresentation", (405, "MethodNotAllowed")),
        ("GET", "WorkOrder(1)/DigitalPresentation", (404, "NotFound")),
        ("POST", "$batch", (501, "NotImplemented")),
        ("GET", "Customer/$count", (501, "NotImplemented")),
        ("GET", "Customer?$apply=x", (501, "NotImplemented")),
        ("GET", "Customer?$search=x", (501, "NotImplemented")),
        ("GET", "Customer?$deltatoken=x", (501, "NotImplemented")),
        ("GET", "Customer?$format=json", (400, "BadQuery")),
        ("GET", "Customer?name=x", (400, "BadQuery")),
        ("GET", "Customer(30)?$filter=Id eq 30", (400, "BadQuery")),
        ("DELETE", "ItemGroup(7)?x=1", (400, "BadQuery")),
    ],
)
def test_refused_addresses(sandbox: Sandbox, method: str, path: str, expected: tuple[int, str]) -> None:
    """Contract 5: what is not there is 404, a verb that is not offered 405, what is not documented 400 or 501."""
    assert (
        refusal_of(SimonApi(sandbox).call(method, path, {} if method in ("POST", "PUT", "PATCH") else None)) == expected
    )


@pytest.mark.parametrize(
    ("entity", "body"),
    [
        ("Customer", {}),
        ("Customer", {"Name": None}),
        ("Customer", {"Name": "  "}),
        ("Customer", {"Name": "x" * 101}),
        ("Customer", {"Name": 5}),
        ("Customer", {"Name": "x", "Naam": "y"}),
        ("Customer", {"Name": "x", "name": "y"}),
        ("Customer", {"Name": "x", "Locations": []}),
        ("Customer", {"Name": "x", "Active": "true"}),
        ("Customer", {"Name": "x", "CountryCode": "NLD"}),
        ("Customer", {"Name": "\ud800"}),
        ("Location", {"Name": "x", "CustomerId": 999999}),
        ("Location", {"Name": "x", "CustomerId": "31"}),
        ("Location", {"Name": "x", "CustomerId": 31.0}),
        ("Location", {"Name": "x", "Latitude": "52"}),
        ("Location", {"Name": "x", "Latitude": True}),
        ("Item", {"Description": "x", "ItemGroupId": 2**31}),
        ("Item", {"Description": "x", "ItemGroupId": 10**400}),
        ("UsedItem", {"WorkOrderId": 5009, "Quantity": 1.00001}),
        ("UsedItem", {"WorkOrderId": 5009}),
        ("Equipment", {"LocationId": 77, "Name": "x", "InstallDate": "2026-11-21"}),
        ("Equipment", {"LocationId": 77, "Name": "x", "InstallDate": "2026-11-21T10:00:00"}),
        ("Equipment", {"LocationId": 77, "Name": "x", "InstallDate": 1}),
        ("Contact", {"LastName": "x"}),
        ("Customer", []),
        ("Customer", "text"),
        ("Customer", None),
    ],
)
def test_refused_bodies(sandbox: Sandbox, entity: str, body: Any) -> None:
    """Contract 5: missing, too long, of the wrong type, unknown or referring to nothing is 400; nothing is stored."""
    api = SimonApi(sandbox)
    before = api.data()
    assert refusal_of(api.call("POST", entity, body)) == (400, "ValidationError")
    assert api.data() == before


def test_refusals_come_in_order(sandbox: Sandbox) -> None:
    """Contract 5: 405 before 404 of the record, that before 400, that before 409."""
    api = SimonApi(sandbox)
    assert api.call("PATCH", "Customer(999999)", {}).status_code == 405
    assert api.call("PUT", "WorkOrder(999999)", {"Unknown": 1}).status_code == 404
    assert api.call("PUT", "WorkOrder(5012)", {"Unknown": 1}).status_code == 400
    assert api.call("PUT", "WorkOrder(5012)", {"LocationId": 77}).status_code == 409


def test_malformed_json_is_400(sandbox: Sandbox) -> None:
    """Contract 5: a body that is not JSON is a ValidationError, never a 500."""
    api = SimonApi(sandbox)
    for body in (b"{", b"\xff\xfe", b'{"Name": NaN}', b"[" * 100_000, b""):
        answer = requests.post(f"{api.access['odata']}/Customer", data=body, headers=api.headers)
        assert refusal_of(answer) == (400, "ValidationError")


def test_annotations_in_a_body_are_ignored(sandbox: Sandbox) -> None:
    """Contract 5: @odata members may be there; a record can be sent back as it was read."""
    api = SimonApi(sandbox)
    read = api.get("Customer(31)")
    answer = api.call("PUT", "Customer(31)", {**read, "Locations@odata.context": "x"})
    assert answer.status_code == 200
    assert record_of(answer.json()) | {"MutationDate": 0} == record_of(read) | {"MutationDate": 0}


@pytest.mark.parametrize("entity", [name for name, entity in ENTITIES.items() if entity.writable])
def test_every_record_can_be_written_back(sandbox: Sandbox, entity: str) -> None:
    """Contract 5: writing a record back as it was read changes nothing but MutationDate, for every row that is open."""
    api = SimonApi(sandbox)
    closed = api.ids("WorkOrder", filter="Status eq 'Archived'")
    for row in api.get(entity)["value"]:
        if row.get("WorkOrderId") in closed:
            continue
        answer = api.call("PUT", f"{entity}({row['Id']})", row)
        assert answer.status_code == 200, answer.text
        assert record_of(answer.json()) | {"MutationDate": 0} == row | {"MutationDate": 0}
        assert answer.json()["MutationDate"] > row["MutationDate"]


def test_decimals_keep_their_digits(sandbox: Sandbox) -> None:
    """Contract 5: a Decimal is a JSON number with the digits that were sent."""
    api = SimonApi(sandbox)
    for sent, shown in (
        ("1", "1.0"),
        ("0.3333", "0.3333"),
        ("-12345678901234.5678", "-12345678901234.5678"),
        ("1e2", "100.0"),
    ):
        body = f'{{"WorkOrderId": 5009, "Description": "x", "Quantity": {sent}}}'
        answer = requests.post(f"{api.access['odata']}/UsedItem", data=body, headers=api.headers)
        assert f'"Quantity":{shown},' in answer.text


def test_pdf(sandbox: Sandbox) -> None:
    """Contract 5: a work order and a survey can be read as PDF, with the work order's number in it."""
    api = SimonApi(sandbox)
    for path in ("WorkOrder(5012)/DigitalPresentation", "WorkOrderSurvey(302)/DigitalPresentation"):
        answer = api.call("GET", path)
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.content.startswith(b"%PDF")
        assert answer.content.rstrip().endswith(b"%%EOF")
        assert b"20260512" in answer.content
        start = int(answer.content.rsplit(b"startxref", 1)[1].split()[0])
        assert answer.content[start:].startswith(b"xref")
