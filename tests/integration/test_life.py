"""The life of a coupling, on both packages: every step to active, every refusal, whose is what (R5.1-R5.4, R3.12)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.fernet import Fernet, MultiFernet
from sqlalchemy import text

from include.access.connect import connect_typed
from include.access.keys import rotate
from include.cleanup.restore import restore
from include.errors import AlreadyCoupled, ContentsChanged, IntegrationError, InvalidInput, InvalidState
from include.lifecycle import wipe_step
from include.lifecycle.activation import administrations, choose, start_import
from include.lifecycle.activation_preview import preview_activation
from include.lifecycle.deactivation import deactivate, pause, reactivate
from include.lifecycle.deletion import delete_tenant
from include.lifecycle.wipe_step import PARTS
from include.push.operations import backfill
from include.settings import drafts
from include.sync.extract import extract
from include.sync.load import load as load_records
from include.sync.pipeline import sync
from include.sync.run import begin_sync
from include.sync.transform import transform
from include.watcher.polling import Watcher
from tests.conftest import Sandbox, simon_call
from tests.helpers.polling import poll_all
from tests.integration.living import (
    BY,
    Living,
    activated,
    archive,
    born,
    bring_in,
    connect_package,
    connect_simon,
    living,
    push_now,
    references,
    save,
    set_up,
    wipe,
)

__all__ = ["living"]


# from new to active


def test_a_coupling_goes_through_its_steps(living: Living) -> None:
    """R5.1: wipe, connect, choose, settings, import, active; who did what is kept."""
    activated(living)
    assert living.went() == ["new", "wiping", "connecting", "settings", "importing", "active"]
    assert {row["Name"] for row in living.simon("Customer")}.isdisjoint({"Oude klant", "Nog een"})
    assert living.tenant.active_since is not None
    assert [row.code for row in living.log()].count("coupling.activated") == 1


def test_first_import_is_announced_and_makes_active(living: Living) -> None:
    """R5.3: the watcher starts it; only a whole synchronisation makes the coupling active; interrupted, it goes on."""
    watcher = Watcher(living.context)
    wipe(living)
    assert poll_all(watcher, "changed") == []
    set_up(living)
    assert poll_all(watcher, "changed") == [living.slug]
    assert (poll_all(watcher, "archived"), poll_all(watcher, "cleanup")) == ([], [])
    sync(living.context, living.tenant, "part", ["customers"])
    sync(living.context, living.tenant, "changes only", full=False)
    assert living.status == "importing"
    run = begin_sync(living.context, living.tenant, "broken off")
    for stream in run.streams:
        extract(run, stream)
    later = begin_sync(living.context, living.tenant, "resumed")
    transform(later)
    load_records(later)
    assert living.status == "active"


def test_work_orders_of_before_are_not_sent(living: Living) -> None:
    """R3.12: not by themselves; a person can ask for them with a date, and then they go once."""
    activated(living)
    early = archive(living)
    with living.context.store.begin() as tx:  # as if it had become active just now
        tx.execute(text("UPDATE tenants SET active_since = now() + interval '1 minute'"))
    push_now(living)
    assert references(living) == []
    backfill(living.context, living.tenant, datetime.now(UTC).date() - timedelta(days=1), by=BY, dry_run=False)
    push_now(living)
    push_now(living)
    assert references(living) == [early]


# the wipe


def test_rehearsal_writes_nothing_and_says_what_would_be(living: Living, sandbox: Sandbox) -> None:
    """Issue of the wipe: counts, what stands on open work orders, what matches, requests, work orders; reads only."""
    place = living.simon("Location")[0]
    living.archive(CustomerId=place["CustomerId"], LocationId=place["Id"], Description="Open werk", Status="Planned")
    connect_package(living)
    mark = living.control.mark()
    preview = preview_activation(
        living.context, living.tenant, administration=living.given["settings"]["administration"]
    )
    assert living.control.writes(living.key, mark) == 0
    assert preview.in_simon["customers"] == 2
    assert preview.wiped["customers"] == 1
    assert [record[0] for record in preview.on_open_work_orders].count("customers") == 1
    assert preview.incoming is not None
    assert preview.incoming.counts["customers"] == preview.incoming.counts["work_addresses"] > 0
    assert preview.incoming.matching["customers"] == 0
    assert (preview.work_orders, preview.calls["simple_simon"] > 0, preview.seconds > 0) == (0, True, True)


def test_rehearsal_sees_what_matches_by_number(living: Living) -> None:
    """Customers and articles that carry the package's number already."""
    activated(living)
    held = len([row for row in living.simon("Customer") if row["CustomerNumber"]])
    incoming = preview_activation(living.context, living.tenant).incoming
    assert incoming is not None
    assert incoming.matching["customers"] == held > 0
    assert incoming.matching["articles"] > 0


