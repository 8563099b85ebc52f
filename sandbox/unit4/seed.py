"""The data that every start begins with: two administrations, with all that trips up a client (contract 13)."""

from datetime import date
from decimal import Decimal
from typing import Any

from sandbox.unit4.administration import Unit4Administration
from sandbox.unit4.custom_fields import ALPHANUMERIC, DATE, PRODUCT, SALES_ORDER
from sandbox.unit4.layout import Row
from sandbox.unit4.products import cents
from sandbox.unit4.records import CONTACT_INFO
from sandbox.world import World

_CREATED, _CHANGED = date(2012, 2, 24), date(2024, 1, 8)
_HIGH, _LOW, _NONE = 1, 2, 3

# name, search code, street line 1, street line 2, zip code, city, other members
_CUSTOMERS: list[tuple[Any, ...]] = [
    ("1001", "Installatiebedrijf De Boer B.V.", "DEBOER", "", "Havenstraat 12", "9712 AB", "GRONINGEN",
     {"contactPerson": "mevr. A. de Boer", "email": "administratie@deboer.example", "telephone": "050-1234567",
      "vatNumber": "NL001234567B01", "cocRegistration": "01234567", "cocCity": "Groningen",
      "cocDate": date(2008, 1, 28)}),
    ("1002", "Bakkerij 't Stoepje & Zn.", "STOEPJE", "", "Kerkplein 3-a", "8011 CV", "ZWOLLE",
     {"email": "info@stoepje.example", "telephone": "038-7654321", "mobilePhone": "06-12345678"}),
    ("1003", "Oud & Nieuw Vastgoed", "OUDNIEUW", "", "Laan van 't Hof 200", "2595 AA", "'S-GRAVENHAGE",
     {"customerStateId": "P"}),
    ("1004", "Stichting Wijkcentrum De Eik", "EIK", "", "Eikenlaan 1", "3511 KJ", "UTRECHT",
     {"paymentConditionId": ""}),
    ("1005", "Gemeente Westerveen", "WESTERVE", "T.a.v. de crediteurenadministratie", "Postbus 12", "7400 AA",
     "DEVENTER", {"governmentDigitalId": "00000001234567890000", "paymentConditionId": "30",
                  "isPaymentRefRequired": True}),
    ("1006", "Vereniging van Eigenaars Parkzicht fase 2", "PARKZICH", "p/a Beheer Noord", "Parkweg 88 II", "1071 ZZ",
     "AMSTERDAM", {"customerGroupId": 2, "includeVatOnOrderByDefault": True}),
    ("1007", "J. Özdemir", "OZDEMIR", "", "Dorpsstraat 7", "5611 EX", "EINDHOVEN",
     {"email": "j.ozdemir@voorbeeld.example", "includeVatOnOrderByDefault": True, "chargeVatTypeId": 1}),
    ("1008", "Aannemersbedrijf Van Dam/Sluis", "VANDAM", "", "Sluisdijk 45", "1503 HG", "ZAANDAM",
     {"chargeVatTypeId": 2, "vatScenarioId": 7}),
    ("1009", "Chauffage Liégeois SPRL", "LIEGEOIS", "", "Rue de l'Église 9", "4000", "LIÈGE",
     {"countryId": "BE", "languageId": "FR", "vatScenarioId": 8, "chargeVatTypeId": 0, "vatNumber": "BE0123456789",
      "vatVerificationDate": date(2023, 12, 31)}),
    ("1010", "Zorggroep \"Zonzicht\" (locatie Noord)", "ZONZICHT", "Technische dienst", "Zonnebaan 15", "6811 BB",
     "ARNHEM", {"creditLimit": Decimal("25000"), "discountPercentage": Decimal("0.05")}),
    ("1011", "Garage Snel VOF (gestopt)", "SNEL", "", "Industrieweg 30", "4815 PA", "BREDA",
     {"customerStateId": "P", "paymentConditionId": "1"}),
    ("1012", "Hotel-Restaurant De Gouden Leeuw & Zonen", "GOUDENL", "", "Markt 1", "6211 CJ", "MAASTRICHT",
     {"paymentConditionId": "INC", "homepage": "https://goudenleeuw.example"}),
    ("2008001", "Waterschap Rijn en Lek", "RIJNLEK", "Afdeling inkoop", "Lekdijk 1", "3961 MA",
     "WIJK BIJ DUURSTEDE", {"paymentConditionId": "30", "purchaseOrganizationMemberId": "RL-01"}),
]  # fmt: skip

