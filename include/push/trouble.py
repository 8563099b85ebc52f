"""Whose trouble a fault is: that of one record, or of the whole tenant (R3.13, R7.5)."""

from datetime import timedelta
from typing import Any

from include.errors import ContractBroken, IntegrationError, TokenRevoked, Transient
from include.log.problems import is_open
from include.push.ledger import READY, REJECTED, UNKNOWN, Outcome, give_up, keep
from include.push.push_run import NEUTRAL_CALL_S, PushRun
from include.store.ledger import BEFORE_ACTIVATION, FINAL, LedgerEntry, LedgerState

FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(minutes=30)
AFTER_THE_OTHERS = timedelta(minutes=20)  # longer than a tenant's pushes stop: the others go first
MOST_FAILED_CLAIMS = 3  # so often may a run break off on an entry, or its answer make no sense, before it is held


def follows_record(run: PushRun, entry: LedgerEntry, error: IntegrationError) -> bool:
    """Tell whether a fault is this record's alone: no other one met it in this run, and a neutral call goes well."""
    if isinstance(error, TokenRevoked):
        return False
    record = run.customers.get(entry.id) or entry.customer_key or f"work order {entry.work_order_id}"
    records = run.failed.setdefault((error.code, str(error.values.get("system", ""))), set())
    if record in records:
        return True
    records.add(record)
    return len(records) == 1 and _answers(run, error)


def _answers(run: PushRun, error: IntegrationError) -> bool:
    """Tell whether the system answers a request that concerns no record."""
    run.budget.allow(NEUTRAL_CALL_S)
    try:
        if error.values.get("system") == run.system:
            run.package.check_permissions()
        else:
            run.app.ready()
    except IntegrationError:
        return False
    return True


def put_off(run: PushRun, entry: LedgerEntry, error: IntegrationError) -> LedgerState:
    """Let a record that is in trouble wait, longer each time, and report it once; one without a sensible answer is
    held after a few times. Raises ClaimLost.
    """
    pause = min(FIRST_PAUSE * int(2 ** min(entry.attempts, 10)), LONGEST_PAUSE)
    asked = error.retry_after_s if isinstance(error, Transient) else None
    again: dict[str, Any] = {"due_at": run.context.now() + max(pause, timedelta(seconds=asked or 0))}
    if entry.state in FINAL:
        with run.context.store.begin() as tx:
            keep(tx, entry, **again)
        return entry.state
    if not is_open(run.context.store, entry.tenant_id, error.code, entry.number):
        run.log.error(error, entry.number)
    if isinstance(error, ContractBroken):
        again["failed_claims"] = entry.failed_claims
        if entry.failed_claims >= MOST_FAILED_CLAIMS:
            with run.context.store.begin() as tx:
                return give_up(tx, entry, error.code, **again)
    state = UNKNOWN if entry.state == UNKNOWN else REJECTED if entry.reported_error else READY
    code = entry.code if state == REJECTED or entry.code == BEFORE_ACTIVATION else error.code
    run.record(entry, Outcome(state, code, fields={"attempts": entry.attempts + 1, **again, **_not_called(entry)}))
    return state


def _not_called(entry: LedgerEntry) -> dict[str, Any]:
    """Return what a call that was surely not carried out leaves as it was."""
    return {"unclear_calls": entry.unclear_calls, "send_again": entry.send_again}


def requeue(run: PushRun, entry: LedgerEntry, code: str | None = None, *, later: timedelta = timedelta()) -> None:
    """Leave an entry as it was: the trouble is the tenant's, or there is none. Raises ClaimLost."""
    due = {"due_at": run.context.now() + later} if later else {}
    if entry.state in FINAL:
        with run.context.store.begin() as tx:
            keep(tx, entry, **due)
        return
    state, fields = READY, due | _not_called(entry)
    if entry.state == UNKNOWN:
        state = UNKNOWN
        code = entry.code if entry.code == BEFORE_ACTIVATION else code or entry.code
    elif entry.reported_error:
        state = REJECTED
        fields |= {"due_at": run.context.now() + AFTER_THE_OTHERS} if code and not later else {}
        code = entry.code
    run.record(entry, Outcome(state, code, fields=fields))
