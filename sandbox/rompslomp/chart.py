"""The fixed lists of Rompslomp: VAT types and the ledger accounts every company starts with (contract 9.4, 13)."""

from collections.abc import Iterator
from decimal import Decimal

from sandbox.rompslomp.rows import RompslompAccount, VatType
from sandbox.rompslomp.tables import RompslompIds, RompslompTable

FIXED_VAT_IDS = {
    "vat_high": 701184043,
    "vat_zero": 681363806,
    "vat_none": 688369464,
    "vat_reverse_charged": 775036437,
}
_VAT_TYPES = (
    ("vat_high", "hoog", "0.21"),
    ("vat_low", "laag (6%)", "0.06"),
    ("vat_low_new", "laag", "0.09"),
    ("vat_zero", "0%", "0.0"),
    ("vat_none", "vrijgesteld", "0.0"),
    ("vat_reverse_charged", "verlegd", "0.0"),
    ("vat_custom", "afwijkend", None),
)
# path, reference, type, name; an account stands below the account whose path it continues
_ACCOUNTS = (
    ("activa", "B1", "balance", "Activa"),
    ("activa.fixed_assets", "B1.1", "balance", "Vaste activa"),
    ("activa.current_assets", "B1.2", "balance", "Vlottende activa"),
    ("activa.current_assets.debtors", "B1.2.1", "balance", "Debiteuren"),
    ("activa.current_assets.liquid_assets", "B1.2.2", "balance", "Liquide middelen"),
    ("activa.current_assets.liquid_assets.bank", "B1.2.2.1", "balance", "Bank"),
    ("activa.current_assets.liquid_assets.cash", "B1.2.2.2", "balance", "Kas"),
    ("passiva", "B2", "balance", "Passiva"),
    ("passiva.equity", "B2.1", "balance", "Eigen vermogen"),
    ("passiva.creditors", "B2.2", "balance", "Crediteuren"),
    ("profit", "P", None, "Resultaat"),
    ("profit.costs", "P1", "costs", "Kosten"),
    ("profit.costs.personnel", "P1.1", "costs", "Personeel"),
    ("profit.costs.housing", "P1.2", "costs", "Huisvesting"),
    ("profit.costs.car", "P1.3", "costs", "Auto en vervoer"),
    ("profit.costs.selling", "P1.4", "costs", "Verkoopkosten"),
    ("profit.costs.selling.advertising", "P1.4.1", "costs", "Reclame"),
    ("profit.costs.selling.representation", "P1.4.2", "costs", "Representatie"),
    ("profit.costs.selling.promotional_gifts", "P1.4.3", "costs", "Relatiegeschenken"),
    ("profit.costs.other_costs", "P1.5", "costs", "Overige kosten"),
    ("profit.costs.other_costs.phone_internet", "P1.5.1", "costs", "Telefoon &amp; internet"),
    ("profit.costs.other_costs.administration", "P1.5.2", "costs", "Administratiekosten"),
    ("profit.costs.other_costs.literature", "P1.5.3", "costs", "Vakliteratuur"),
    ("profit.costs.other_costs.education", "P1.5.4", "costs", "Opleiding"),
    ("profit.costs.other_costs.subscriptions", "P1.5.5", "costs", "Abonnementen"),
    ("profit.costs.other_costs.office_materials", "P1.5.6", "costs", "Kantoorartikelen"),
    ("profit.costs.other_costs.work_clothes", "P1.5.7", "costs", "Werkkleding"),
    ("profit.costs.other_costs.misc", "P1.5.8", "costs", "Diversen"),
    ("profit.costs.depreciations", "P1.6", "costs", "Afschrijvingen"),
    ("profit.costs.purchased_stock", "P1.7", "costs", "Inkoop voorraad"),
    ("profit.costs.third_parties_work", "P1.8", "costs", "Werk door derden"),
    ("profit.costs.interest_costs", "P1.9", "costs", "Rente"),
    ("profit.costs.payment_differences", "P1.10", "costs", "Betalingsverschillen"),
    ("profit.revenue", "P2", "revenue", "Omzet"),
    ("profit.revenue.other", "P2.1", "revenue", "Overig"),
    ("profit.revenue.payment_differences", "P2.2", "revenue", "Betalingsverschillen"),
    ("profit.revenue.service_custom", "P2.3", "revenue", "Service &amp; onderhoud"),
    ("vat_to_pay_revenue", "H1", None, "Hulprekening: btw af te dragen"),
    ("vat_to_pay_revenue.vat_high", "H1.1", None, "Btw hoog"),
    ("vat_to_pay_revenue.vat_low_new", "H1.2", None, "Btw laag"),
    ("vat_to_pay_revenue.vat_zero", "H1.3", None, "Btw 0%"),
    ("vat_to_pay_revenue.vat_none", "H1.4", None, "Btw vrijgesteld"),
    ("vat_to_pay_revenue.vat_reverse_charged", "H1.5", None, "Btw verlegd"),
    ("vat_to_pay_revenue.vat_private_use", "H1.6", None, "Privégebruik btw"),
)
_UNNAMED = "profit"  # left out of the names of what is below it
PAYMENT_PATHS = "activa.current_assets.liquid_assets."


def vat_types(ids: RompslompIds) -> RompslompTable[VatType]:
    table: RompslompTable[VatType] = RompslompTable()
    for name, friendly_name, value in _VAT_TYPES:
        rate = None if value is None else Decimal(value)
        table.add(VatType(FIXED_VAT_IDS.get(name) or ids(), name, friendly_name, rate))
    return table


def accounts(ids: RompslompIds) -> Iterator[RompslompAccount]:
    """Make a new set of ledger accounts, each with its own id, parents before children."""
    by_path: dict[str, RompslompAccount] = {}
    for path, reference, kind, name in _ACCOUNTS:
        parent = by_path.get(path.rpartition(".")[0])
        named = parent is not None and parent.path != _UNNAMED
        path_name = f"{parent.path_name} • {name}" if parent and named else name
        by_path[path] = RompslompAccount(ids(), name, path_name, path, reference, kind, parent.id if parent else None)
        yield by_path[path]
