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
from tests.helpers.cleanup_tenants import (
    UNLIMITED,
    change_settings,
    count_logged_codes,
    create_in_simon,
    create_many_in_simon,
    keys_not_in_settings,
    run_cleanup,
    simon_ids,
    simon_records_by_key,
    with_first_cleanup,
)
from tests.helpers.clock import FakeClock
from tests.helpers.packages import PACKAGES
from tests.helpers.sandboxes import Sandbox
from tests.helpers.snapshots import count_simon_writes
from tests.helpers.tenants import CoupledTenant, CoupleTenant


@pytest.fixture(params=PACKAGES)
def limited(request: pytest.FixtureRequest, couple: CoupleTenant) -> CoupledTenant:
    """No more than two of a kind go by themselves."""
    coupled = with_first_cleanup(couple(request.param, **UNLIMITED))
    change_settings(coupled, cleanup_most=2)
    return coupled


def proposed(coupled: CoupledTenant) -> int:
    """The proposal of a clean-up that went over the limit."""
    number = run_cleanup(coupled).proposal
    assert number is not None
    return number


def decide(coupled: CoupledTenant, id: int, decision: str, by: str = "anna") -> None:
    if decision == "approve":
        approve_proposal(coupled.context, coupled.tenant, id, by=by)
    else:
        refuse(coupled.context, coupled.tenant, id, by=by)


def approve(coupled: CoupledTenant, id: int) -> CleanupReport:
    decide(coupled, id, "approve")
    return carry_out(coupled.context, coupled.tenant, id, f"proposal {id}")


def baseline(coupled: CoupledTenant, stream: str) -> Baseline | None:
    with coupled.context.store.begin() as tx:
        return baselines.find(tx, coupled.tenant.id, stream)


def members(coupled: CoupledTenant, id: int) -> set[int]:
    return {removal.simon_id for removal in shown(coupled.context, coupled.tenant, id)[1]}


def test_limit_on_the_number(limited: CoupledTenant) -> None:
    """R2.5: two go by themselves, a third one holds all of them."""
    create_many_in_simon(limited, 2)
    assert run_cleanup(limited).ended == {"articles": {"deleted": 2}}
    three = set(create_many_in_simon(limited, 3))
    mark = limited.control.mark()
    report = run_cleanup(limited)
    assert report.ended == {"articles": {"proposed": 3}}
    assert report.proposal is not None
    assert members(limited, report.proposal) == three
    assert count_simon_writes(limited, mark) == {}
    (row,) = [row for row in limited.log() if row.code == "cleanup.limit_exceeded"]
    assert (row.values["count"], row.values["total"]) == ("3", str(len(limited.simon("Item"))))


def test_limit_on_the_share(couple: CoupleTenant, sandbox: Sandbox) -> None:
    """R2.5: of 12 articles 10 % is one; two are held."""
    coupled = with_first_cleanup(couple("rompslomp", cleanup_share=100))
    change_settings(coupled, cleanup_share=10)
    first, two, three = keys_not_in_settings(coupled, "articles", 3)
    coupled.accounting.delete_record("articles", first)
    assert run_cleanup(coupled).ended == {"articles": {"deleted": 1}}
    for key in (two, three):
        coupled.accounting.delete_record("articles", key)
    assert run_cleanup(coupled).ended == {"articles": {"proposed": 2}}


def test_other_streams_go_on(limited: CoupledTenant) -> None:
    """R2.5, R3.13: the limit is on one kind."""
    create_many_in_simon(limited, 3)
    create_in_simon(limited, "Customer", Name="Zelf gemaakt")
    assert run_cleanup(limited).ended == {"articles": {"proposed": 3}, "customers": {"deleted": 1}}


def test_a_blocked_run_leaves_the_baseline_as_it_was(limited: CoupledTenant, sandbox: Sandbox) -> None:
    """R2.5, R2.4: and so it stays until the person has decided; then it is that of the listing that was judged."""
    before = baseline(limited, "customers")
    assert before is not None
    keys = keys_not_in_settings(limited, "customers", 3)
    for key in keys:
        limited.accounting.delete_record("customers", key)
    id = proposed(limited)
    assert baseline(limited, "customers") == before
    approve(limited, id)
    after = baseline(limited, "customers")
    assert after is not None
    assert after.count == before.count - 3


