"""Routes that only list what orders and records refer to: conditions, VAT, own fields, journals and pick lists."""

from collections.abc import Callable
from typing import Any

from sandbox.unit4.call import Unit4Call, whole
from sandbox.unit4.custom_fields import definitions
from sandbox.unit4.dates import dutch
from sandbox.unit4.errors import missing, single_error
from sandbox.unit4.layout import Row
from sandbox.unit4.lists import ListResponse, ListView, list_response
from sandbox.unit4.records import (
    CUSTOM_FIELD,
    CUSTOMER_GROUP_INFO,
    JOURNAL_INFO,
    PAYMENT_CONDITION_INFO,
    SUPPLIER_INFO,
    VAT_CODE_INFO,
)
from sandbox.unit4.wire import filled, nvl

# contract 9 and 10; the Dutch texts of the enums are not documented, clients go by the number
_PICK_LISTS: dict[str, dict[Any, str]] = {
    "ProductTypeNVL": {0: "Artikel zonder voorraad", 1: "Tekst", 2: "Artikel met voorraad", 3: "Samengesteld artikel",
                       4: "Assemblage"},
    "OrderTypeNVL": {0: "Factuuropdracht", 1: "Order", 2: "Serviceorder"},
    "OrderStateNVL": {0: "Onbekend", 1: "Nieuw", 2: "Goedgekeurd", 3: "Gereed voor verzamelen",
                      4: "Gereed voor verzending", 5: "Verzonden"},
    "OrderLineTypeNVL": {0: "Artikel zonder voorraad", 1: "Bedrag", 2: "Samengesteld artikel", 3: "Tekst",
                         4: "Artikel met voorraad", 5: "Uren", 6: "Orderkosten"},
    "OrderChargeVatTypeNVL": {0: "Exclusief btw", 1: "Inclusief btw", 2: "Btw verlegd", 3: "Geen btw"},
    "AddressTypeNVL": {0: "Afleveradres", 1: "Factuuradres", 2: "Persoonsadres"},
    "ActivePassiveStateNVL": {"A": "Actief", "P": "Passief"},
    "OrganizationStateNVL": {"A": "Actief", "P": "Passief"},
    "JournalTypeNVL": {0: "Memoriaal", 1: "Verkoop", 2: "Inkoop", 3: "Bank", 4: "Kas"},
    "CustomerGroupNVL": {1: "Zakelijk", 2: "Particulier"},
    "PricelistNVL": {"STD": "Standaard"},
    "ProductDiscountGroupNVL": {"1": "Geen korting"},
}  # fmt: skip
_ENTITIES = {
    "none": 0, "customer": 1, "supplier": 2, "product": 4, "subscription": 8, "account": 16, "person": 32,
    "project": 64, "organization": 128, "hourtype": 256, "costunit": 512,
}  # fmt: skip
_CONDITIONS, _VAT_CODES, _OWN_FIELDS = ListView(PAYMENT_CONDITION_INFO), ListView(VAT_CODE_INFO), ListView(CUSTOM_FIELD)
_SUPPLIERS, _JOURNALS, _CUSTOMER_GROUPS = ListView(SUPPLIER_INFO), ListView(JOURNAL_INFO), ListView(CUSTOMER_GROUP_INFO)


def _pick_list(name: str) -> Callable[[Unit4Call], list[dict[str, str]]]:
    return lambda call: nvl(_PICK_LISTS[name])


def payment_conditions(call: Unit4Call) -> ListResponse:
    rows = [filled(PAYMENT_CONDITION_INFO, row) for row in call.administration.payment_conditions.values()]
    return list_response(call, rows, _CONDITIONS)


def payment_condition(call: Unit4Call, key: str) -> Row:
    row = call.administration.payment_conditions.get(key) or call.administration.payment_conditions.get(key.upper())
    if row is None:
        raise missing(call.world, "Betalingsconditie", key)
    return filled(PAYMENT_CONDITION_INFO, row)


def payment_condition_nvl(call: Unit4Call) -> list[dict[str, str]]:
    return nvl({key: row["description"] for key, row in call.administration.payment_conditions.items()})


def vat_scenarios(call: Unit4Call) -> list[dict[str, str]]:
    return nvl(call.administration.vat_scenarios)


def vat_codes(call: Unit4Call) -> ListResponse:
    rows = [filled(VAT_CODE_INFO, row) | _percentages(call, row) for row in call.administration.vat_codes.values()]
    return list_response(call, rows, _VAT_CODES)


def _percentages(call: Unit4Call, row: Row) -> Row:
    by_date = [rate | {"startDate": dutch(rate["startDate"])} for rate in row["vatPercentagesByDate"]]
    today = call.world.clock.local().date()
    return {"vatPercentagesByDate": by_date, "vatPercentage": call.administration.vat_rate(row["vatCodeId"], today)}


def vat_code_nvl(call: Unit4Call) -> list[dict[str, str]]:
    return nvl({key: row["description"] for key, row in call.administration.vat_codes.items()})


def custom_fields(call: Unit4Call, entities: str) -> ListResponse:
    """Own fields by entity flags: a number, or names by comma (contract 11)."""
    flags = 0
    for name in entities.lower().split(","):
        flag = _ENTITIES.get(name.strip(), whole(name.strip()))
        if flag is None:
            raise single_error(400, f"{name} is geen bekende entiteit.", "Unknown", "entities")
        flags |= flag
    rows = [row for row in definitions(call.administration) if not flags or row["entity"] & flags]
    return list_response(call, [filled(CUSTOM_FIELD, row) for row in rows], _OWN_FIELDS)


def suppliers(call: Unit4Call) -> ListResponse:
    return list_response(call, [filled(SUPPLIER_INFO, row) for row in call.administration.suppliers], _SUPPLIERS)


def journals(call: Unit4Call) -> ListResponse:
    return list_response(call, [filled(JOURNAL_INFO, row) for row in call.administration.journals.values()], _JOURNALS)


def customer_groups(call: Unit4Call) -> ListResponse:
    year = call.world.clock.local().year
    rows = [{"customerGroupId": key, "fiscalYear": year, "ledgerAccountId": "1300"}
            for key in _PICK_LISTS["CustomerGroupNVL"]]  # fmt: skip
    return list_response(call, rows, _CUSTOMER_GROUPS)


ROUTES: dict[str, Any] = {
    "GET {database}/PaymentConditionInfoList": payment_conditions,
    "GET {database}/PaymentConditionInfo/{paymentConditionId}": payment_condition,
    "GET {database}/PaymentConditionNVL": payment_condition_nvl,
    "GET {database}/SalesVatScenarioNVL": vat_scenarios,
    "GET {database}/VatCodeInfoList": vat_codes,
    "GET {database}/VatCodeNVL": vat_code_nvl,
    "GET {database}/CustomFieldDefinitionInfoList/{entities}": custom_fields,
    "GET {database}/SupplierInfoList": suppliers,
    "GET {database}/JournalInfoList": journals,
    "GET {database}/CustomerGroupInfoList": customer_groups,
} | {f"GET {{database}}/{name}": _pick_list(name) for name in _PICK_LISTS}
