"""What of a plan is done at once, what a person has to see first, and what is left (R2.4, R2.5). Pure functions."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from include.cleanup.proof import ListingCheck, ListingIssue
from include.store.baselines import Baseline
from include.store.removals import PlannedRemoval


@dataclass
class GuardDecision:
    """What becomes of a plan.

    ``accepted`` are the baselines, by stream, that count from now on; ``accepted_once_decided`` those that count once
    a person has decided on what is proposed. ``over_limit``: of a stream, how many of how many records would go.
    """

    remove: list[PlannedRemoval] = field(default_factory=list)
    propose: list[PlannedRemoval] = field(default_factory=list)
    issues: dict[str, ListingIssue] = field(default_factory=dict)
    over_limit: dict[str, tuple[int, int]] = field(default_factory=dict)
    accepted: dict[str, Baseline] = field(default_factory=dict)
    accepted_once_decided: dict[str, Baseline] = field(default_factory=dict)


@dataclass(frozen=True)
class RemovalLimit:
    """No more than ``most`` records, nor than ``share`` percent of a stream, are removed without a person.

    One record is no share worth asking about, though it is a large one of a few; unless it is the last.
    """

    most: int
    share: int

    def is_exceeded(self, count: int, total: int) -> bool:
        """Return whether so many of so many records are too many."""
        many = count * 100 > self.share * total and not (self.share and count == 1 < total)
        return count > self.most or many


def decide(
    planned: Mapping[str, Sequence[PlannedRemoval]],
    checks: Mapping[str, ListingCheck],
    *,
    totals: Mapping[str, int],
    waiting: Mapping[str, Collection[int]],
    limit: RemovalLimit,
) -> GuardDecision:
    """Return what becomes of a plan.

    ``totals``: records in Simon by stream. ``waiting``: Simon's ids of those whose removal was decided before, and was
    not possible then; they do not count for the limit.
    """
    decision = GuardDecision()
    for stream, removals in planned.items():
        before = [removal for removal in removals if removal.simon_id in waiting[stream]]
        fresh = [removal for removal in removals if removal.simon_id not in waiting[stream]]
        check = checks[stream]
        if check.issue is not None:
            _decide_without_proof(decision, check, check.issue, [*before, *fresh])
        elif limit.is_exceeded(len(fresh), totals[stream]):
            decision.remove += before
            decision.propose += fresh
            decision.over_limit[stream] = (len(fresh), totals[stream])
            decision.accepted_once_decided[stream] = check.baseline
        else:
            decision.remove += [*before, *fresh]
            decision.accepted[stream] = check.baseline
    return decision


def _decide_without_proof(
    decision: GuardDecision, check: ListingCheck, issue: ListingIssue, removals: Sequence[PlannedRemoval]
) -> None:
    if not issue.ask_person:
        decision.issues[check.stream] = issue
        if issue.code == "cleanup.filter_changed":  # deliberate, and seen by a person in the meantime: from now on
            decision.accepted[check.stream] = check.baseline
    elif removals:
        decision.issues[check.stream] = issue
        decision.propose += removals
        decision.accepted_once_decided[check.stream] = check.baseline
    else:
        decision.accepted[check.stream] = check.baseline


def digest(removals: Sequence[PlannedRemoval]) -> str:
    """Return a digest of exactly this set, whatever its order."""
    hashed = hashlib.blake2b(digest_size=16)
    for record in sorted((each.stream, each.simon_id, each.key or "", each.reason.value) for each in removals):
        hashed.update(repr(record).encode())
    return hashed.hexdigest()