def test_approved(limited: CoupledTenant, sandbox: Sandbox) -> None:
    """R2.5: exactly that set goes; the next clean-up has nothing left to do."""
    keys = keys_not_in_settings(limited, "customers", 3)
    for key in keys:
        limited.accounting.delete_record("customers", key)
    report = approve(limited, proposed(limited))
    assert report.ended == {"customers": {"deleted": 3}}
    assert report.proposal is None
    assert not set(keys) & set(simon_records_by_key(limited, "customers"))
    assert run_cleanup(limited).ended == {}


def test_approval_of_one_set_does_not_cover_another(limited: CoupledTenant) -> None:
    """R2.5: what joined after the proposal was made is not in it."""
    first = set(create_many_in_simon(limited, 3))
    id = proposed(limited)
    later = set(create_many_in_simon(limited, 3))
    assert approve(limited, id).ended == {"articles": {"deleted": 3}}
    assert later <= simon_ids(limited, "Item")
    assert not first & simon_ids(limited, "Item")


def test_another_set_takes_the_place_of_the_first(limited: CoupledTenant) -> None:
    """R2.5: the older proposal cannot be approved any more."""
    create_many_in_simon(limited, 3)
    old = proposed(limited)
    create_many_in_simon(limited, 1)
    new = proposed(limited)
    assert new != old
    for decision in ("approve", "refuse"):
        with pytest.raises(ProposalClosed, match="replaced"):
            decide(limited, old, decision)
    with pytest.raises(ProposalClosed, match="replaced"):
        carry_out(limited.context, limited.tenant, old, "old")
    assert len(members(limited, new)) == 4


def test_the_same_set_keeps_its_proposal(limited: CoupledTenant, clock: FakeClock) -> None:
    """R2.5, R7.1: whoever is looking at it finds it again; it says how many days are left."""
    create_many_in_simon(limited, 3)
    first = proposed(limited)
    clock.advance(days=3)
    assert proposed(limited) == first
    assert [row.values["days"] for row in limited.log() if row.code == "cleanup.proposed"] == ["4", "7"]


def test_proposal_that_expired(limited: CoupledTenant, clock: FakeClock) -> None:
    """R2.5: after seven days nothing can be approved; the next clean-up makes a new one of it."""
    made = set(create_many_in_simon(limited, 3))
    old = proposed(limited)
    clock.advance(days=7, seconds=1)
    with pytest.raises(ProposalClosed, match="expired"):
        decide(limited, old, "approve")
    with pytest.raises(ProposalClosed, match="expired"):
        carry_out(limited.context, limited.tenant, old, "old")
    assert made <= simon_ids(limited, "Item")
    new = proposed(limited)
    assert new != old
    assert members(limited, new) == made


def test_approval_that_expired(limited: CoupledTenant, clock: FakeClock) -> None:
    """R2.5: a day after it, nothing happens."""
    made = set(create_many_in_simon(limited, 3))
    id = proposed(limited)
    decide(limited, id, "approve")
    clock.advance(hours=24)
    mark = limited.control.mark()
    for _ in range(2):
        with pytest.raises(ProposalClosed, match="expired"):
            carry_out(limited.context, limited.tenant, id, "late")
    assert count_simon_writes(limited, mark) == {}
    assert members(limited, proposed(limited)) == made


def test_refused_is_kept(limited: CoupledTenant) -> None:
    """R2.5: for as long as the reason lasts, and no longer."""
    made = set(create_many_in_simon(limited, 3))
    id = proposed(limited)
    decide(limited, id, "refuse")
    with pytest.raises(ProposalClosed, match="refused"):
        carry_out(limited.context, limited.tenant, id, "refused")
    for _ in range(2):
        assert run_cleanup(limited).ended == {}
    assert made <= simon_ids(limited, "Item")
    create_many_in_simon(limited, 1)
    assert run_cleanup(limited).ended == {"articles": {"deleted": 1}}