# customer, address type, name, street line 1, street line 2, zip code, city
_ADDRESSES = [
    ("1001", 0, "De Boer magazijn", "", "Loskade 4", "9723 XX", "GRONINGEN"),
    ("1002", 0, "Bakkerij 't Stoepje filiaal Zuid", "", "Zuiderkerkstraat 18", "8011 DD", "ZWOLLE"),
    ("1002", 0, "Bakkerij 't Stoepje filiaal Stadshagen", "achterom", "Wade 22/b", "8043 LX", "ZWOLLE"),
    (
        "1002",
        1,
        "Bakkerij 't Stoepje & Zn. administratie",
        "T.a.v. F. van 't Stoepje",
        "Postbus 900",
        "8000 AX",
        "ZWOLLE",
    ),
    ("1005", 1, "Gemeente Westerveen", "Servicecentrum facturen", "Postbus 500", "7400 AM", "DEVENTER"),
    ("1006", 0, "VvE Parkzicht, technische ruimte", "", "Parkweg 90", "1071 ZZ", "AMSTERDAM"),
    ("1006", 2, "Mevr. I. Bakker (voorzitter)", "", "Parkweg 102", "1071 ZZ", "AMSTERDAM"),
    ("1010", 0, "Zonzicht keuken", "", "Zonnebaan 17", "6811 BB", "ARNHEM"),
    ("1010", 0, "Zonzicht dependance", "ingang B", "Maanstraat 3", "6814 GK", "ARNHEM"),
    ("1011", 0, "Garage Snel werkplaats", "", "Industrieweg 32", "4815 PA", "BREDA"),
]

_GROUPS = {
    "10": ("Materiaal", "8000"), "20": ("CV-ketels", "8010"), "30": ("Gereedschap (intern)", "8090"),
    "ARB": ("Arbeid", "8100"), "DIV": ("Diversen", "8900"),
}  # fmt: skip

# code, description, search code, group, type, state, price, unit, VAT code
_PRODUCTS: list[tuple[Any, ...]] = [
    ("VOORRIJ", "Voorrijkosten", "VOORRIJ", "ARB", 0, 0, "35.00", "keer", _HIGH),
    ("UREN", "Arbeidsuur monteur", "UREN", "ARB", 0, 0, "62.50", "uur", _HIGH),
    ("REIS", "Reisuur", "REIS", "ARB", 0, 0, "45.00", "uur", _HIGH),
    ("UREN 150%", "Arbeidsuur monteur, avond en weekend", "UREN150", "ARB", 0, 0, "93.75", "uur", _HIGH),
    ("UREN-L", "Arbeidsuur woning ouder dan 2 jaar (laag tarief)", "UREN-L", "ARB", 0, 0, "62.50", "uur", _LOW),
    ("ONT-7", "Ontsteker", "ONTST", "10", 2, 0, "48.95", "stuk", _HIGH),
    ("80.300", "Expansievat 18 liter", "EXPVAT", "10", 2, 0, "61.40", "stuk", _HIGH),
    ("10001N1", 'Kogelkraan 3/4" binnendraad', "KOGELKR", "10", 2, 0, "12.85", "stuk", _HIGH),
    ("A/B 15", "Knelkoppeling 15 mm haaks", "KNEL15", "10", 2, 0, "3.19", "stuk", _HIGH),
    ("CU 22.1", "Koperbuis 22 mm", "KOPER22", "10", 2, 0, "7.45", "meter", _HIGH),
    ("POMP/3", "Pompunit met isolatie & kabel", "POMP", "10", 2, 2, "189.00", "stuk", _HIGH),
    ("OUD.1", "Thermostaat, model 2009", "THERM09", "10", 2, 1, "75.00", "stuk", _HIGH),
    ("ISO 13", "Leidingisolatie 13 mm, rol van 10 meter", "ISO13", "10", 2, 0, "18.255", "rol", _HIGH),
    ("SCHR-100", "Schroef 4 x 40, prijs per 100", "SCHROEF", "10", 2, 0, "9.60", "stuk", _HIGH),
    ("HR-24", "CV-ketel HR 24 kW", "HR24", "20", 2, 0, "1245.00", "stuk", _HIGH),
    ("HR-28", "CV-ketel HR 28 kW", "HR28", "20", 2, 2, "1398.50", "stuk", _HIGH),
    ("SET HR/24", "CV-ketel HR 24 kW compleet gemonteerd", "SETHR24", "20", 3, 0, "1895.00", "set", _HIGH),
    ("ASM.KAST", "Verdeelkast, geassembleerd", "VERDEELK", "20", 4, 0, "312.75", "stuk", _HIGH),
    ("SET OUD", "Onderhoudsset tot 2015", "SETOUD", "20", 3, 1, "99.00", "set", _HIGH),
    ("GRS-01", "Persmachine (eigen gebruik)", "PERS", "30", 0, 0, "0.00", "dag", _HIGH),
    ("GRS-02", "Ladder 3 x 10, eigen gebruik", "LADDER", "30", 0, 1, "0.00", "dag", _HIGH),
    ("TXT.GAR", "Op deze werkzaamheden geven wij twee jaar garantie.", "GARANTIE", "DIV", 1, 0, "0.00", "", _NONE),
    ("TXT/OUD", "Prijzen volgens lijst 2015.", "PRIJS15", "DIV", 1, 1, "0.00", "", _NONE),
    ("MILIEU", "Milieutoeslag", "MILIEU", "DIV", 0, 0, "4.50", "keer", _HIGH),
    ("VERL", "Arbeid onderaanneming, btw verlegd", "VERLEGD", "DIV", 0, 0, "55.00", "uur", _NONE),
]

