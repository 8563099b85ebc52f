"""Too much at once goes by a person, once, and only that set (R2.5)."""

from typing import Any

import pytest

from include.cleanup.proposals import carry_out, refuse, shown
from include.cleanup.report import CleanupReport
from include.errors import ProposalClosed
from include.lifecycle.pending import approve_proposal
from include.store import baselines, links
from include.store.baselines import Baseline
from include.store.links import Link
from tests.conftest import PACKAGES, Couple, Coupled, Sandbox, Surroundings
from tests.integration.cleaning import (
    UNBRAKED,
    begun,
    by_key,
    change_settings,
    clean,
    cleaned,
    ids,
    make,
    make_all,
    said,
    some,
    take_away,
)
from tests.integration.state import simon_writes

__all__ = ["cleaned"]


@pytest.fixture(params=PACKAGES)
def braked(request: pytest.FixtureRequest, couple: Couple) -> Coupled:
    """No more than two of a kind go by themselves."""
    coupled = begun(couple(request.param, **UNBRAKED))
    change_settings(coupled, cleanup_most=2)
    return coupled


def proposed(coupled: Coupled) -> int:
    """The proposal of a clean-up that held back."""
    found = clean(coupled).proposal
    assert found is not None
    return found


def decide(coupled: Coupled, id: int, decision: str, by: str = "anna") -> None:
    if decision == "approve":
        approve_proposal(coupled.context, coupled.tenant, id, by=by)
    else:
        refuse(coupled.context, coupled.tenant, id, by=by)


def approve(coupled: Coupled, id: int) -> CleanupReport:
    decide(coupled, id, "approve")
    return carry_out(coupled.context, coupled.tenant, id, f"proposal {id}")


def baseline(coupled: Coupled, stream: str) -> Baseline | None:
    with coupled.context.store.begin() as tx:
        return baselines.find(tx, coupled.tenant.id, stream)


def members(coupled: Coupled, id: int) -> set[int]:
    return {removal.simon_id for removal in shown(coupled.context, coupled.tenant, id)[1]}


def test_brake_on_the_number(braked: Coupled) -> None:
    """R2.5: two go by themselves, a third one holds all of them."""
    make_all(braked, 2)
    assert clean(braked).ended == {"articles": {"deleted": 2}}
    three = set(make_all(braked, 3))
    mark = braked.control.mark()
    report = clean(braked)
    assert report.ended == {"articles": {"proposed": 3}}
    assert report.proposal is not None
    assert members(braked, report.proposal) == three
    assert simon_writes(braked, mark) == {}
    (row,) = [row for row in braked.log() if row.code == "cleanup.limit_exceeded"]
    assert (row.values["count"], row.values["total"]) == ("3", str(len(braked.simon("Item"))))


def test_brake_on_the_share(couple: Couple, sandbox: Sandbox) -> None:
    """R2.5: of 12 articles 10 % is one; two are held."""
    coupled = begun(couple("rompslomp", cleanup_share=100))
    change_settings(coupled, cleanup_share=10)
    one, two, three = some(coupled, "articles", 3)
    take_away(coupled, sandbox, "articles", one)
    assert clean(coupled).ended == {"articles": {"deleted": 1}}
    for key in (two, three):
        take_away(coupled, sandbox, "articles", key)
    assert clean(coupled).ended == {"articles": {"proposed": 2}}


def test_other_streams_go_on(braked: Coupled) -> None:
    """R2.5, R3.13: the brake is on one kind."""
    make_all(braked, 3)
    make(braked, "Customer", Name="Zelf gemaakt")
    assert clean(braked).ended == {"articles": {"proposed": 3}, "customers": {"deleted": 1}}


def test_a_blocked_run_leaves_the_baseline_as_it_was(braked: Coupled, sandbox: Sandbox) -> None:
    """R2.5, R2.4: and so it stays until the person has decided; then it is that of the listing that was judged."""
    before = baseline(braked, "customers")
    assert before is not None
    keys = some(braked, "customers", 3)
    for key in keys:
        take_away(braked, sandbox, "customers", key)
    id = proposed(braked)
    assert baseline(braked, "customers") == before
    approve(braked, id)
    after = baseline(braked, "customers")
    assert after is not None
    assert after.count == before.count - 3


