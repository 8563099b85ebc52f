"""Much data at once: lifelike customers, articles and invoices, the same for the same seed."""

import random
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from sandbox.dutch_data import DutchData
from sandbox.rompslomp.records import add_contact, add_product, add_published, line_of
from sandbox.rompslomp.rows import Contact, Invoice, Product
from sandbox.rompslomp.state import Company, RompslompState

_FIRST_DAY = date(2024, 1, 1)


@dataclass(frozen=True)
class DataVolume:
    """How much of what, and the seed that decides what it looks like."""

    customers: int = 0
    articles: int = 0
    invoices: int = 0
    seed: int = 1


def fill(state: RompslompState, company: Company, volume: DataVolume) -> None:
    """Add this much to what the company has."""
    rng = random.Random(volume.seed)
    dutch = DutchData(rng)
    for _ in range(volume.customers):
        add_contact(state, company, _customer(dutch))
    _add_articles(state, company, dutch, volume.articles)
    if volume.invoices and company.contacts.rows and company.products.rows:
        _add_invoices(state, company, rng, volume.invoices)


def _customer(dutch: DutchData) -> Contact:
    first_name, surname = dutch.person()
    contact = Contact(
        is_individual=dutch.rng.random() < 0.3,
        contact_person_name=f"{first_name} {surname}",
        address=dutch.street(),
        zipcode=dutch.postcode(),
        city=dutch.city(),
        country_code="NL",
        phone=dutch.mobile() if dutch.rng.random() < 0.5 else dutch.phone(),
    )
    if not contact.is_individual:
        contact.company_name = dutch.company()
        contact.kvk_number, contact.vat_number = dutch.kvk(), dutch.vat_number()
    contact.contact_person_email_address = dutch.email(contact.name or "")
    return contact


def _add_articles(state: RompslompState, company: Company, dutch: DutchData, number: int) -> None:
    """Add articles; a code that was drawn before gets a number behind it."""
    vat_types = {vat_type.name: vat_type for vat_type in state.vat_types}
    drawn: Counter[str] = Counter()
    for _ in range(number):
        article = dutch.article()
        code = article.code
        while code in company.product_codes:
            drawn[article.code] += 1
            code = f"{article.code}-{drawn[article.code]}"
        vat = dutch.rng.choices(("vat_high", "vat_low_new", "vat_zero"), (90, 8, 2))[0]
        product = Product(product_code=code, description=article.description, price_per_unit=article.price)
        if dutch.rng.random() < 0.1:
            product.extended_description = dutch.text(8)
        add_product(state, company, product, vat_types[vat])


def _add_invoices(state: RompslompState, company: Company, rng: random.Random, number: int) -> None:
    for n in range(number):
        # oldest first, so that the numbers follow the dates
        day = _FIRST_DAY + timedelta(days=n * 700 // number)
        lines = [line_of(state, rng.choice(company.products.rows)) for _ in range(rng.randint(1, 4))]
        contact = rng.choice(company.contacts.rows)
        invoice = Invoice(due_date=day + timedelta(days=company.payment_days), lines=lines)
        invoice.payment_method, invoice.sale_type = "pay_transfer", "supply"
        invoice.vat_number = contact.vat_number
        add_published(state, company, invoice, contact, on=day)
