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
from tests.helpers.lifecycle_tenant import (
    BY,
    LifecycleTenant,
    activate,
    archive_for_first_customer,
    connect_package,
    connect_simon,
    document_references,
    import_first,
    push_if_allowed,
    register_new,
    save_settings,
    set_up,
    wipe_simon,
)
from tests.helpers.polling import poll_all
from tests.helpers.sandboxes import Sandbox
from tests.helpers.tenants import call_simon

# from new to active


def test_a_coupling_goes_through_its_steps(lifecycle: LifecycleTenant) -> None:
    """R5.1: wipe, connect, choose, settings, import, active; who did what is kept."""
    activate(lifecycle)
    assert lifecycle.went() == ["new", "wiping", "connecting", "settings", "importing", "active"]
    assert {row["Name"] for row in lifecycle.simon("Customer")}.isdisjoint({"Oude klant", "Nog een"})
    assert lifecycle.tenant.active_since is not None
    assert [row.code for row in lifecycle.log()].count("coupling.activated") == 1


def test_first_import_is_announced_and_makes_active(lifecycle: LifecycleTenant) -> None:
    """R5.3: the watcher starts it; only a whole synchronisation makes the coupling active; interrupted, it goes on."""
    watcher = Watcher(lifecycle.context)
    wipe_simon(lifecycle)
    assert poll_all(watcher, "changed") == []
    set_up(lifecycle)
    assert poll_all(watcher, "changed") == [lifecycle.slug]
    assert (poll_all(watcher, "archived"), poll_all(watcher, "cleanup")) == ([], [])
    sync(lifecycle.context, lifecycle.tenant, "part", ["customers"])
    sync(lifecycle.context, lifecycle.tenant, "changes only", full=False)
    assert lifecycle.status == "importing"
    run = begin_sync(lifecycle.context, lifecycle.tenant, "broken off")
    for stream in run.streams:
        extract(run, stream)
    later = begin_sync(lifecycle.context, lifecycle.tenant, "resumed")
    transform(later)
    load_records(later)
    assert lifecycle.status == "active"


def test_work_orders_of_before_are_not_sent(lifecycle: LifecycleTenant) -> None:
    """R3.12: they do not go by themselves; a person can ask for them with a date, and then they go once."""
    activate(lifecycle)
    early = archive_for_first_customer(lifecycle)
    with lifecycle.context.store.begin() as tx:  # as if it had become active just now
        tx.execute(text("UPDATE tenants SET active_since = now() + interval '1 minute'"))
    push_if_allowed(lifecycle)
    assert document_references(lifecycle) == []
    backfill(lifecycle.context, lifecycle.tenant, datetime.now(UTC).date() - timedelta(days=1), by=BY, dry_run=False)
    push_if_allowed(lifecycle)
    push_if_allowed(lifecycle)
    assert document_references(lifecycle) == [early]


# the wipe


def test_rehearsal_writes_nothing_and_says_what_would_be(lifecycle: LifecycleTenant, sandbox: Sandbox) -> None:
    """Issue of the wipe: counts, what stands on open work orders, what matches, requests, work orders; reads only."""
    place = lifecycle.simon("Location")[0]
    lifecycle.archive(CustomerId=place["CustomerId"], LocationId=place["Id"], Description="Open werk", Status="Planned")
    connect_package(lifecycle)
    mark = lifecycle.control.mark()
    preview = preview_activation(
        lifecycle.context, lifecycle.tenant, administration=lifecycle.description["settings"]["administration"]
    )
    assert lifecycle.control.writes(lifecycle.key, mark) == 0
    assert preview.in_simon["customers"] == 2
    assert preview.wiped["customers"] == 1
    assert [record[0] for record in preview.on_open_work_orders].count("customers") == 1
    assert preview.incoming is not None
    assert preview.incoming.counts["customers"] == preview.incoming.counts["work_addresses"] > 0
    assert preview.incoming.matching["customers"] == 0
    assert (preview.work_orders, preview.calls["simple_simon"] > 0, preview.seconds > 0) == (0, True, True)


def test_rehearsal_sees_what_matches_by_number(lifecycle: LifecycleTenant) -> None:
    """Customers and articles that carry the package's number already."""
    activate(lifecycle)
    held = len([row for row in lifecycle.simon("Customer") if row["CustomerNumber"]])
    incoming = preview_activation(lifecycle.context, lifecycle.tenant).incoming
    assert incoming is not None
    assert incoming.matching["customers"] == held > 0
    assert incoming.matching["articles"] > 0


