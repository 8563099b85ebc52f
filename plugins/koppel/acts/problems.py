"""What a person does about a problem: check again, or say that it is settled (R7.5)."""

from include.checks import nightly
from include.integration_log import dismiss
from plugins.koppel.access import Right
from plugins.koppel.acting import Act, Doing, Done, Given, Number
from plugins.koppel.rendering import marked


class Problem(Given):
    """The number of an open problem."""

    problem: Number


def solve(doing: Doing, given: Problem) -> Done:
    """Close a problem because you say that it is settled; said again, it opens again."""
    dismiss(doing.koppel.store, doing.tenant.id, given.problem, doing.by)
    return Done(marked("The problem is closed. When it occurs again, it opens again."), {"problem": given.problem})


def check(doing: Doing, given: Given) -> Done:
    """Check the access and the saved settings now, as every night."""
    run = f"page__{doing.koppel.now():%Y%m%dT%H%M%S%f}"
    report = nightly.check_tenant(doing.koppel, doing.tenant, run)
    said = {
        "ok": marked("Checked: everything is in order."),
        "warning": marked("Checked: there are warnings, see the log."),
        "error": marked("Checked: there are errors, see the log."),
    }
    return Done(said[report.level], {"level": report.level})


ACTS = (
    Act("problems/solve", Right.operate, Problem, solve),
    Act("check", Right.operate, Given, check),
)
