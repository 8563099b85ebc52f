"""What a person decided on a page and takes longer than a request: a wipe, an approved proposal, an undo (R2.5, R5.2).

It stands in the store, so after a restart whoever looks next goes on with it. The watcher does, in threads of its own.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from include.cleanup.run import begin_for
from include.errors import IntegrationError
from include.koppel import Koppel
from include.store import cleanup, errands, runs
from include.store.errands import Errand
from include.sync.run import Superseded
from include.tenants.states import NotActive, NotNow
from include.tenants.tenant import Tenant

GRACE = timedelta(seconds=5)  # who decides elsewhere than on a page carries it out in the same breath
AGAIN = timedelta(minutes=1)
REMOVED = ("deleted", "inactive", "restoring", "restored")


class NotUndoable(ValueError):
    """There is nothing of this run that can be put back."""


@dataclass
class ErrandLook:
    """What is remembered of one tenant between looks; nothing of it matters after a restart."""

    koppel: Koppel
    not_before: datetime | None = None

    def due(self, tenant: Tenant) -> bool:
        """Carries out what waits. There is never anything to announce."""
        now = self.koppel.now()
        if self.not_before and now < self.not_before:
            return False
        with self.koppel.store.begin() as tx:
            waits = errands.waiting(tx, now - GRACE, tenant.slug)
        for errand in waits:
            try:
                carry_out(self.koppel, tenant, errand)
            except IntegrationError:  # it stands in the tenant's log
                self.not_before = self.koppel.now() + AGAIN
            except (Superseded, NotActive, NotNow):
                continue  # another has it, or somebody stopped the coupling meanwhile
        return False


def waiting(koppel: Koppel) -> list[str]:
    """The tenants that somebody waits for."""
    with koppel.store.begin() as tx:
        found = errands.waiting(tx, koppel.now() - GRACE)
    return list(dict.fromkeys(one.slug for one in found))


def carry_out(koppel: Koppel, tenant: Tenant, errand: Errand) -> None:
    """One of them, from its beginning or from where it broke off. Raises IntegrationError, Superseded, NotNow."""
    from include.cleanup import proposals, undo  # pandas is needed here alone, and takes its time to import
    from include.life import wiping

    if errand.kind == "wipe":
        wiping.carry_out(koppel, tenant)
    elif errand.kind == "undo":
        undo.undo(koppel, tenant, errand.number, errand.key)
    elif (key := _free(koppel, tenant, errand.number)) is not None:
        try:
            proposals.carry_out(koppel, tenant, errand.number, key)
        except proposals.NotOpen:
            return  # it was approved too long ago, or for another administration


def _free(koppel: Koppel, tenant: Tenant, proposal_id: int) -> str | None:
    """The key to carry a proposal out under; None while somebody else does."""
    key = f"{errands.PAGE}proposal__{proposal_id}"
    with koppel.store.begin() as tx:
        latest = runs.latest(tx, tenant.id, "proposal")
        alive = latest is not None and runs.active_at(tx, latest) > koppel.now() - runs.STALLED
    taken = latest is not None and latest.ended_at is None and latest.key != key and alive
    return None if taken else key


def ask_undo(koppel: Koppel, tenant: Tenant, run_id: int) -> None:
    """Let what a clean-up or a wipe took be put back; begun here, done by the watcher.

    Raises NotUndoable, and Transient while something else writes to Simon.
    """
    with koppel.store.begin() as tx:
        removed = cleanup.of_run(tx, tenant.id, run_id, *REMOVED)  # type: ignore[arg-type]
    if not any(one.has_export for one in removed):
        raise NotUndoable(f"run: {run_id} is no clean-up of {tenant.slug} of which something can be put back")
    begin_for(koppel, tenant, f"{errands.PAGE}undo__{koppel.now():%Y%m%dT%H%M%S%f}", [str(run_id)], kind="undo")
