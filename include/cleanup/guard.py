"""What of a plan is done at once, what a person has to see first, and what is left (R2.4, R2.5). Pure functions."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from include.cleanup.listing import ListingCheck, ListingIssue
from include.store.cleanup import Baseline, PlannedRemoval


@dataclass
class GuardDecision:
    """``certified`` counts from now on, ``pending`` once the person has decided; both are baselines by stream."""

    do: list[PlannedRemoval] = field(default_factory=list)
    propose: list[PlannedRemoval] = field(default_factory=list)
    doubts: dict[str, ListingIssue] = field(default_factory=dict)
    braked: dict[str, tuple[int, int]] = field(default_factory=dict)  # stream -> (how many, of how many)
    certified: dict[str, Baseline] = field(default_factory=dict)
    pending: dict[str, Baseline] = field(default_factory=dict)


@dataclass(frozen=True)
class RemovalLimit:
    """More than ``most`` records, or than ``share`` percent of a stream, are not removed without a person."""

    most: int
    share: int

    def holds(self, count: int, total: int) -> bool:
        return count > self.most or count * 100 > self.share * total


def decide(
    planned: Mapping[str, Sequence[PlannedRemoval]],
    certificates: Mapping[str, ListingCheck],
    totals: Mapping[str, int],
    waiting: Mapping[str, Collection[int]],
    brake: RemovalLimit,
) -> GuardDecision:
    """``totals``: records in Simon by stream. ``waiting``: Simon's ids that could not go before."""
    verdict = GuardDecision()
    for stream, found in planned.items():
        fresh = [one for one in found if one.simon_id not in waiting[stream]]
        before = [one for one in found if one.simon_id in waiting[stream]]
        _stream(verdict, certificates[stream], fresh, before, brake.holds(len(fresh), totals[stream]))
        if stream in verdict.braked:
            verdict.braked[stream] = (len(fresh), totals[stream])
    return verdict


def _stream(
    verdict: GuardDecision,
    certificate: ListingCheck,
    fresh: Sequence[PlannedRemoval],
    before: Sequence[PlannedRemoval],
    braked: bool,
) -> None:
    stream, doubt, made_with = certificate.stream, certificate.doubt, certificate.made_with
    if doubt and not doubt.put_to_a_person:
        verdict.doubts[stream] = doubt
        if doubt.code == "cleanup.filter_changed":
            verdict.certified[stream] = made_with  # deliberate, and seen by a person in the meantime: from now on
        return
    if not fresh and not before:
        verdict.certified[stream] = made_with
        return
    if doubt:
        verdict.doubts[stream] = doubt
        verdict.propose += [*before, *fresh]
        verdict.pending[stream] = made_with
        return
    verdict.do += before
    if braked:
        verdict.braked[stream] = (0, 0)
        verdict.propose += fresh
        verdict.pending[stream] = made_with
        return
    verdict.do += fresh
    verdict.certified[stream] = made_with


def digest(removals: Sequence[PlannedRemoval]) -> str:
    """Of exactly this set, whatever its order."""
    seen = hashlib.blake2b(digest_size=16)
    for one in sorted((r.stream, r.simon_id, r.key or "", r.reason) for r in removals):
        seen.update(repr(one).encode())
    return seen.hexdigest()
