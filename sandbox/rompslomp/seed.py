"""The data every process starts with: three companies, two users and their tokens (contract 13)."""

import copy
from decimal import Decimal
from typing import Any

from sandbox.rompslomp.records import add_contact, add_product
from sandbox.rompslomp.rows import Contact, Product
from sandbox.rompslomp.state import SCOPES, Company, RompslompState, RompslompUser

FULL = "full"
_ALL = frozenset(SCOPES)
_LONG_NAME = (
    "Coöperatieve Vereniging van Eigenaars van het Appartementencomplex 'De Zeven Provinciën' aan de "
    "Burgemeester van Tuyll van Serooskerkenlaan 101 t/m 399 (oneven) te Capelle aan den IJssel U.A."
)
_COMPANIES = (
    Contact(
        company_name="Bakkerij 't Stoepje",
        contact_person_name="Truus in 't Veld",
        contact_person_email_address="info@stoepje.example",
        address="Dorpsstraat 12",
        zipcode="3431 AB",
        city="Nieuwegein",
        phone="030-6051234",
        kvk_number="30112233",
        vat_number="NL801234567B01",
    ),
    Contact(
        company_name="Jansen & Zn. Loodgieters",
        contact_person_name="Kees Jansen",
        contact_person_email_address="kees@jansenenzonen.example",
        address="Industrieweg 4-6",
        zipcode="3542 AD",
        city="Utrecht",
        phone="030-2410022",
        kvk_number="30445566",
        vat_number="NL812345678B01",
        free_1="Vaste klant",
    ),
    Contact(company_name="Snackbar De Hoek"),
    Contact(
        company_name=_LONG_NAME,
        contact_person_name="Het bestuur",
        contact_person_email_address="bestuur@zevenprovincien.example",
        address="Burgemeester van Tuyll van Serooskerkenlaan 101",
        zipcode="2902 KA",
        city="Capelle aan den IJssel",
    ),
    Contact(
        company_name="Müller Heizungsbau GmbH",
        contact_person_name="Jürgen Müller",
        contact_person_email_address="mueller@heizung.example",
        address="Hauptstraße 7",
        zipcode="47533",
        city="Kleve",
        country_code="DE",
        vat_number="DE123456789",
    ),
    Contact(
        company_name="Hotel-Restaurant 'Het Anker' B.V.",
        contact_person_email_address="receptie@anker.example",
        address="Havenkade 3",
        zipcode="4301 JC",
        city="Zierikzee",
        phone="0111-412345",
        vat_number="NL823456789B01",
        contact_number="ANKER-01",
    ),
    Contact(
        company_name="Gemeente 's-Hertogenbosch",
        address="Wolvenhoek 1",
        zipcode="5211 HH",
        city="'s-Hertogenbosch",
        government_identification_number="00000001001234567000",
    ),
    Contact(company_name="Stichting Buurthuis Oost", address="Oosterpark 9", zipcode="1092 AC", city="Amsterdam"),
)
_PERSONS = (
    Contact(
        contact_person_name="Anouk de Vries",
        contact_person_email_address="anouk.devries@voorbeeld.example",
        address="Kerkstraat 88",
        zipcode="3581 RK",
        city="Utrecht",
        phone="06-12345678",
    ),
    Contact(contact_person_name="Gerrit van 't Hof", address="Molenweg 1a", zipcode="8251 PG", city="Dronten"),
    Contact(
        contact_person_name="Zoë & Daan Öztürk", address="1e Helmersstraat 20/3", zipcode="1054 DH", city="Amsterdam"
    ),
    Contact(contact_person_name="Cornelis 's-Gravesande", address="Achterom 5", zipcode="2611 PL", city="Delft"),
)
_SUPPLIERS = (
    Contact(
        company_name="Technische Unie-achtig B.V.", address="Bovenkerkerweg 10", zipcode="1185 XE", city="Amstelveen"
    ),
    Contact(company_name="Groothandel Warmte & Water", address="Ambachtsweg 77", zipcode="3899 AX", city="Zeewolde"),
)
_LONG_TEXT = "Inclusief uitlezen van storingscodes, reinigen van de brander & het sifon, controle van O2/CO. " * 12
# code, description, price, VAT type, extended description
_PRODUCTS = (
    ("VOORRIJ", "Voorrijkosten", "35.00", "vat_high", None),
    ("UREN", "Arbeidsuur monteur", "62.50", "vat_high", None),
    ("REIS", "Reisuur", "45.00", "vat_high", None),
    ("ONT-7", "Ontsteker", "48.95", "vat_high", None),
    ("KK-15/22", 'Kogelkraan 15 x 22 mm (1/2")', "12.345", "vat_high", "Messing, met aftap & ontluchter."),
    ("ISO-LAAG", "Isoleren woning ouder dan 2 jaar, arbeid", "58.00", "vat_low_new", None),
    ("BOUW-VERLEGD", "Onderaanneming, btw verlegd", "55.00", "vat_reverse_charged", None),
    ("FILTER", "Luchtfilter WTW-unit", "24.95", "vat_high", ""),
    ("ONDERHOUD-CV", "Groot onderhoud cv-ketel", "139.00", "vat_high", _LONG_TEXT.strip()),
    ("EXPORT", "Levering buiten Nederland", "100.00", "vat_zero", None),
    ("CURSUS", "Cursus 'veilig werken', vrijgesteld", "250.00", "vat_none", None),
    ("P100", "Machine", "1895.0", "vat_high", None),
)


