"""What a person decided on a page and takes longer than a request: a wipe, an approved proposal, an undo (R2.5, R5.2).

It stands in the store, so after a restart whoever looks next goes on with it. The watcher does, in threads of its own.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from include.context import Context
from include.errors import (
    IntegrationError,
    InvalidState,
    NothingToRestore,
    ProposalClosed,
    RunSuperseded,
    TenantNotActive,
)
from include.runs import RunKind, begin, is_stalled
from include.store import cleanup, pending, runs
from include.store.pending import PendingOperation
from include.tenants.tenant import Tenant

GRACE = timedelta(seconds=5)  # who decides elsewhere than on a page carries it out in the same breath
AGAIN = timedelta(minutes=1)
REMOVED = ("deleted", "inactive", "restoring", "restored")


@dataclass
class ErrandLook:
    """What is remembered of one tenant between looks; nothing of it matters after a restart."""

    context: Context
    not_before: datetime | None = None

    def due(self, tenant: Tenant) -> bool:
        """Carries out what waits. There is never anything to announce."""
        now = self.context.now()
        if self.not_before and now < self.not_before:
            return False
        with self.context.store.begin() as tx:
            waits = pending.queued(tx, now - GRACE, tenant.slug)
        for errand in waits:
            try:
                carry_out(self.context, tenant, errand)
            except IntegrationError:  # it stands in the tenant's log
                self.not_before = self.context.now() + AGAIN
            except (RunSuperseded, TenantNotActive, InvalidState):
                continue  # another has it, or somebody stopped the coupling meanwhile
        return False


def waiting(context: Context) -> list[str]:
    """The tenants that somebody waits for."""
    with context.store.begin() as tx:
        found = pending.queued(tx, context.now() - GRACE)
    return list(dict.fromkeys(one.slug for one in found))


def carry_out(context: Context, tenant: Tenant, errand: PendingOperation) -> None:
    """One of them, from its beginning or from where it broke off. Raises IntegrationError, Superseded, NotNow."""
    from include.cleanup import proposals, restore  # pandas is needed here alone, and takes its time to import
    from include.lifecycle import wipe_step

    if errand.kind == "wipe":
        wipe_step.carry_out(context, tenant)
    elif errand.kind == "undo":
        restore.restore(context, tenant, errand.number, errand.key)
    elif (key := _free(context, tenant, errand.number)) is not None:
        try:
            proposals.carry_out(context, tenant, errand.number, key)
        except ProposalClosed:
            return  # it was approved too long ago, or for another administration


def _free(context: Context, tenant: Tenant, proposal_id: int) -> str | None:
    """The key to carry a proposal out under; None while somebody else does."""
    key = f"{pending.PAGE}proposal__{proposal_id}"
    with context.store.begin() as tx:
        latest = runs.latest(tx, tenant.id, RunKind.PROPOSAL)
        alive = latest is not None and latest.open and not is_stalled(tx, latest, context.now())
    return None if latest is not None and latest.key != key and alive else key


def ask_undo(context: Context, tenant: Tenant, run_id: int) -> None:
    """Let what a clean-up or a wipe took be put back; begun here, done by the watcher.

    Raises NotUndoable, and Transient while something else writes to Simon.
    """
    with context.store.begin() as tx:
        removed = cleanup.of_run(tx, tenant.id, run_id, *REMOVED)  # type: ignore[arg-type]
    if not any(one.has_export for one in removed):
        raise NothingToRestore(f"run: {run_id} is no clean-up of {tenant.slug} of which something can be put back")
    key = f"{pending.PAGE}undo__{context.now():%Y%m%dT%H%M%S%f}"
    begin(context, tenant, RunKind.RESTORE, key, target=run_id)