def test_wipe_asks_again_when_more_came_in(lifecycle: LifecycleTenant) -> None:
    """R5.2: the confirmation names numbers; a few new records are of these minutes, more is another picture."""
    shown = wipe_step.contents(lifecycle.context, lifecycle.tenant).counts
    for other in ({**shown, "customers": 0, "articles": 99}, {}, {**shown, "customers": shown["customers"] + 1}):
        with pytest.raises(ContentsChanged):
            wipe_step.confirm(lifecycle.context, lifecycle.tenant, other, parts=PARTS, by=BY)
    assert lifecycle.status == "new"
    call_simon(lifecycle, "POST", "Item", {"Code": "NIEUW", "Description": "Net gemaakt"})
    wipe_step.confirm(lifecycle.context, lifecycle.tenant, shown, parts=PARTS, by=BY)
    wipe_step.carry_out(lifecycle.context, lifecycle.tenant)
    assert lifecycle.simon("Item") == []


def test_a_first_wipe_takes_all_parts(lifecycle: LifecycleTenant) -> None:
    """R5.2: a choice is for a reactivation; keeping is deliberate, and another step."""
    shown = wipe_step.contents(lifecycle.context, lifecycle.tenant).counts
    for parts in (("articles",), (), ("invoices",)):
        with pytest.raises(InvalidInput):
            wipe_step.confirm(lifecycle.context, lifecycle.tenant, shown, parts=parts, by=BY)
    wipe_step.keep(lifecycle.context, lifecycle.tenant, BY)
    assert lifecycle.status == "connecting"
    assert len(lifecycle.simon("Customer")) == 2


def test_a_reactivation_wipes_a_choice(lifecycle: LifecycleTenant) -> None:
    """R5.2: only the chosen part goes."""
    activate(lifecycle)
    deactivate(lifecycle.context, lifecycle.tenant, BY)
    reactivate(lifecycle.context, lifecycle.tenant, BY)
    connect_simon(lifecycle)
    before = len(lifecycle.simon("Customer"))
    shown = wipe_step.contents(lifecycle.context, lifecycle.tenant).counts
    wipe_step.confirm(lifecycle.context, lifecycle.tenant, shown, parts=("articles",), by=BY)
    wipe_step.carry_out(lifecycle.context, lifecycle.tenant)
    assert (len(lifecycle.simon("Customer")), lifecycle.simon("Item")) == (before, [])
    set_up(lifecycle)
    import_first(lifecycle)
    assert lifecycle.simon("Item") != []


def test_an_interrupted_wipe_goes_on(lifecycle: LifecycleTenant, sandbox: Sandbox) -> None:
    """R5.2: the state says so, and the same step finishes it."""
    shown = wipe_step.contents(lifecycle.context, lifecycle.tenant).counts
    wipe_step.confirm(lifecycle.context, lifecycle.tenant, shown, parts=PARTS, by=BY)
    faults = sandbox.server.world.faults
    faults.add({"kind": "status", "status": 500, "path": "/odata/", "method": "DELETE", "count": -1})
    with pytest.raises(IntegrationError):
        wipe_step.carry_out(lifecycle.context, lifecycle.tenant)
    assert lifecycle.status == "wiping"
    faults.clear()
    wipe_step.carry_out(lifecycle.context, lifecycle.tenant)
    assert lifecycle.status == "connecting"
    assert lifecycle.simon("Customer") == []


def test_a_wipe_can_be_undone(lifecycle: LifecycleTenant) -> None:
    """R5.2: what it took is exported first."""
    shown = wipe_step.contents(lifecycle.context, lifecycle.tenant).counts
    wipe_step.confirm(lifecycle.context, lifecycle.tenant, shown, parts=PARTS, by=BY)
    report = wipe_step.carry_out(lifecycle.context, lifecycle.tenant)
    restored = restore(lifecycle.context, lifecycle.tenant, report.run_id, "back")
    assert restored.ended["customers"] == {"restored": 2}
    assert {row["Name"] for row in lifecycle.simon("Customer")} == {"Oude klant", "Nog een"}


# refusals

