"""Work on what a clean-up left for a person, without naming it: there is one of a kind in these tests."""

from sqlalchemy import text

from include.cleanup.proposals import carry_out
from include.cleanup.undo import undo
from include.koppel import Koppel
from include.store import cleanup
from include.tenants.tenant import Tenant


def carry_out_approved(koppel: Koppel, tenant: Tenant, key: str) -> None:
    """The latest proposal that was approved."""
    with koppel.store.begin() as tx:
        found = cleanup.latest_proposal(tx, tenant.id, "approved", "done")
    assert found
    carry_out(koppel, tenant, found.id, key)


def undo_latest(koppel: Koppel, tenant: Tenant, key: str) -> None:
    """The latest run that took something from Simon."""
    query = text("SELECT max(run_id) FROM removals WHERE tenant_id = :tenant AND export IS NOT NULL")
    with koppel.store.begin() as tx:
        run_id = tx.execute(query, {"tenant": tenant.id}).scalar_one()
    undo(koppel, tenant, run_id, key)
