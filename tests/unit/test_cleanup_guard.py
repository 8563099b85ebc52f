"""What of a plan is done, and what waits for a person: for any listing, brake and doubt (R2.4, R2.5)."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from include.cleanup.guard import GuardDecision, RemovalLimit, decide, digest
from include.cleanup.listing import ListingCheck, ListingIssue
from include.store.cleanup import Baseline, PlannedRemoval

STREAMS = ("articles", "article_groups", "customers")
MADE_WITH = Baseline("MVL00001", "anna", "", 100)
DOUBTS = [
    None,
    ListingIssue("cleanup.passes_differ"),
    ListingIssue("cleanup.filter_changed"),
    ListingIssue("cleanup.administration_changed"),
    ListingIssue("cleanup.rights_changed", put_to_a_person=True),
]

planned = st.builds(
    PlannedRemoval,
    stream=st.just("x"),
    simon_id=st.integers(1, 300),
    key=st.none() | st.text(max_size=3),
    label=st.just("label"),
    reason=st.sampled_from(["deleted", "inactive", "outside_filter", "hand_made"]),
)


@st.composite
def cases(draw: st.DrawFn) -> dict[str, Any]:
    """A plan for three streams, with a doubt or none for each, and ids that could not go before."""
    found = {
        stream: [
            PlannedRemoval(stream, one.simon_id, one.key, one.label, one.reason)
            for one in draw(st.lists(planned, max_size=12, unique_by=lambda one: one.simon_id))
        ]
        for stream in STREAMS
    }
    return {
        "planned": found,
        "certificates": {s: ListingCheck(s, MADE_WITH, draw(st.sampled_from(DOUBTS))) for s in STREAMS},
        "totals": {s: draw(st.integers(len(found[s]), 400)) for s in STREAMS},
        "waiting": {s: draw(st.sets(st.integers(1, 300), max_size=200)) for s in STREAMS},
        "brake": RemovalLimit(draw(st.integers(0, 12)), draw(st.integers(0, 100))),
    }


def of(verdict: GuardDecision, stream: str) -> tuple[list[PlannedRemoval], list[PlannedRemoval]]:
    """(done at once, proposed) of a stream."""
    return [one for one in verdict.do if one.stream == stream], [one for one in verdict.propose if one.stream == stream]


@given(cases())
def test_nothing_is_made_up_and_nothing_is_done_twice(case: dict[str, Any]) -> None:
    """R2.5: what is done and what is proposed are parts of the plan, without a record in common."""
    verdict = decide(**case)
    chosen = [(one.stream, one.simon_id) for one in (*verdict.do, *verdict.propose)]
    assert len(chosen) == len(set(chosen))
    assert set(chosen) <= {(s, one.simon_id) for s, found in case["planned"].items() for one in found}


@given(cases())
def test_a_doubt_does_nothing_by_itself(case: dict[str, Any]) -> None:
    """R2.4: at most a person gets to see it, and only where that was meant."""
    verdict = decide(**case)
    for stream, certificate in case["certificates"].items():
        if certificate.doubt:
            do, propose = of(verdict, stream)
            assert do == []
            assert propose == [] or certificate.doubt.put_to_a_person
            assert stream not in verdict.braked


@given(cases())
def test_the_brake_is_exact(case: dict[str, Any]) -> None:
    """R2.5: what is new of a stream goes whole or not at all; whole when it is within both limits."""
    verdict, brake = decide(**case), case["brake"]
    for stream, found in case["planned"].items():
        fresh = [one for one in found if one.simon_id not in case["waiting"][stream]]
        if case["certificates"][stream].doubt:
            continue
        do, propose = of(verdict, stream)
        within = len(fresh) <= brake.most and len(fresh) * 100 <= brake.share * case["totals"][stream]
        assert propose == ([] if within else fresh)
        assert {one.simon_id for one in do} == {one.simon_id for one in found} - {one.simon_id for one in propose}
        assert (stream in verdict.braked) is not within


@given(cases())
def test_a_baseline_counts_when_nothing_waits_for_a_person(case: dict[str, Any]) -> None:
    """R2.4, R2.5: now, or once the person has decided, never both; and after a grave doubt not at all."""
    verdict = decide(**case)
    assert not set(verdict.certified) & set(verdict.pending)
    assert {one.stream for one in verdict.propose} == set(verdict.pending)
    for stream, certificate in case["certificates"].items():
        grave = certificate.doubt and not certificate.doubt.put_to_a_person
        if grave and certificate.doubt.code != "cleanup.filter_changed":
            assert stream not in verdict.certified
            assert stream not in verdict.pending


def test_brake_at_its_limits() -> None:
    """R2.5: more than 50, or more than 10 %."""
    brake = RemovalLimit(50, 10)
    assert not brake.holds(50, 500)
    assert brake.holds(51, 1000)
    assert brake.holds(50, 499)
    assert not brake.holds(1, 10)
    assert brake.holds(1, 9)
    assert not brake.holds(0, 0)
    assert RemovalLimit(0, 100).holds(1, 10)
    assert RemovalLimit(50, 0).holds(1, 1000)


@given(st.lists(planned, max_size=8, unique_by=lambda one: one.simon_id), st.randoms())
def test_digest_is_of_the_set(found: list[PlannedRemoval], random: Any) -> None:
    """R2.5: its order does not count, each of its records does."""
    other = list(found)
    random.shuffle(other)
    assert digest(found) == digest(other)
    if found:
        assert digest(found) != digest(found[1:])