STEPS: dict[str, Callable[[LifecycleTenant], object]] = {
    "confirm": lambda lifecycle: wipe_step.confirm(lifecycle.context, lifecycle.tenant, {}, parts=PARTS, by=BY),
    "wipe": lambda lifecycle: wipe_step.carry_out(lifecycle.context, lifecycle.tenant),
    "keep": lambda lifecycle: wipe_step.keep(lifecycle.context, lifecycle.tenant, BY),
    "choose": lambda lifecycle: choose(lifecycle.context, lifecycle.tenant, "1", BY),
    "import": lambda lifecycle: start_import(lifecycle.context, lifecycle.tenant, BY),
    "reactivate": lambda lifecycle: reactivate(lifecycle.context, lifecycle.tenant, BY),
    "forget": lambda lifecycle: delete_tenant(lifecycle.context, lifecycle.tenant, lifecycle.slug),
    "rehearse": lambda lifecycle: preview_activation(lifecycle.context, lifecycle.tenant),
    "pause": lambda lifecycle: pause(lifecycle.context, lifecycle.tenant, BY),
    "connect": lambda lifecycle: connect_typed(lifecycle.context, lifecycle.tenant, "simple_simon", {}, by="anna"),
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
def test_what_may_not_happen_now_is_refused(lifecycle: LifecycleTenant, state: str) -> None:
    """R5.1: the text names the present state and what is possible; nothing changes."""
    with lifecycle.context.store.begin() as tx:
        tx.execute(text("UPDATE tenants SET status = :state"), {"state": state})
    for name in REFUSED[state]:
        with pytest.raises(InvalidState, match=f"{lifecycle.slug} is {state}.*what is possible: ."):
            STEPS[name](lifecycle)
    assert lifecycle.status == state


def test_import_waits_for_saved_and_right_settings(lifecycle: LifecycleTenant) -> None:
    """R4.1, R5.1: nothing is imported with settings that nobody saved, or that are wrong by now."""
    wipe_simon(lifecycle)
    connect_package(lifecycle)
    choose(lifecycle.context, lifecycle.tenant, lifecycle.description["settings"]["administration"], BY)
    with pytest.raises(InvalidState, match="not saved yet"):
        start_import(lifecycle.context, lifecycle.tenant, BY)
    save_settings(lifecycle)
    drafts.change(lifecycle.context, lifecycle.tenant, {"filter_word": "garantie"}, BY)
    with pytest.raises(InvalidState, match="save or discard"):
        start_import(lifecycle.context, lifecycle.tenant, BY)
    drafts.discard(lifecycle.context, lifecycle.tenant, "anna")
    start_import(lifecycle.context, lifecycle.tenant, BY)
    assert start_import(lifecycle.context, lifecycle.tenant, BY).status == "importing"


# administration and licence


def test_an_unknown_administration_is_refused_by_name(lifecycle: LifecycleTenant) -> None:
    """R4.4: what the access reaches is named."""
    wipe_simon(lifecycle)
    connect_package(lifecycle)
    number = lifecycle.description["settings"]["administration"]
    assert number in {administration.number for administration in administrations(lifecycle.context, lifecycle.tenant)}
    with pytest.raises(InvalidInput, match="99999999"):
        choose(lifecycle.context, lifecycle.tenant, "99999999", BY)
    assert lifecycle.status == "connecting"


def test_one_tenant_for_an_administration(lifecycle: LifecycleTenant, sandbox: Sandbox) -> None:
    """Two tenants on one administration would both bill its customers."""
    wipe_simon(lifecycle)
    set_up(lifecycle)
    other = register_new(lifecycle.context, sandbox, lifecycle.package, "second")
    connect_simon(other)
    wipe_simon(other)
    connect_package(other)
    with pytest.raises(AlreadyCoupled, match=lifecycle.slug):
        choose(other.context, other.tenant, lifecycle.description["settings"]["administration"], BY)


def test_one_tenant_for_a_licence(lifecycle: LifecycleTenant, sandbox: Sandbox) -> None:
    """Also while the one that has it is inactive; no licence code stands in the store in the clear."""
    other = register_new(lifecycle.context, sandbox, lifecycle.package, "second")
    with pytest.raises(AlreadyCoupled, match=lifecycle.slug):
        connect_simon(other, lifecycle.description["simon_access"])
    deactivate(lifecycle.context, lifecycle.tenant, BY)
    with pytest.raises(AlreadyCoupled, match=lifecycle.slug):
        connect_typed(other.context, other.tenant, "simple_simon", lifecycle.description["simon_access"], by="anna")
    with lifecycle.context.store.begin() as tx:
        kept = [bytes(digest) for digest in tx.execute(text("SELECT digest FROM ownership")).scalars()]
    assert kept
    assert all(lifecycle.key.encode() not in digest for digest in kept)


def test_a_licence_is_known_after_another_key(lifecycle: LifecycleTenant, sandbox: Sandbox) -> None:
    """Architecture 7: going over to another key of the installation forgets nobody's licence."""
    old, new = Fernet(Fernet.generate_key()), Fernet(Fernet.generate_key())
    context = replace(lifecycle.context, cipher=MultiFernet([old]))
    with context.store.begin() as tx:
        tx.execute(text("DELETE FROM ownership"))
        tx.execute(text("DELETE FROM secrets"))
    lifecycle.context = context
    connect_simon(lifecycle)
    assert rotate(replace(context, cipher=MultiFernet([new, old]))).unreadable == []
    other = register_new(replace(context, cipher=MultiFernet([new])), sandbox, lifecycle.package, "second")
    with pytest.raises(AlreadyCoupled, match=lifecycle.slug):
        connect_simon(other, lifecycle.description["simon_access"])