def state(seed: int) -> RompslompState:
    """Make the seeded data, the same for the same seed, ids and secrets included."""
    data = RompslompState(seed)
    owner = data.add_user("Ans", "Boekhouder", "boekhouder@voorbeeld.nl")
    first = data.add_company(owner, _details("Installatiebedrijf De Vries & Zn.", "NL800123456B01"))
    second = data.add_company(owner, _details("De Vries Verhuur", "NL800123456B02"))
    third = data.add_company(owner, _details("De Vries Privé", None, vat_liable=False))
    second.allowed_scopes = _ALL - {"manage:products"}
    third.api_accessible = False
    _fill_first(data, first)
    for company in (second, third):
        _fill_small(data, company)
    employee = data.add_user("Mo", "Medewerker", "medewerker@voorbeeld.nl")
    first.users.append(employee)
    _add_tokens(data, owner, employee)
    return data


def _details(name: str, vat_number: str | None, vat_liable: bool = True) -> dict[str, Any]:
    return {
        "name": name,
        "owner_name": "Ans Boekhouder",
        "address": "Ambachtsweg 1",
        "zipcode": "3542 AR",
        "city": "Utrecht",
        "country_code": "NL",
        "kvk_number": "30998877",
        "email": "info@devries.example",
        "website": "https://devries.example",
        "type": "eenmanszaak",
        "vat_liable": vat_liable,
        "vat_number": vat_number,
    }


def _fill_first(data: RompslompState, company: Company) -> None:
    for contact in (*_COMPANIES, *_PERSONS, *_SUPPLIERS):
        _add_copy(data, company, contact)
    vat_types = {vat_type.name: vat_type for vat_type in data.vat_types}
    for code, description, price, vat, extended in _PRODUCTS:
        product = Product(
            product_code=code, description=description, price_per_unit=Decimal(price), extended_description=extended
        )
        add_product(data, company, product, vat_types[vat])


def _fill_small(data: RompslompState, company: Company) -> None:
    for contact in (_COMPANIES[0], _PERSONS[0], _SUPPLIERS[0]):
        _add_copy(data, company, contact)
    vat_high = next(vat_type for vat_type in data.vat_types if vat_type.name == "vat_high")
    for code, description, price in (("VOORRIJ", "Voorrijkosten", "30.00"), ("HUUR", "Huur steiger per dag", "95.00")):
        product = Product(product_code=code, description=description, price_per_unit=Decimal(price))
        add_product(data, company, product, vat_high)


def _add_copy(data: RompslompState, company: Company, contact: Contact) -> None:
    """Add a copy of a contact: the lists above are shared by all resets, so they are never handed out."""
    copied = copy.copy(contact)
    copied.is_individual, copied.is_supplier = contact in _PERSONS, contact in _SUPPLIERS
    copied.country_code = contact.country_code or "NL"
    add_contact(data, company, copied)


def _add_tokens(data: RompslompState, owner: RompslompUser, employee: RompslompUser) -> None:
    """Add a token per scope set: all, each scope alone, all but the payments; and one of someone who owns nothing."""
    data.add_personal_token(owner, _ALL, FULL)
    for scope in SCOPES:
        data.add_personal_token(owner, frozenset({scope}), f"only {scope}")
    data.add_personal_token(owner, _ALL - {"manage:payments"}, "without manage:payments")
    data.add_personal_token(employee, _ALL, "employee")
