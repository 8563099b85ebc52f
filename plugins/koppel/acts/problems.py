"""What a person does about a problem: check again, or say that it is settled (R7.5)."""

from include.log.writer import dismiss
from include.settings import nightly
from plugins.koppel.actions import Action, ActionContext, ActionInput, ActionResult, Number
from plugins.koppel.security import Right
from plugins.koppel.templating import N_


class Problem(ActionInput):
    """The number of an open problem."""

    problem: Number


def solve(doing: ActionContext, given: Problem) -> ActionResult:
    """Close a problem because you say that it is settled; said again, it opens again."""
    dismiss(doing.context.store, doing.tenant.id, given.problem, doing.by)
    return ActionResult(N_("The problem is closed. When it occurs again, it opens again."), {"problem": given.problem})


def check(doing: ActionContext, given: ActionInput) -> ActionResult:
    """Check the access and the saved settings now, as every night."""
    run = f"page__{doing.context.now():%Y%m%dT%H%M%S%f}"
    report = nightly.check_tenant(doing.context, doing.tenant, run)
    said = {
        "ok": N_("Checked: everything is in order."),
        "warning": N_("Checked: there are warnings, see the log."),
        "error": N_("Checked: there are errors, see the log."),
    }
    return ActionResult(said[report.level], {"level": report.level})


ACTS = (
    Action("problems/solve", Right.operate, Problem, solve),
    Action("check", Right.operate, ActionInput, check),
)
