"""Everything that ever happened to one work order, customer or article, as the pages show it (R7.1, R4.3)."""

from include.log.timeline import record_timeline, work_order_timeline
from include.push import operations
from include.push.worker import push
from include.sync.pipeline import sync
from tests.conftest import Coupled
from tests.integration.cleaning import clean
from tests.integration.test_push import archive, place_without_customer, ready

__all__ = ["ready"]


def test_of_a_work_order(ready: Coupled) -> None:
    """Steps and messages in one line of time, who did what, and the version of the settings it was made with."""
    made = archive(ready)
    before = work_order_timeline(ready.context, ready.tenant, made["Number"])
    assert before.events == ()
    push(ready.context, ready.tenant, "one")
    story = work_order_timeline(ready.context, ready.tenant, str(made["Id"]))
    assert story.name == made["Number"]
    assert [one.state for one in story.entries] == ["confirmed"]
    assert story.entries[0].settings_version == 1
    states = [one.state for one in story.events if one.state]
    assert states == ["confirmed", "sending", "claimed", "ready"]
    [booked] = [one for one in story.events if one.type == "success"]
    assert (booked.code, booked.run) == ("work_order.booked", "one")
    moments = [one.at for one in story.events]
    assert moments == sorted(moments, reverse=True)
    english = work_order_timeline(ready.context, ready.tenant, made["Number"], "en")
    assert [one.message for one in english.events if one.type] != [booked.message]


def test_who_held_it_is_in_it(ready: Coupled) -> None:
    """R3.10: what a person did carries their name."""
    made = archive(ready, CustomerId=None, LocationId=place_without_customer(ready))
    push(ready.context, ready.tenant, "one")
    operations.hold(ready.context, ready.tenant, made["Number"], "anna")
    story = work_order_timeline(ready.context, ready.tenant, made["Number"])
    assert [(one.state, one.by) for one in story.events if one.by] == [("held", "anna")]
    assert {"work_order.held", "work_order.no_customer"} <= {one.code for one in story.events if one.type}


def test_of_a_customer_and_an_article(ready: Coupled) -> None:
    """By number, by key, and as the log names it; of another tenant nothing."""
    sync(ready.context, ready.tenant, "again")
    clean(ready)
    row = next(one for one in ready.simon("Customer") if one["CustomerNumber"])
    for name in (row["CustomerNumber"], row["ExternalId"], f"{row['CustomerNumber']} {row['Name']}"):
        [link] = record_timeline(ready.context, ready.tenant, "customer", name).links
        assert (link.simon_id, link.key) == (row["Id"], row["ExternalId"])
    item = next(one for one in ready.simon("Item") if one["Code"] == "ONT-7")
    [link] = record_timeline(ready.context, ready.tenant, "article", "ONT-7").links
    assert link.simon_id == item["Id"]
    assert record_timeline(ready.context, ready.tenant, "article", "no-such").links == ()