def test_approved(braked: Coupled, sandbox: Sandbox) -> None:
    """R2.5: exactly that set goes; the next clean-up has nothing left to do."""
    keys = some(braked, "customers", 3)
    for key in keys:
        take_away(braked, sandbox, "customers", key)
    report = approve(braked, proposed(braked))
    assert report.ended == {"customers": {"deleted": 3}}
    assert report.proposal is None
    assert not set(keys) & set(by_key(braked, "customers"))
    assert clean(braked).ended == {}


def test_approval_of_one_set_does_not_cover_another(braked: Coupled) -> None:
    """R2.5: what joined after the proposal was made is not in it."""
    first = set(make_all(braked, 3))
    id = proposed(braked)
    later = set(make_all(braked, 3))
    assert approve(braked, id).ended == {"articles": {"deleted": 3}}
    assert later <= ids(braked, "Item")
    assert not first & ids(braked, "Item")


def test_another_set_takes_the_place_of_the_first(braked: Coupled) -> None:
    """R2.5: the older proposal cannot be approved any more."""
    make_all(braked, 3)
    old = proposed(braked)
    make_all(braked, 1)
    new = proposed(braked)
    assert new != old
    for decision in ("approve", "refuse"):
        with pytest.raises(ProposalClosed, match="replaced"):
            decide(braked, old, decision)
    with pytest.raises(ProposalClosed, match="replaced"):
        carry_out(braked.context, braked.tenant, old, "old")
    assert len(members(braked, new)) == 4


def test_the_same_set_keeps_its_proposal(braked: Coupled, surroundings: Surroundings) -> None:
    """R2.5, R7.1: whoever is looking at it finds it again; it says how many days are left."""
    make_all(braked, 3)
    first = proposed(braked)
    surroundings.pass_time(days=3)
    assert proposed(braked) == first
    assert [row.values["days"] for row in braked.log() if row.code == "cleanup.proposed"] == ["4", "7"]


def test_proposal_that_expired(braked: Coupled, surroundings: Surroundings) -> None:
    """R2.5: after seven days nothing can be approved; the next clean-up makes a new one of it."""
    made = set(make_all(braked, 3))
    old = proposed(braked)
    surroundings.pass_time(days=7, seconds=1)
    with pytest.raises(ProposalClosed, match="expired"):
        decide(braked, old, "approve")
    with pytest.raises(ProposalClosed, match="expired"):
        carry_out(braked.context, braked.tenant, old, "old")
    assert made <= ids(braked, "Item")
    new = proposed(braked)
    assert new != old
    assert members(braked, new) == made


def test_approval_that_expired(braked: Coupled, surroundings: Surroundings) -> None:
    """R2.5: a day after it, nothing happens."""
    made = set(make_all(braked, 3))
    id = proposed(braked)
    decide(braked, id, "approve")
    surroundings.pass_time(hours=24)
    mark = braked.control.mark()
    for _ in range(2):
        with pytest.raises(ProposalClosed, match="expired"):
            carry_out(braked.context, braked.tenant, id, "late")
    assert simon_writes(braked, mark) == {}
    assert members(braked, proposed(braked)) == made


def test_refused_is_kept(braked: Coupled) -> None:
    """R2.5: for as long as the reason lasts, and no longer."""
    made = set(make_all(braked, 3))
    id = proposed(braked)
    decide(braked, id, "refuse")
    with pytest.raises(ProposalClosed, match="refused"):
        carry_out(braked.context, braked.tenant, id, "refused")
    for _ in range(2):
        assert clean(braked).ended == {}
    assert made <= ids(braked, "Item")
    make_all(braked, 1)
    assert clean(braked).ended == {"articles": {"deleted": 1}}


