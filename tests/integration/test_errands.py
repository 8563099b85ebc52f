"""What people decide on a page and the watcher carries out: once, by whoever comes first, and on after a restart."""

import asyncio
import threading
from collections import Counter

import pytest
from sqlalchemy import text

from include.cleanup.history import past_removals as earlier
from include.cleanup.history import waiting as open_proposal
from include.cleanup.proposals import decide
from include.context import Context
from include.errors import NothingToRestore, ProposalClosed
from include.lifecycle import pending, wipe_step
from include.lifecycle.pending import ask_undo
from include.lifecycle.wipe_step import PARTS
from include.tenants.tenant import load
from include.watcher import MAX_WORKERS, POLLS_PER_INTERVAL, Watcher
from tests.conftest import Couple, Coupled, Surroundings
from tests.integration.cleaning import begun, clean, ids, make_all
from tests.integration.living import BY, Living, living
from tests.integration.test_watch import look

__all__ = ["living"]


def confirmed(living: Living) -> None:
    shown = wipe_step.contents(living.context, living.tenant).counts
    wipe_step.confirm(living.context, living.tenant, shown, PARTS, BY)


@pytest.fixture
def braked(couple: Couple) -> Coupled:
    """A clean-up that wants to remove six hand-made articles, and may remove two by itself."""
    coupled = begun(couple("unit4", cleanup_most=2))
    make_all(coupled, 6)
    assert clean(coupled).proposal is not None
    return coupled


def proposal_of(coupled: Coupled) -> int:
    found = open_proposal(coupled.context, coupled.tenant)
    assert found is not None
    return found[0].id


def test_a_confirmed_wipe_is_carried_out(living: Living) -> None:
    """R5.2: nobody waits at a page for it; afterwards nobody waits for anything."""
    confirmed(living)
    assert pending.waiting(living.context) == [living.slug]
    assert look(Watcher(living.context), "errand") == []
    assert living.status == "connecting"
    assert living.simon("Customer") == []
    assert pending.waiting(living.context) == []


def test_a_paused_coupling_waits(living: Living) -> None:
    """R5: nothing is started for it."""
    confirmed(living)
    with living.context.store.begin() as tx:
        tx.execute(text("UPDATE tenants SET paused_at = now()"))
    look(Watcher(living.context), "errand")
    assert living.status == "wiping"


def test_the_command_line_and_the_watcher_at_once(living: Living) -> None:
    """R5.2: one wipes, the other waits and gets the same report; nothing is exported twice."""
    confirmed(living)
    tenant, reports = living.tenant, []
    both = [
        threading.Thread(target=lambda: reports.append(wipe_step.carry_out(living.context, tenant))) for _ in range(2)
    ]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert len(reports) == 2
    assert reports[0] == reports[1]
    assert living.went()[-2:] == ["wiping", "connecting"]


def test_an_approved_proposal_is_carried_out(braked: Coupled, surroundings: Surroundings) -> None:
    """R2.5: exactly that set; not in the seconds in which who approved elsewhere begins with it."""
    number, before = proposal_of(braked), ids(braked, "Item")
    decide(braked.context, braked.tenant, number, "approve", BY)
    assert pending.waiting(braked.context) == []
    surroundings.pass_time(seconds=6)
    look(Watcher(braked.context), "errand")
    assert len(before - ids(braked, "Item")) == 6
    assert open_proposal(braked.context, braked.tenant) is None
    with pytest.raises(ProposalClosed):
        decide(braked.context, braked.tenant, number, "refuse", "another")


def test_what_it_took_is_put_back(braked: Coupled, surroundings: Surroundings) -> None:
    """R2.5: asked for at a page, done by the watcher, once."""
    decide(braked.context, braked.tenant, proposal_of(braked), "approve", BY)
    surroundings.pass_time(seconds=6)
    watcher, left = Watcher(braked.context), len(ids(braked, "Item")) - 6
    look(watcher, "errand")
    [run] = [one for one in earlier(braked.context, braked.tenant) if one.undoable]
    assert run.ended["articles"] == {"deleted": 6}
    ask_undo(braked.context, braked.tenant, run.run_id)
    assert pending.waiting(braked.context) == [braked.slug]
    look(watcher, "errand")
    look(watcher, "errand")
    assert len(ids(braked, "Item")) == left + 6
    assert pending.waiting(braked.context) == []
    with pytest.raises(NothingToRestore):
        ask_undo(braked.context, braked.tenant, 999_999)


def test_trouble_is_tried_again_after_a_minute(living: Living, surroundings: Surroundings) -> None:
    """Architecture 4: said once, and not at every look while it lasts."""
    confirmed(living)
    living.control.call("POST", "faults", [{"kind": "status", "status": 503, "count": -1, "path": "/simon/odata"}])
    watcher = Watcher(living.context)
    for _ in range(3):
        look(watcher, "errand")
    assert living.status == "wiping"
    living.control.call("DELETE", "faults")
    look(watcher, "errand")
    assert living.status == "wiping"
    surroundings.pass_time(seconds=61)
    look(watcher, "errand")
    assert load(living.context, living.slug).status == "connecting"


def test_every_kind_of_look_has_its_turns(context: Context) -> None:
    """R2.1, R6: a kind that was forgotten would never look, and say nothing of it."""
    assert set(POLLS_PER_INTERVAL) == set(MAX_WORKERS)

    async def turns() -> None:
        counted: Counter[str] = Counter()

        async def begin(what: str, *_: object, **__: object) -> None:
            counted[what] += 1

        watcher = Watcher(context)
        watcher.begin_looks = begin  # type: ignore[method-assign,assignment]
        waiting = asyncio.ensure_future(anext(watcher.events(0.01)))
        while min(counted[what] for what in MAX_WORKERS) < 2:
            await asyncio.sleep(0.01)
        waiting.cancel()

    asyncio.run(asyncio.wait_for(turns(), 20))
