"""What a person can do about a problem from where it is shown: the buttons and links beside its action."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from include.log.problems import OpenProblem
from include.log.timeline import KINDS
from plugins.koppel.language import N_

CHECKED_NIGHTLY = ("settings.", "filter.", "connection.")


@dataclass(frozen=True)
class ProblemAction:
    """A link to a page of the tenant, with its ``query``; or a button for an action, with the ``values`` it sends.

    ``path`` is below the tenant.
    """

    label: str
    path: str
    query: dict[str, Any] = field(default_factory=dict)
    values: dict[str, Any] | None = None


def problem_actions(problem: OpenProblem, operable: bool, administers: bool) -> Sequence[ProblemAction]:
    """Return what this user can do about a problem, in the order in which it makes sense."""
    return [*_links(problem, administers), *(_buttons(problem) if operable else ())]


def _links(problem: OpenProblem, administers: bool) -> list[ProblemAction]:
    links = []
    if problem.waits:
        query = {"kind": "work_order", "name": problem.record_key}
        links += [ProblemAction(name, "timeline", query) for name in (N_("Time line"), N_("Do not send"))]
    elif problem.record and (problem.table == "work_order" or problem.table in KINDS):
        links.append(ProblemAction(N_("Time line"), "timeline", {"kind": problem.table, "name": problem.record}))
    if administers and problem.code.startswith("connection."):
        links.append(ProblemAction(N_("Connect again"), "connections"))
    if administers and problem.code.startswith("settings."):
        links.append(ProblemAction(N_("To the settings"), "settings"))
    if problem.code in ("cleanup.proposed", "cleanup.limit_exceeded"):
        links.append(ProblemAction(N_("To the proposal"), "cleanup"))
    return links


def _buttons(problem: OpenProblem) -> list[ProblemAction]:
    resolve = ProblemAction(N_("Solved"), f"problems/{problem.id}/resolve", values={})
    if problem.waits:  # closing it would hide the work order; its time line offers what there is to do
        return [ProblemAction(N_("Try again"), "work-orders/retry", values={"code": problem.code})]
    if problem.code.startswith("work_order."):
        return [ProblemAction(N_("Try again"), "work-orders/retry", values={"code": problem.code}), resolve]
    if problem.code.startswith(CHECKED_NIGHTLY):
        return [ProblemAction(N_("Check again"), "check", values={}), resolve]
    return [resolve]
