"""Random work orders: what is previewed is what the package stores, line by line, to the cent (R3.5, R3.6, R3.11)."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from include.access.systems import open_app
from include.log.writer import IntegrationLog
from include.push.discover import discover
from include.push.preview import preview
from include.push.worker import push
from include.sync.pipeline import sync
from tests.helpers.tenants import CoupledTenant
from tests.helpers.waiting_orders import open_work_order_problems
from tests.helpers.work_orders import only_document_of

used = st.tuples(st.integers(0, 5), st.integers(-50_000, 90_000).map(lambda n: n / 10_000))
minutes = st.lists(st.tuples(st.sampled_from(["Travel", "Work"]), st.integers(0, 600)), max_size=4)
texts = st.text(st.characters(codec="latin-1", exclude_categories=["Cc", "Cs"]), max_size=600)


@pytest.fixture
def ready(coupled: CoupledTenant) -> CoupledTenant:
    """Its master data is in Simon, and so many requests in a minute are no matter of limits."""
    coupled.control.call("PUT", "switches", {"rompslomp.rate_limit": 0})
    sync(coupled.context, coupled.tenant, "sync")
    return coupled


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(description=texts, material=st.lists(used, max_size=4), times=minutes)
def test_the_preview_is_what_is_stored(
    ready: CoupledTenant, description: str, material: list[tuple[int, float]], times: list[tuple[str, int]]
) -> None:
    """R3.5, R3.6, R3.11: descriptions, quantities and both totals are the same; and no warning follows."""
    codes = ready.accounting.odd_article_codes
    ids = {row["Code"]: row["Id"] for row in ready.simon("Item")}
    made = ready.archive(
        CustomerId=ready.simon("Customer")[0]["Id"],
        Description=description,
        UsedItems=[{"ItemId": ids[codes[place % len(codes)]], "Quantity": quantity} for place, quantity in material],
        TimeSheets=[{"TimeType": kind, "Minutes": number} for kind, number in times],
    )
    log = IntegrationLog(ready.context.store, ready.tenant.id, ready.slug, "preview")
    discover(ready.context, ready.tenant, open_app(ready.context, ready.tenant), log)
    shown = preview(ready.context, ready.tenant, made["Number"]).expected
    assert shown is not None
    assert push(ready.context, ready.tenant, "run") == {"confirmed": 1}
    document = only_document_of(ready, made)
    assert [(line.description.split("\n")[0].strip(), line.quantity) for line in shown.lines] == [
        (text.strip(), quantity) for text, quantity in document.quantities
    ]
    assert (document.total_excl, document.total_incl) == (shown.total_excl_vat, shown.total_incl_vat)
    assert open_work_order_problems(ready) == []
