"""Work on what a clean-up left for a person, without naming it: there is one of a kind in these tests."""

from sqlalchemy import text

from include.cleanup.proposals import carry_out
from include.cleanup.restore import restore
from include.context import Context
from include.store import proposals
from include.store.proposals import ProposalState
from include.tenants.tenant import Tenant


def carry_out_latest_approved(context: Context, tenant: Tenant, key: str) -> None:
    """The latest proposal that was approved."""
    with context.store.begin() as tx:
        proposal = proposals.latest(tx, tenant.id, ProposalState.APPROVED, ProposalState.DONE)
    assert proposal
    carry_out(context, tenant, proposal.id, key)


def restore_latest(context: Context, tenant: Tenant, key: str) -> None:
    """The latest run that took something from Simon."""
    query = text("SELECT max(run_id) FROM removals WHERE tenant_id = :tenant AND export IS NOT NULL")
    with context.store.begin() as tx:
        run_id = tx.execute(query, {"tenant": tenant.id}).scalar_one()
    restore(context, tenant, run_id, key)
