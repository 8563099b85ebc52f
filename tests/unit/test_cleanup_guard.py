"""What of a plan is done, and what waits for a person: for any listing, limit and issue (R2.4, R2.5)."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from include.cleanup.guard import GuardDecision, RemovalLimit, decide, digest
from include.cleanup.proof import ListingCheck, ListingIssue
from include.store.baselines import Baseline
from include.store.removals import PlannedRemoval, RemovalReason

STREAMS = ("articles", "article_groups", "customers")
BASELINE = Baseline("MVL00001", "anna", "", 100)
ISSUES = [
    None,
    ListingIssue("cleanup.passes_differ"),
    ListingIssue("cleanup.filter_changed"),
    ListingIssue("cleanup.administration_changed"),
    ListingIssue("cleanup.rights_changed", ask_person=True),
]


def removals_of(stream: str) -> st.SearchStrategy[PlannedRemoval]:
    return st.builds(
        PlannedRemoval,
        stream=st.just(stream),
        simon_id=st.integers(1, 300),
        key=st.none() | st.text(max_size=3),
        label=st.just("label"),
        reason=st.sampled_from([reason for reason in RemovalReason if reason is not RemovalReason.WIPED]),
    )


def removal_sets(stream: str, max_size: int) -> st.SearchStrategy[list[PlannedRemoval]]:
    return st.lists(removals_of(stream), max_size=max_size, unique_by=lambda removal: removal.simon_id)


@st.composite
def cases(draw: st.DrawFn) -> dict[str, Any]:
    """A plan for three streams, with an issue or none for each, and ids that could not go before."""
    planned = {stream: draw(removal_sets(stream, 12)) for stream in STREAMS}
    return {
        "planned": planned,
        "checks": {stream: ListingCheck(stream, BASELINE, draw(st.sampled_from(ISSUES))) for stream in STREAMS},
        "totals": {stream: draw(st.integers(len(planned[stream]), 400)) for stream in STREAMS},
        "waiting": {stream: draw(st.sets(st.integers(1, 300), max_size=200)) for stream in STREAMS},
        "limit": RemovalLimit(draw(st.integers(0, 12)), draw(st.integers(0, 100))),
    }


def of_stream(decision: GuardDecision, stream: str) -> tuple[list[PlannedRemoval], list[PlannedRemoval]]:
    """(removed at once, proposed) of a stream."""
    removed = [removal for removal in decision.remove if removal.stream == stream]
    return removed, [removal for removal in decision.propose if removal.stream == stream]


@given(cases())
def test_nothing_is_made_up_and_nothing_is_done_twice(case: dict[str, Any]) -> None:
    """R2.5: what is removed and what is proposed are parts of the plan, without a record in common."""
    decision = decide(**case)
    chosen = [(removal.stream, removal.simon_id) for removal in (*decision.remove, *decision.propose)]
    assert len(chosen) == len(set(chosen))
    planned = case["planned"].items()
    assert set(chosen) <= {(stream, removal.simon_id) for stream, removals in planned for removal in removals}


@given(cases())
def test_an_issue_does_nothing_by_itself(case: dict[str, Any]) -> None:
    """R2.4: at most a person gets to see it, and only where that was meant."""
    decision = decide(**case)
    for stream, check in case["checks"].items():
        if check.issue:
            removed, proposed = of_stream(decision, stream)
            assert removed == []
            assert proposed == [] or check.issue.ask_person
            assert stream not in decision.over_limit


@given(cases())
def test_the_limit_is_exact(case: dict[str, Any]) -> None:
    """R2.5: what is new of a stream goes whole or not at all; whole when it is within both limits."""
    decision, limit = decide(**case), case["limit"]
    for stream, planned in case["planned"].items():
        fresh = [removal for removal in planned if removal.simon_id not in case["waiting"][stream]]
        if case["checks"][stream].issue:
            continue
        removed, proposed = of_stream(decision, stream)
        total = case["totals"][stream]
        one_of_some = len(fresh) == 1 < total and limit.share
        within = len(fresh) <= limit.most and (len(fresh) * 100 <= limit.share * total or one_of_some)
        assert proposed == ([] if within else fresh)
        assert ids(removed) == ids(planned) - ids(proposed)
        assert (stream in decision.over_limit) is not bool(within)


def ids(removals: list[PlannedRemoval]) -> set[int]:
    return {removal.simon_id for removal in removals}


@given(cases())
def test_a_baseline_counts_when_nothing_waits_for_a_person(case: dict[str, Any]) -> None:
    """R2.4, R2.5: now, or once the person has decided, never both; and after a grave issue not at all."""
    decision = decide(**case)
    assert not set(decision.accepted) & set(decision.accepted_once_decided)
    assert {removal.stream for removal in decision.propose} == set(decision.accepted_once_decided)
    for stream, check in case["checks"].items():
        grave = check.issue and not check.issue.ask_person
        if grave and check.issue.code != "cleanup.filter_changed":
            assert stream not in decision.accepted
            assert stream not in decision.accepted_once_decided


def test_the_limit_at_its_limits() -> None:
    """R2.5: more than 50, or more than 10 %, wait for a person."""
    limit = RemovalLimit(50, 10)
    assert not limit.is_exceeded(50, 500)
    assert limit.is_exceeded(51, 1000)
    assert limit.is_exceeded(50, 499)
    assert not limit.is_exceeded(1, 10)
    assert not limit.is_exceeded(1, 5)  # one of five groups is nobody's worry
    assert limit.is_exceeded(2, 9)
    assert limit.is_exceeded(1, 1)  # the last one is
    assert not limit.is_exceeded(0, 0)
    assert RemovalLimit(0, 100).is_exceeded(1, 10)
    assert RemovalLimit(50, 0).is_exceeded(1, 1000)


@given(removal_sets("articles", 8), st.randoms())
def test_digest_is_of_the_set(removals: list[PlannedRemoval], random: Any) -> None:
    """R2.5: its order does not count, each of its records does."""
    shuffled = list(removals)
    random.shuffle(shuffled)
    assert digest(removals) == digest(shuffled)
    if removals:
        assert digest(removals) != digest(removals[1:])
