"""What a person decides about clean-ups: a proposal, and putting back (R2.5)."""

from include.cleanup.proposals import Decision, decide
from include.lifecycle.pending import ask_undo
from plugins.koppel.actions import Action, ActionContext, ActionInput, ActionResult, Number
from plugins.koppel.security import Right
from plugins.koppel.templating import N_


class Decided(ActionInput):
    """``proposal`` is its number: exactly that set, and no other."""

    proposal: Number
    decision: Decision


class Undone(ActionInput):
    """The number of a clean-up or a wipe."""

    run: Number


def decide_proposal(doing: ActionContext, given: Decided) -> ActionResult:
    """Approve or refuse a proposal, once. What is approved is removed by the watcher, within a minute."""
    decide(doing.context, doing.tenant, given.proposal, given.decision, doing.by)
    approved, refused = (
        N_("The proposal is approved: exactly this set is removed, beginning within a minute."),
        N_("The proposal is refused: its records stay."),
    )
    values = {"proposal": given.proposal, "decision": given.decision}
    return ActionResult(approved if given.decision == "approve" else refused, values)


def undo(doing: ActionContext, given: Undone) -> ActionResult:
    """Put back what a clean-up or a wipe took; begins within a minute."""
    ask_undo(doing.context, doing.tenant, given.run)
    return ActionResult(N_("What it took is put back, beginning within a minute."), {"run": given.run})


ACTS = (
    Action("cleanup/decide", Right.operate, Decided, decide_proposal, "/cleanup"),
    Action("cleanup/undo", Right.operate, Undone, undo, "/cleanup"),
)
