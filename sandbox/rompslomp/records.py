"""Records that come to be without a request: those of the seed and of the generator."""

from datetime import date

from sandbox.rompslomp.contacts import cached
from sandbox.rompslomp.lines import calculate
from sandbox.rompslomp.rows import ZERO, Contact, Invoice, Product, RompslompLine, VatType
from sandbox.rompslomp.state import Company, RompslompState


def add_contact(state: RompslompState, company: Company, contact: Contact) -> Contact:
    contact.id = state.ids()
    contact.contact_number = contact.contact_number or company.new_contact_number()
    company.contact_numbers.add(contact.contact_number)
    company.contacts.add(contact)
    return contact


def add_product(state: RompslompState, company: Company, product: Product, vat_type: VatType) -> Product:
    """Add a product; its code must be free."""
    product.id = state.ids()
    product.vat_type_id, product.vat_rate = vat_type.id, vat_type.value or ZERO
    calculate(product)
    product.product_code = product.product_code or company.new_product_code()
    company.product_codes.add(product.product_code)
    company.products.add(product)
    return product


def add_published(state: RompslompState, company: Company, invoice: Invoice, contact: Contact, *, on: date) -> Invoice:
    """Add a published invoice with its date as the day of publication."""
    invoice.date = on
    invoice.id, invoice.status = state.ids(), "published"
    invoice.contact_id, invoice.cached_contact = contact.id, cached(contact)
    invoice.published_at, month = on, f"{on:%Y%m}"
    invoice.invoice_number = f"{month}{company.count(f'sales_invoices {month}'):04}"
    company.sales_invoices.add(invoice)
    return invoice


def line_of(state: RompslompState, product: Product) -> RompslompLine:
    """Make a line that sells the product once."""
    line = RompslompLine(
        id=state.ids(),
        description=product.description,
        price_per_unit=product.price_per_unit,
        vat_type_id=product.vat_type_id,
        vat_rate=product.vat_rate,
        product_id=product.id,
    )
    calculate(line)
    return line
