"""What a person can do about a problem from where it is shown: the buttons and links beside its action."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from include.log.search import OpenProblem
from include.log.timeline import KINDS
from plugins.koppel.templating import N_


@dataclass(frozen=True)
class ProblemAction:
    """``path`` is below the tenant: of a page (``query``), or of an act (``values``), which takes a right."""

    label: str
    path: str
    query: dict[str, Any] = field(default_factory=dict)
    values: dict[str, Any] | None = None


def problem_actions(problem: OpenProblem, operable: bool, administers: bool) -> Sequence[ProblemAction]:
    """In the order in which they make sense."""
    found = []
    if problem.record and (problem.table == "work_order" or problem.table in KINDS):
        found.append(ProblemAction(N_("Time line"), "story", {"kind": problem.table, "name": problem.record}))
    if administers and problem.code.startswith("connection."):
        found.append(ProblemAction(N_("Connect again"), "access"))
    if administers and problem.code.startswith("settings."):
        found.append(ProblemAction(N_("To the settings"), "settings"))
    if problem.code in ("cleanup.proposed", "cleanup.braked"):
        found.append(ProblemAction(N_("To the proposal"), "cleanup"))
    return [*found, *(_acts(problem) if operable else ())]


def _acts(problem: OpenProblem) -> list[ProblemAction]:
    solve = ProblemAction(N_("Solved"), "problems/solve", values={"problem": problem.id})
    if problem.code.startswith("work_order."):
        return [ProblemAction(N_("Try again"), "retry", values={"code": problem.code}), solve]
    if problem.code.startswith(("settings.", "filter.", "connection.")):
        return [ProblemAction(N_("Check again"), "check", values={}), solve]
    return [solve]