def test_refused_and_wanted_in_the_meantime(couple: Couple, sandbox: Sandbox) -> None:
    """R2.5: once the package has had them again, an old refusal says nothing any more."""
    coupled = begun(couple("unit4", **UNBRAKED))
    change_settings(coupled, cleanup_most=0)
    books = sandbox.server.services["unit4"].administrations["MVL00001"]  # type: ignore[attr-defined]
    (key,) = some(coupled, "customers")
    row = books.customers.get(key)
    take_away(coupled, sandbox, "customers", key)
    decide(coupled, proposed(coupled), "refuse")
    assert clean(coupled).ended == {}
    books.customers.put(key, row)
    assert clean(coupled).ended == {}
    take_away(coupled, sandbox, "customers", key)
    assert clean(coupled).ended == {"customers": {"proposed": 1}}


@pytest.mark.parametrize("first", ["approve", "refuse"])
@pytest.mark.parametrize("second", ["approve", "refuse"])
def test_decided_twice(braked: Coupled, first: Any, second: Any) -> None:
    """R2.5: the first one who decided it did."""
    make_all(braked, 3)
    id = proposed(braked)
    decide(braked, id, first)
    with pytest.raises(ProposalClosed, match="approved" if first == "approve" else "refused"):
        decide(braked, id, second, "bert")
    proposal, _ = shown(braked.context, braked.tenant, id)
    assert proposal.decided_by == "anna"


def test_carried_out_twice(braked: Coupled) -> None:
    """R2.5: the second time finds it done."""
    make_all(braked, 3)
    id = proposed(braked)
    first = approve(braked, id)
    mark = braked.control.mark()
    assert carry_out(braked.context, braked.tenant, id, "again").ended == first.ended
    assert simon_writes(braked, mark) == {}


def test_what_is_wanted_again_is_spared(braked: Coupled) -> None:
    """R2.5, R2.4: approved or not, each record is looked at again before it goes."""
    made = make_all(braked, 3)
    id = proposed(braked)
    decide(braked, id, "approve")
    (key,) = some(braked, "articles")
    row = by_key(braked, "articles")[key]
    with braked.context.store.begin() as tx:  # a sync linked one of them meanwhile
        links.unlink(tx, braked.tenant.id, "articles", key)
        links.put(tx, braked.tenant.id, "articles", [Link(key, made[0], b"")])
    report = carry_out(braked.context, braked.tenant, id, "late")
    assert report.ended == {"articles": {"skipped": 1, "deleted": 2}}
    assert made[0] in ids(braked, "Item")
    assert row["Id"] in ids(braked, "Item")
    assert said(braked)["cleanup.in_scope_again"] == 1


def test_a_proposal_of_another_tenant(braked: Coupled, couple: Couple) -> None:
    """R2.5: it does not exist for this one."""
    make_all(braked, 3)
    id = proposed(braked)
    other = couple(braked.package, slug="other")
    for call in (
        lambda: shown(other.context, other.tenant, id),
        lambda: decide(other, id, "approve"),
        lambda: carry_out(other.context, other.tenant, id, "x"),
    ):
        with pytest.raises(ProposalClosed, match="does not exist"):
            call()


def test_an_undecided_proposal_is_not_carried_out(braked: Coupled) -> None:
    """R2.5: silence is no approval."""
    make_all(braked, 3)
    id = proposed(braked)
    with pytest.raises(ProposalClosed, match="open"):
        carry_out(braked.context, braked.tenant, id, "early")


def test_approved_under_another_administration(couple: Couple, sandbox: Sandbox) -> None:
    """R2.5, R2.4: what was approved of one administration is not done with another."""
    coupled = begun(couple("unit4", **UNBRAKED))
    change_settings(coupled, cleanup_most=0)
    (key,) = some(coupled, "customers")
    take_away(coupled, sandbox, "customers", key)
    id = proposed(coupled)
    decide(coupled, id, "approve")
    change_settings(coupled, administration="MVL00002")
    with pytest.raises(ProposalClosed, match="administration"):
        carry_out(coupled.context, coupled.tenant, id, "late")
    assert key in by_key(coupled, "customers")
