"""Routes that read and write customers (contract 7)."""

from typing import Any

from starlette.responses import Response

from sandbox.unit4 import wire
from sandbox.unit4.addresses import apply_addresses, read_addresses
from sandbox.unit4.administration import Unit4Table
from sandbox.unit4.call import Unit4Call, whole
from sandbox.unit4.custom_fields import changed
from sandbox.unit4.errors import Validation, hidden, missing
from sandbox.unit4.layout import Row
from sandbox.unit4.lists import ListResponse, ListView, as_moment, combination, list_response
from sandbox.unit4.records import CONTACT_INFO, CUSTOMER, CUSTOMER_INFO, ORGANIZATION_INFO

_DERIVED = {"customerOrganizationId": lambda row: row["organizationId"]}
_MOMENTS = {name: as_moment(name) for name in wire.CUSTOMER_DATES}
_VIEWS = {
    (form, compared): ListView(
        CUSTOMER_INFO,
        (lambda row: wire.customer_info(row, iso_dates=True)) if form == "iso" else wire.customer_info,
        "customerId",
        f"customers {form} {compared}",
        _DERIVED | (_MOMENTS if compared == "date" else {}),
    )
    for form in ("dutch", "iso")
    for compared in ("text", "date")
}
_ORGANIZATIONS, _CONTACTS = ListView(ORGANIZATION_INFO), ListView(CONTACT_INFO)
_STATES, _SQUEEZES, _CHARGE_VAT = ("A", "P"), ("0", "1", "2", "3"), (0, 1, 2)
_NEVER_EMPTY = ("customerStateId", "creditSqueezeId")
_OLD_CHARGE_VAT = {"J": 1, "N": 0}  # as an old guide of the vendor posts it


def customer_info_list(call: Unit4Call) -> ListResponse:
    view = _VIEWS[call.switch("customer_info_dates"), call.switch("customer_date_filter")]
    if call.switch("passive_in_lists"):
        return list_response(call, _visible_customers(call), view)
    return list_response(call, (row for row in _visible_customers(call) if not _is_passive(row)), view)


def _visible_customers(call: Unit4Call) -> Unit4Table | list[Row]:
    """Return the customers that the user may see."""
    customers, visibility = call.administration.customers, call.administration.visibility
    return customers if visibility.whole else [row for row in customers if visibility.sees(row["customerId"])]


def _is_passive(row: Row) -> bool:
    return bool(row.get("customerStateId", "A") == "P")


def _customer(call: Unit4Call, key: str) -> Row:
    row = call.administration.customers.find(key)
    if row is None:
        raise missing(call.world, "Debiteur", key)
    if not call.administration.visibility.sees(row["customerId"]):
        raise hidden(call.world, "Debiteur", key)
    return row


def customer_info(call: Unit4Call, key: str) -> Row:
    return wire.customer_info(_customer(call, key), call.switch("customer_info_dates") == "iso")


def customer_nvl(call: Unit4Call) -> list[dict[str, str]]:
    return wire.nvl({row["customerId"]: row.get("name", "") for row in _visible_customers(call)})


def get_customer(call: Unit4Call, key: str) -> Row:
    record = wire.customer(call.administration, _customer(call, key))
    if call.switch("maps_fields"):
        place = record["fullAddress"].replace("\r\n", " ")
        record |= {"googleMapsUrl": f"https://maps.example/?q={place}", "googleMapsDirectionsUrl": ""}
    return record


def post_customer(call: Unit4Call) -> Row:
    body = call.json()
    validation = call.validation()
    values = _values(body, validation)
    row = {"customerId": values.get("customerId") or call.administration.customer_id()}
    if call.administration.customers.get(row["customerId"]):
        validation.problem("customerId", "Exists", f"Debiteur {row['customerId']} bestaat al.")
    row = _stored(call, row, values, validation)
    addresses = read_addresses(values.get("addresses", []), validation)
    validation.done()
    row["dateCreated"] = row["dateChanged"] = call.world.clock.local().date()
    call.administration.add_customer(row)
    apply_addresses(call.administration, row["organizationId"], addresses)
    return get_customer(call, row["customerId"])


def put_customer(call: Unit4Call, key: str) -> Row:
    old = _customer(call, key)
    body = call.json()
    validation = call.validation()
    values = _values(body, validation)
    base = old if call.switch("put_missing") == "keep" else _identity(old)
    row = _stored(call, base | {"customerId": old["customerId"]}, values, validation)
    addresses = read_addresses(values.get("addresses", []), validation)
    validation.done()
    row["dateChanged"] = call.world.clock.local().date()
    call.administration.customers.put(row["customerId"], row)
    apply_addresses(call.administration, row["organizationId"], addresses)
    return get_customer(call, row["customerId"])


def _identity(row: Row) -> Row:
    """Return what a customer keeps when all its other members get their default."""
    kept = ("customerId", "organizationId", "dateCreated", "dateChanged", "customProperties", "shortName")
    return {name: row[name] for name in kept if name in row}


def _values(body: Any, validation: Validation) -> Row:
    """Read what was sent; an empty value where there cannot be one is as good as none (contract 3)."""
    if isinstance(body, dict):
        body = {name: _OLD_CHARGE_VAT.get(value, value) if name.lower() == "chargevattypeid" else value
                 for name, value in body.items()}  # fmt: skip
    values = CUSTOMER.read(body, validation)
    if values.get("vatScenarioId") == 0:
        values["vatScenarioId"] = None
    return {name: value for name, value in values.items() if value != "" or name not in _NEVER_EMPTY}


