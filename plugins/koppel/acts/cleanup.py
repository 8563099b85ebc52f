"""What a person decides about clean-ups: a proposal, and putting back (R2.5)."""

from include.cleanup.proposals import Decision, decide
from include.life.errands import ask_undo
from plugins.koppel.access import Right
from plugins.koppel.acting import Act, Doing, Done, Given, Number
from plugins.koppel.rendering import marked


class Decided(Given):
    """``proposal`` is its number: exactly that set, and no other."""

    proposal: Number
    decision: Decision


class Undone(Given):
    """The number of a clean-up or a wipe."""

    run: Number


def decide_proposal(doing: Doing, given: Decided) -> Done:
    """Approve or refuse a proposal, once. What is approved is removed by the watcher, within a minute."""
    decide(doing.koppel, doing.tenant, given.proposal, given.decision, doing.by)
    approved, refused = (
        marked("The proposal is approved: exactly this set is removed, beginning within a minute."),
        marked("The proposal is refused: its records stay."),
    )
    values = {"proposal": given.proposal, "decision": given.decision}
    return Done(approved if given.decision == "approve" else refused, values)


def undo(doing: Doing, given: Undone) -> Done:
    """Put back what a clean-up or a wipe took; begins within a minute."""
    ask_undo(doing.koppel, doing.tenant, given.run)
    return Done(marked("What it took is put back, beginning within a minute."), {"run": given.run})


ACTS = (
    Act("cleanup/decide", Right.operate, Decided, decide_proposal, "/cleanup"),
    Act("cleanup/undo", Right.operate, Undone, undo, "/cleanup"),
)
