"""Routes that read and write the addresses of organizations (contract 7)."""

from typing import Any

from starlette.responses import Response

from sandbox.unit4 import wire
from sandbox.unit4.administration import Unit4Administration
from sandbox.unit4.call import Unit4Call, whole
from sandbox.unit4.errors import Validation, missing
from sandbox.unit4.layout import Row
from sandbox.unit4.lists import ListResponse, ListView, list_response
from sandbox.unit4.records import ADDRESS, ADDRESS_INFO

_INFO = ListView(ADDRESS_INFO)
_TYPES = (0, 1, 2)


def _of(call: Unit4Call, key: str) -> list[Row]:
    return call.administration.addresses_of.get(whole(key) or 0, [])


def _address(call: Unit4Call, key: str) -> Row:
    row = call.administration.addresses.get(key.lower())
    if row is None:
        raise missing(call.world, "Adres", key)
    return row


def address_info_list(call: Unit4Call, key: str) -> ListResponse:
    return list_response(call, [wire.address_info(row) for row in _of(call, key)], _INFO)


def address_list(call: Unit4Call, key: str) -> list[Row]:
    return [wire.address(row) for row in _of(call, key)]


def address_info(call: Unit4Call, key: str) -> Row:
    return wire.address_info(_address(call, key))


def get_address(call: Unit4Call, key: str) -> Row:
    return wire.address(_address(call, key))


def post_address(call: Unit4Call) -> Row:
    validation = call.validation()
    row = ADDRESS.read(call.json(), validation)
    organization = row.get("organizationId", 0)
    if call.administration.organization(organization) is None:
        validation.problem("organizationId", "Unknown", f"Relatie {organization} bestaat niet.")
    _checked(row, validation)
    validation.done()
    call.administration.add_address(row)
    _touched(call, row)
    return wire.address(row)


def put_address(call: Unit4Call, key: str) -> Row:
    row = _address(call, key)
    validation = call.validation()
    values = ADDRESS.read(call.json(), validation)
    values.pop("organizationId", None)
    _checked(values, validation)
    validation.done()
    if call.switch("put_missing") == "default":
        row.update({name: value for name, value in ADDRESS.blank.items() if name not in _IDENTITY})
    row.update(values)
    _touched(call, row)
    return wire.address(row)


_IDENTITY = ("addressGuid", "addressId", "organizationId")


def delete_address(call: Unit4Call, key: str) -> Response:
    row = _address(call, key)
    call.administration.remove_address(row)
    _touched(call, row)
    return Response(b"", int(call.switch("delete_status")))


def _touched(call: Unit4Call, address: Row) -> None:
    """Move the customer's mutation date when the switch has it so: contract 13 and 14, question 14."""
    customer = call.administration.organization(address["organizationId"])
    if customer is not None and call.switch("address_touches_customer"):
        customer["dateChanged"] = call.world.clock.local().date()
        call.administration.customers.revision += 1


def _checked(row: Row, validation: Validation, path: str = "") -> None:
    if row.get("addressType", 0) not in _TYPES:
        validation.problem(f"{path}addressType", "Unknown", "Het adrestype is 0, 1 of 2.")


def read_addresses(elements: list[Any], validation: Validation) -> list[Row]:
    """Read the addresses inside a customer that is being saved, with their key when they have one."""
    rows = []
    for number, element in enumerate(elements):
        path = f"addresses[{number}]."
        row = ADDRESS.read(element, validation, path)
        _checked(row, validation, path)
        guid = (
            next((v for k, v in element.items() if k.lower() == "addressguid"), "") if isinstance(element, dict) else ""
        )
        rows.append(row | {"addressGuid": str(guid or "").lower()})
    return rows


def apply_addresses(administration: Unit4Administration, organization: int, rows: list[Row]) -> None:
    """Change the addresses that are known by their key, add the others."""
    for row in rows:
        known = administration.addresses.get(row.pop("addressGuid"))
        row["organizationId"] = organization
        if known is not None and known["organizationId"] == organization:
            known.update(row)
        else:
            administration.add_address(row)


ROUTES: dict[str, Any] = {
    "GET {database}/AddressInfoList/{organizationId}": address_info_list,
    "GET {database}/AddressList/{organizationId}": address_list,
    "GET {database}/AddressInfo/{addressGuid}": address_info,
    "GET {database}/Address/{addressGuid}": get_address,
    "POST {database}/Address": post_address,
    "PUT {database}/Address/{addressGuid}": put_address,
    "DELETE {database}/Address/{addressGuid}": delete_address,
}
