"""What in Simon hangs on nothing of the package when a coupling begins: nothing of it would ever be booked."""

from include.connectors.field_service import FieldService
from include.runs import Run
from include.store import links

NAMED = 20  # in one message; the rest is counted


def report_loose_ends(run: Run, app: FieldService) -> None:
    """Report the work addresses without a customer, and the open work orders whose customer is not coupled (R5.1)."""
    labels = {record.id: record.label for page in app.listing("work_addresses") for record in page}
    addresses = [
        labels.get(app.id_of("work_addresses", row), "?")
        for page in app.contents("work_addresses")
        for row in page
        if not app.written("work_addresses", row)[1]
    ]
    with run.context.store.begin() as tx:
        coupled = links.keys(tx, run.tenant.id, "customers")
    numbers = {number for id, numbers in app.in_use()["customers"].items() if id not in coupled for number in numbers}
    for code, names in (("coupling.loose_addresses", addresses), ("coupling.loose_work_orders", sorted(numbers))):
        if names:
            listed = ", ".join(names[:NAMED]) + (" …" if len(names) > NAMED else "")
            run.log.write(code, run.tenant.slug, names=listed, count=len(names))