def test_wipe_asks_again_when_more_came_in(living: Living) -> None:
    """R5.2: the confirmation names numbers; a few new records are of these minutes, more is another picture."""
    shown = wipe_step.contents(living.context, living.tenant).counts
    for other in ({**shown, "customers": 0, "articles": 99}, {}, {**shown, "customers": shown["customers"] + 1}):
        with pytest.raises(ContentsChanged):
            wipe_step.confirm(living.context, living.tenant, other, parts=PARTS, by=BY)
    assert living.status == "new"
    simon_call(living, "POST", "Item", {"Code": "NIEUW", "Description": "Net gemaakt"})
    wipe_step.confirm(living.context, living.tenant, shown, parts=PARTS, by=BY)
    wipe_step.carry_out(living.context, living.tenant)
    assert living.simon("Item") == []


def test_a_first_wipe_takes_all_parts(living: Living) -> None:
    """R5.2: a choice is for a reactivation; keeping is deliberate, and another step."""
    shown = wipe_step.contents(living.context, living.tenant).counts
    for parts in (("articles",), (), ("invoices",)):
        with pytest.raises(InvalidInput):
            wipe_step.confirm(living.context, living.tenant, shown, parts=parts, by=BY)
    wipe_step.keep(living.context, living.tenant, BY)
    assert living.status == "connecting"
    assert len(living.simon("Customer")) == 2


def test_a_reactivation_wipes_a_choice(living: Living) -> None:
    """R5.2: only the chosen part goes."""
    activated(living)
    deactivate(living.context, living.tenant, BY)
    reactivate(living.context, living.tenant, BY)
    connect_simon(living)
    before = len(living.simon("Customer"))
    shown = wipe_step.contents(living.context, living.tenant).counts
    wipe_step.confirm(living.context, living.tenant, shown, parts=("articles",), by=BY)
    wipe_step.carry_out(living.context, living.tenant)
    assert (len(living.simon("Customer")), living.simon("Item")) == (before, [])
    set_up(living)
    bring_in(living)
    assert living.simon("Item") != []


def test_an_interrupted_wipe_goes_on(living: Living, sandbox: Sandbox) -> None:
    """R5.2: the state says so, and the same step finishes it."""
    shown = wipe_step.contents(living.context, living.tenant).counts
    wipe_step.confirm(living.context, living.tenant, shown, parts=PARTS, by=BY)
    faults = sandbox.server.world.faults
    faults.add({"kind": "status", "status": 500, "path": "/odata/", "method": "DELETE", "count": -1})
    with pytest.raises(IntegrationError):
        wipe_step.carry_out(living.context, living.tenant)
    assert living.status == "wiping"
    faults.clear()
    wipe_step.carry_out(living.context, living.tenant)
    assert living.status == "connecting"
    assert living.simon("Customer") == []


def test_a_wipe_can_be_undone(living: Living) -> None:
    """R5.2: what it took is exported first."""
    shown = wipe_step.contents(living.context, living.tenant).counts
    wipe_step.confirm(living.context, living.tenant, shown, parts=PARTS, by=BY)
    report = wipe_step.carry_out(living.context, living.tenant)
    restored = restore(living.context, living.tenant, report.run_id, "back")
    assert restored.ended["customers"] == {"restored": 2}
    assert {row["Name"] for row in living.simon("Customer")} == {"Oude klant", "Nog een"}


# refusals

STEPS: dict[str, Callable[[Living], object]] = {
    "confirm": lambda living: wipe_step.confirm(living.context, living.tenant, {}, parts=PARTS, by=BY),
    "wipe": lambda living: wipe_step.carry_out(living.context, living.tenant),
    "keep": lambda living: wipe_step.keep(living.context, living.tenant, BY),
    "choose": lambda living: choose(living.context, living.tenant, "1", BY),
    "import": lambda living: start_import(living.context, living.tenant, BY),
    "reactivate": lambda living: reactivate(living.context, living.tenant, BY),
    "forget": lambda living: delete_tenant(living.context, living.tenant, living.slug),
    "rehearse": lambda living: preview_activation(living.context, living.tenant),
    "pause": lambda living: pause(living.context, living.tenant, BY),
    "connect": lambda living: connect_typed(living.context, living.tenant, "simple_simon", {}),
}
REFUSED = {
    "new": ("wipe", "choose", "import", "reactivate", "forget"),
    "wiping": ("confirm", "keep", "choose", "import", "reactivate", "forget"),
    "connecting": ("confirm", "wipe", "keep", "import", "reactivate", "forget"),
    "settings": ("confirm", "wipe", "keep", "reactivate", "forget"),
    "importing": ("confirm", "wipe", "keep", "choose", "reactivate", "forget"),
    "active": ("confirm", "wipe", "keep", "choose", "reactivate", "forget"),
    "inactive": ("confirm", "wipe", "keep", "choose", "import", "rehearse", "pause", "connect"),
}