def _stored(call: Unit4Call, base: Row, values: Row, validation: Validation) -> Row:
    """Build the row to store: the members that were sent over what was there, without those that are empty."""
    row = base | {name: value for name, value in values.items() if name not in ("customerId", "addresses", "person")}
    if "person" in values:
        row["contactPerson"] = values["person"]
    row["shortName"] = row.get("shortName", "").upper()
    row["customProperties"] = changed(
        call.administration,
        "customer",
        values.get("customProperties", {}),
        base.get("customProperties", {}),
        validation=validation,
    )
    _checked(call, row, validation)
    empty = CUSTOMER_INFO.blank | {"supplierId": "", "customProperties": {}}
    return {name: value for name, value in row.items() if value != empty[name] or name in ("customerId", "shortName")}


def _checked(call: Unit4Call, row: Row, validation: Validation) -> None:
    administration = call.administration
    if not row["shortName"]:
        validation.problem("shortName", "Required", "Zoekcode is verplicht.")
    if row.get("customerStateId", "A") not in _STATES:
        validation.problem("customerStateId", "Unknown", "De status is A of P.")
    if row.get("creditSqueezeId", "0") not in _SQUEEZES:
        validation.problem("creditSqueezeId", "Unknown", "De kredietbeperking is 0, 1, 2 of 3.")
    if row.get("chargeVatTypeId", 0) not in _CHARGE_VAT:
        validation.problem("chargeVatTypeId", "Unknown", "Btw berekenen is 0, 1 of 2.")
    if (condition := row.get("paymentConditionId", "")) and condition not in administration.payment_conditions:
        validation.problem("paymentConditionId", "Unknown", f"Betalingsconditie {condition} bestaat niet.")
    if (scenario := row.get("vatScenarioId")) is not None and scenario not in administration.vat_scenarios:
        validation.problem("vatScenarioId", "Unknown", f"Btw-scenario {scenario} bestaat niet.")


def delete_customer(call: Unit4Call, key: str) -> Response:
    """Delete a customer; its organization with its addresses stays."""
    row = _deletable(call, key)
    call.administration.organizations[row["organizationId"]] = row
    return _deleted(call, row)


def delete_customer_and_organization(call: Unit4Call, key: str) -> Response:
    row = _deletable(call, key)
    for address in call.administration.addresses_of.pop(row["organizationId"], []):
        del call.administration.addresses[address["addressGuid"]]
    call.administration.contacts_of.pop(row["organizationId"], None)
    return _deleted(call, row)


def _deletable(call: Unit4Call, key: str) -> Row:
    row = _customer(call, key)
    if call.switch("delete_used") == "refuse" and call.administration.orders_of.get(row["customerId"]):
        validation = call.validation()
        validation.problem("customerId", "InUse", f"Debiteur {key} heeft orders en kan niet worden verwijderd.")
        validation.done()
    return row


def _deleted(call: Unit4Call, row: Row) -> Response:
    del call.administration.customer_of[row["organizationId"]]
    call.administration.customers.remove(row["customerId"])
    return nothing(call)


def nothing(call: Unit4Call) -> Response:
    """Answer a delete: no body (contract 5)."""
    return Response(b"", int(call.switch("delete_status")))


def get_customer_id(call: Unit4Call) -> Row:
    return {"customerId": call.administration.customer_id(), "messages": []}


def contact_info_list(call: Unit4Call, key: str) -> ListResponse:
    contacts = call.administration.contacts_of.get(whole(key) or 0, [])
    return list_response(call, [wire.filled(CONTACT_INFO, row) for row in contacts], _CONTACTS)


def person_nvl(call: Unit4Call, key: str) -> list[dict[str, str]]:
    contacts = call.administration.contacts_of.get(_customer(call, key)["organizationId"], [])
    return wire.nvl({row["contactId"]: row["fullName"] for row in contacts})


def organization_info_list(call: Unit4Call) -> ListResponse:
    """List organizations by part of their text (contract 7)."""
    searches = combination(call, "OrganizationInfoList", ("email", "shortName", "name", "city"))
    rows = {row["organizationId"]: row for row in call.administration.customers} | call.administration.organizations
    records = [wire.organization_info(number, row) for number, row in sorted(rows.items())]
    matching = [r for r in records if all(value.lower() in r[name].lower() for name, value in searches.items())]
    return list_response(call, matching, _ORGANIZATIONS)


ROUTES: dict[str, Any] = {
    "GET {database}/CustomerInfoList": customer_info_list,
    "GET {database}/CustomerInfo/{customerId}": customer_info,
    "GET {database}/CustomerNVL": customer_nvl,
    "GET {database}/Customer/{customerId}": get_customer,
    "POST {database}/Customer": post_customer,
    "PUT {database}/Customer/{customerId}": put_customer,
    "DELETE {database}/Customer/{customerId}": delete_customer,
    "DELETE {database}/Customer/CustomerAndOrganization/{customerId}": delete_customer_and_organization,
    "POST {database}/GetCustomerIdCommand": get_customer_id,
    "GET {database}/ContactInfoList/{organizationId}": contact_info_list,
    "GET {database}/CustomerPersonNVL/{customerId}": person_nvl,
    "GET {database}/OrderContactPersonNVL/{customerId}": person_nvl,
    "GET {database}/OrganizationInfoList": organization_info_list,
}