# code, description, (first day, fraction)
_VAT_CODES = {
    0: ("Geen btw", [("2001-01-01", "0")]),
    _HIGH: ("Btw hoog", [("2001-01-01", "0.19"), ("2012-10-01", "0.21")]),
    _LOW: ("Btw laag", [("2001-01-01", "0.06"), ("2019-01-01", "0.09")]),
    _NONE: ("Btw verlegd", [("2001-01-01", "0")]),
}
_VAT_SCENARIOS = {6: "Verkoop binnenland", 7: "Verkoop binnenland, btw verlegd", 8: "Verkoop binnen de EU",
                  9: "Verkoop buiten de EU"}  # fmt: skip
_PAYMENT_CONDITIONS: dict[str, Row] = {
    "1": {"description": "Contant", "expirationDays": 1, "paymentConditionType": "C"},
    "14": {"description": "Binnen 14 dagen", "expirationDays": 14, "isPreferred": True},
    "30": {"description": "Binnen 30 dagen, 2% korting binnen 8 dagen", "expirationDays": 30, "rebateDays": 8,
           "rebatePercentage": Decimal("0.02")},
    "INC": {"description": "Automatische incasso", "expirationDays": 14, "isCollectable": True, "isSepa": True},
}  # fmt: skip
_COMPANY: Row = {
    "currencyId": "EUR", "currencyDecimals": 2, "customerIdLength": 8, "autoNumberCustomerId": True,
    "orderIdInterval": 1, "vatEnabled": True, "city": "APELDOORN", "email": "administratie@voorbeeld.example",
    "phone": "055-1234567",
}  # fmt: skip


def seeded_administrations(world: World) -> dict[str, Unit4Administration]:
    """Make the two seeded administrations."""
    large, small = empty_administration(world, "MVL00001", "Voorbeeld Installatietechniek"), _small(world)
    for customer in _CUSTOMERS:
        large.add_customer(_customer(*customer))
    for address in _ADDRESSES:
        _add_address(large, *address)
    for product in _PRODUCTS:
        _add_product(large, *product)
    _finish(large)
    return {administration.database: administration for administration in (large, small)}