def test_refused_and_wanted_in_the_meantime(couple: CoupleTenant, sandbox: Sandbox) -> None:
    """R2.5: once the package has had them again, an old refusal says nothing any more."""
    coupled = with_first_cleanup(couple("unit4", **UNLIMITED))
    change_settings(coupled, cleanup_most=0)
    books = sandbox.server.services["unit4"].administrations["MVL00001"]  # type: ignore[attr-defined]
    (key,) = keys_not_in_settings(coupled, "customers")
    row = books.customers.get(key)
    coupled.accounting.delete_record("customers", key)
    decide(coupled, proposed(coupled), "refuse")
    assert run_cleanup(coupled).ended == {}
    books.customers.put(key, row)
    assert run_cleanup(coupled).ended == {}
    coupled.accounting.delete_record("customers", key)
    assert run_cleanup(coupled).ended == {"customers": {"proposed": 1}}


@pytest.mark.parametrize("first", ["approve", "refuse"])
@pytest.mark.parametrize("second", ["approve", "refuse"])
def test_decided_twice(limited: CoupledTenant, first: Any, second: Any) -> None:
    """R2.5: the first one who decided it did."""
    create_many_in_simon(limited, 3)
    id = proposed(limited)
    decide(limited, id, first)
    with pytest.raises(ProposalClosed, match="approved" if first == "approve" else "refused"):
        decide(limited, id, second, "bert")
    proposal, _ = shown(limited.context, limited.tenant, id)
    assert proposal.decided_by == "anna"


def test_carried_out_twice(limited: CoupledTenant) -> None:
    """R2.5: the second time finds it done."""
    create_many_in_simon(limited, 3)
    id = proposed(limited)
    first = approve(limited, id)
    mark = limited.control.mark()
    assert carry_out(limited.context, limited.tenant, id, "again").ended == first.ended
    assert count_simon_writes(limited, mark) == {}


def test_what_is_in_scope_again_is_skipped(limited: CoupledTenant) -> None:
    """R2.5, R2.4: approved or not, each record is looked at again before it goes."""
    made = create_many_in_simon(limited, 3)
    id = proposed(limited)
    decide(limited, id, "approve")
    (key,) = keys_not_in_settings(limited, "articles")
    row = simon_records_by_key(limited, "articles")[key]
    with limited.context.store.begin() as tx:  # a sync linked one of them meanwhile
        links.unlink(tx, limited.tenant.id, "articles", key)
        links.put(tx, limited.tenant.id, "articles", [Link(key, made[0], b"")])
    report = carry_out(limited.context, limited.tenant, id, "late")
    assert report.ended == {"articles": {"skipped": 1, "deleted": 2}}
    assert made[0] in simon_ids(limited, "Item")
    assert row["Id"] in simon_ids(limited, "Item")
    assert count_logged_codes(limited)["cleanup.in_scope_again"] == 1


def test_a_proposal_of_another_tenant(limited: CoupledTenant, couple: CoupleTenant) -> None:
    """R2.5: it does not exist for this one."""
    create_many_in_simon(limited, 3)
    id = proposed(limited)
    other = couple(limited.package, slug="other")
    for call in (
        lambda: shown(other.context, other.tenant, id),
        lambda: decide(other, id, "approve"),
        lambda: carry_out(other.context, other.tenant, id, "x"),
    ):
        with pytest.raises(ProposalClosed, match="does not exist"):
            call()


def test_an_undecided_proposal_is_not_carried_out(limited: CoupledTenant) -> None:
    """R2.5: silence is no approval."""
    create_many_in_simon(limited, 3)
    id = proposed(limited)
    with pytest.raises(ProposalClosed, match="open"):
        carry_out(limited.context, limited.tenant, id, "early")


def test_approved_under_another_administration(couple: CoupleTenant, sandbox: Sandbox) -> None:
    """R2.5, R2.4: what was approved of one administration is not done with another."""
    coupled = with_first_cleanup(couple("unit4", **UNLIMITED))
    change_settings(coupled, cleanup_most=0)
    (key,) = keys_not_in_settings(coupled, "customers")
    coupled.accounting.delete_record("customers", key)
    id = proposed(coupled)
    decide(coupled, id, "approve")
    change_settings(coupled, administration="MVL00002")
    with pytest.raises(ProposalClosed, match="administration"):
        carry_out(coupled.context, coupled.tenant, id, "late")
    assert key in simon_records_by_key(coupled, "customers")
