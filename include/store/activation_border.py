"""What was archived before a tenant became active (R3.12): it is not sent, unless a person asks for it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import update

from include.records import WorkOrderRef
from include.store import ledger as ledger_rows
from include.store.engine import Transaction
from include.store.ledger import BEFORE_ACTIVATION, LedgerEntry, LedgerState
from include.store.tables import ledger


def skip_before(tx: Transaction, tenant_id: int, moment: datetime) -> int:
    """Let nothing be sent any more that was archived before a moment; how many were skipped for that.

    What may be in the package is looked up first, and sent no second time.
    """
    here = (ledger.c.tenant_id == tenant_id, ledger.c.archived_at < moment)
    taken_back = {"code": BEFORE_ACTIVATION, "fencing_token": ledger.c.fencing_token + 1, "leased_until": None}
    unsure = update(ledger).where(*here, ledger.c.state.in_((LedgerState.SENDING, LedgerState.UNKNOWN)))
    tx.execute(unsure.values(state=LedgerState.UNKNOWN, **taken_back))
    waiting = (LedgerState.READY, LedgerState.CLAIMED, LedgerState.REJECTED)
    skipped = update(ledger).where(*here, ledger.c.state.in_(waiting))
    skipped = skipped.values(state=LedgerState.SKIPPED, reported_error=None, **taken_back)
    rows = tx.execute(skipped.returning(ledger.c.id, ledger.c.fencing_token)).all()
    for row in rows:
        ledger_rows.add_step(tx, row.id, LedgerState.SKIPPED, row.fencing_token, code=BEFORE_ACTIVATION)
    return len(rows)


def skipped_before_activation(tx: Transaction, tenant_id: int, refs: Sequence[WorkOrderRef]) -> list[LedgerEntry]:
    """Return those of these archivings that were skipped because the tenant was not active yet."""
    keys = {(ref.id, ref.archived_at) for ref in refs}
    skipped = (ledger.c.state == LedgerState.SKIPPED, ledger.c.code == BEFORE_ACTIVATION)
    entries = ledger_rows.entries_of(tx, ledger_rows.query_of(tenant_id).where(*skipped))
    return [entry for entry in entries if (entry.work_order_id, entry.archived_at) in keys]