def empty_administration(world: World, database: str, description: str) -> Unit4Administration:
    """Make an administration without customers, articles or orders, but with all that these refer to."""
    administration = Unit4Administration(world, database, description)
    administration.company = dict(_COMPANY)
    administration.payment_conditions = {
        key: {"paymentConditionId": key} | row for key, row in _PAYMENT_CONDITIONS.items()
    }
    administration.vat_scenarios = dict(_VAT_SCENARIOS)
    administration.journals = {
        "V": {"journalId": "V", "description": "Verkoopboek", "journalType": 1, "accountId": "1300"}
    }
    for code, (text, rates) in _VAT_CODES.items():
        by_date = [{"startDate": date.fromisoformat(day), "vatCodeId": code, "vatPercentage": Decimal(fraction)}
                   for day, fraction in rates]  # fmt: skip
        administration.vat_codes[code] = {"vatCodeId": code, "description": text, "vatPercentagesByDate": by_date}
    for key, (text, account) in _GROUPS.items():
        relation = {"fiscalYear": 2024, "productGroupId": key, "revenueAccountId": account, "discountAccountId": "8050",
                    "canChange": True, "cannotChangeReason": ""}  # fmt: skip
        administration.groups[key] = {"productGroupId": key, "description": text, "relations": [relation]}
    administration.custom_fields = [
        {"groupName": "ORDER", "name": "UITVOERDATUM", "title": "Uitvoerdatum", "type": DATE, "entity": 1,
         "appliedToEntity": SALES_ORDER},
        {"groupName": "ARTIKEL", "name": "MERK", "title": "Merk", "type": ALPHANUMERIC, "entity": PRODUCT,
         "length": 40},
    ]  # fmt: skip
    return administration


def _small(world: World) -> Unit4Administration:
    administration = empty_administration(world, "MVL00002", "Voorbeeld Onderhoud & Beheer")
    for customer in _CUSTOMERS[:3]:
        administration.add_customer(_customer(*customer))
    for product in _PRODUCTS[:3]:
        _add_product(administration, *product)
    return administration


def _customer(key: str, *columns: Any) -> Row:
    name, short, street1, street2, zip_code, city, others = columns
    row = {
        "customerId": key, "name": name, "shortName": short, "street1": street1, "street2": street2,
        "zipCode": zip_code, "city": city, "paymentConditionId": "14", "vatScenarioId": 6, "chargeVatTypeId": 1,
        "dateCreated": _CREATED, "dateChanged": _CHANGED,
    }  # fmt: skip
    return {name: value for name, value in (row | others).items() if value != ""}


def _add_address(administration: Unit4Administration, customer: str, kind: int, *lines: str) -> None:
    organization = (administration.customers.get(customer) or {})["organizationId"]
    row: Row = {"organizationId": organization, "addressType": kind}
    administration.add_address(row | dict(zip(("name", "street1", "street2", "zipCode", "city"), lines, strict=True)))


def _add_product(administration: Unit4Administration, *columns: Any) -> None:
    key, description, short, group, kind, state, price, unit, vat = columns
    exact = Decimal(price)
    row = {
        "productId": key, "description": description, "shortName": short, "productGroupId": group,
        "productType": kind, "productState": state, "priceExclVat": exact,
        "priceInclVat": cents(exact * (1 + administration.vat_rate(vat, _CHANGED))), "unit": unit, "vatCodeId": vat,
        "dateCreated": _CREATED, "lastUpdate": _CHANGED,
    }  # fmt: skip
    administration.products.put(key, row)


def _finish(administration: Unit4Administration) -> None:
    """Add what only a few of the seeded records have."""
    more: dict[str, Row] = {
        "SCHR-100": {"pricePer": Decimal(100), "technicalStock": Decimal(2400)},
        "ONT-7": {"technicalStock": Decimal(12), "eanCode": "8712345000017"},
        "CU 22.1": {"quantityScale": 2, "technicalStock": Decimal("134.5")},
        "UREN": {"quantityScale": 2, "projectEntryType": "6"},
        "REIS": {"quantityScale": 2},
    }  # fmt: skip
    for key, members in more.items():
        (administration.products.get(key) or {}).update(members)
    administration.prices["2008001", "80.300"] = Decimal("55.00")
    administration.suppliers = [{
        "supplierId": "2001", "name": "Technische Groothandel Noord", "shortName": "TGN", "organizationId": 4001,
        "street2": "Energieweg 10", "zipCode": "9743 AN", "city": "GRONINGEN", "paymentConditionId": "30",
        "dateCreated": _CREATED, "dateChanged": _CHANGED,
    }]  # fmt: skip
    organization = (administration.customers.get("1001") or {})["organizationId"]
    contact = {"contactId": "1", "organizationId": organization, "firstName": "Anna", "name": "de Boer",
               "fullName": "Anna de Boer", "initials": "A.", "email": "a.deboer@deboer.example", "genderId": "V",
               "jobTitleDescription": "Administratie"}  # fmt: skip
    administration.contacts_of[organization] = [CONTACT_INFO.blank | contact]