@pytest.mark.parametrize("state", REFUSED)
def test_what_may_not_happen_now_is_refused(living: Living, state: str) -> None:
    """R5.1: the text names the present state and what is possible; nothing changes."""
    with living.context.store.begin() as tx:
        tx.execute(text("UPDATE tenants SET status = :state"), {"state": state})
    for name in REFUSED[state]:
        with pytest.raises(InvalidState, match=f"{living.slug} is {state}.*what is possible: ."):
            STEPS[name](living)
    assert living.status == state


def test_import_waits_for_saved_and_right_settings(living: Living) -> None:
    """R4.1, R5.1: nothing is imported with settings that nobody saved, or that are wrong by now."""
    wipe(living)
    connect_package(living)
    choose(living.context, living.tenant, living.given["settings"]["administration"], BY)
    with pytest.raises(InvalidState, match="not saved yet"):
        start_import(living.context, living.tenant, BY)
    save(living)
    drafts.change(living.context, living.tenant, {"filter_word": "garantie"}, BY)
    with pytest.raises(InvalidState, match="save or discard"):
        start_import(living.context, living.tenant, BY)
    drafts.discard(living.context, living.tenant)
    start_import(living.context, living.tenant, BY)
    assert start_import(living.context, living.tenant, BY).status == "importing"


# administration and licence


def test_an_unknown_administration_is_refused_by_name(living: Living) -> None:
    """R4.4: what the access reaches is named."""
    wipe(living)
    connect_package(living)
    number = living.given["settings"]["administration"]
    assert number in {administration.number for administration in administrations(living.context, living.tenant)}
    with pytest.raises(InvalidInput, match="99999999"):
        choose(living.context, living.tenant, "99999999", BY)
    assert living.status == "connecting"


def test_one_tenant_for_an_administration(living: Living, sandbox: Sandbox) -> None:
    """Two tenants on one administration would both bill its customers."""
    wipe(living)
    set_up(living)
    other = born(living.context, sandbox, living.package, "second")
    connect_simon(other)
    wipe(other)
    connect_package(other)
    with pytest.raises(AlreadyCoupled, match=living.slug):
        choose(other.context, other.tenant, living.given["settings"]["administration"], BY)


def test_one_tenant_for_a_licence(living: Living, sandbox: Sandbox) -> None:
    """Also while the one that has it is inactive; no licence code stands in the store in the clear."""
    other = born(living.context, sandbox, living.package, "second")
    with pytest.raises(AlreadyCoupled, match=living.slug):
        connect_simon(other, living.given["simon_access"])
    deactivate(living.context, living.tenant, BY)
    with pytest.raises(AlreadyCoupled, match=living.slug):
        connect_typed(other.context, other.tenant, "simple_simon", living.given["simon_access"])
    with living.context.store.begin() as tx:
        kept = [bytes(digest) for digest in tx.execute(text("SELECT digest FROM ownership")).scalars()]
    assert kept
    assert all(living.key.encode() not in digest for digest in kept)


def test_a_licence_is_known_after_another_key(living: Living, sandbox: Sandbox) -> None:
    """Architecture 7: going over to another key of the installation forgets nobody's licence."""
    old, new = Fernet(Fernet.generate_key()), Fernet(Fernet.generate_key())
    context = replace(living.context, cipher=MultiFernet([old]))
    with context.store.begin() as tx:
        tx.execute(text("TRUNCATE ownership, secrets"))
    living.context = context
    connect_simon(living)
    assert rotate(replace(context, cipher=MultiFernet([new, old]))).unreadable == []
    other = born(replace(context, cipher=MultiFernet([new])), sandbox, living.package, "second")
    with pytest.raises(AlreadyCoupled, match=living.slug):
        connect_simon(other, living.given["simon_access"])
