"""Everything that ever happened to one work order, customer or article, as the pages show it (R7.1, R4.3)."""

from include.log.timeline import record_timeline, work_order_timeline
from include.push import operations
from include.push.worker import push
from include.sync.pipeline import sync
from tests.helpers.cleanup_tenants import run_cleanup
from tests.helpers.tenants import CoupledTenant
from tests.helpers.work_orders import archive_work_order, create_address_without_customer


def test_of_a_work_order(ready: CoupledTenant) -> None:
    """Steps and messages in one line of time, who did what, and the version of the settings it was made with."""
    made = archive_work_order(ready)
    before = work_order_timeline(ready.context, ready.tenant, made["Number"])
    assert before.events == ()
    push(ready.context, ready.tenant, "one")
    timeline = work_order_timeline(ready.context, ready.tenant, str(made["Id"]))
    assert timeline.name == made["Number"]
    assert [entry.state for entry in timeline.entries] == ["confirmed"]
    assert timeline.entries[0].settings_version == 1
    states = [event.state for event in timeline.events if event.state]
    assert states == ["confirmed", "sending", "claimed", "ready"]
    [booked] = [event for event in timeline.events if event.type == "success"]
    assert (booked.code, booked.run) == ("work_order.booked", "one")
    moments = [event.at for event in timeline.events]
    assert moments == sorted(moments, reverse=True)
    english = work_order_timeline(ready.context, ready.tenant, made["Number"], "en")
    assert [event.message for event in english.events if event.type] != [booked.message]


def test_who_held_it_is_in_it(ready: CoupledTenant) -> None:
    """R3.10: what a person did carries their name."""
    made = archive_work_order(ready, CustomerId=None, LocationId=create_address_without_customer(ready))
    push(ready.context, ready.tenant, "one")
    operations.hold(ready.context, ready.tenant, made["Number"], "anna")
    timeline = work_order_timeline(ready.context, ready.tenant, made["Number"])
    assert [(event.state, event.by) for event in timeline.events if event.by] == [("held", "anna")]
    assert {"work_order.held", "work_order.no_customer"} <= {event.code for event in timeline.events if event.type}


def test_of_a_customer_and_an_article(ready: CoupledTenant) -> None:
    """By number, by key, and as the log names it; of another tenant nothing."""
    sync(ready.context, ready.tenant, "again")
    run_cleanup(ready)
    row = next(each for each in ready.simon("Customer") if each["CustomerNumber"])
    for name in (row["CustomerNumber"], row["ExternalId"], f"{row['CustomerNumber']} {row['Name']}"):
        [link] = record_timeline(ready.context, ready.tenant, "customer", name).links
        assert (link.simon_id, link.key) == (row["Id"], row["ExternalId"])
    item = next(each for each in ready.simon("Item") if each["Code"] == "ONT-7")
    [link] = record_timeline(ready.context, ready.tenant, "article", "ONT-7").links
    assert link.simon_id == item["Id"]
    assert record_timeline(ready.context, ready.tenant, "article", "no-such").links == ()
