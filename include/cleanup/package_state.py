"""What a record of the package is to Simon: it should hold it, or not, and why."""

from include.records import MasterRecord, Raw
from include.runs import Run
from include.store.removals import RemovalReason
from include.sync.scope import ScopeRule
from include.sync.transform import UNREADABLE

# it should hold it, else why not
IN_SCOPE, INACTIVE, OUTSIDE = "", RemovalReason.INACTIVE.value, RemovalReason.OUTSIDE_FILTER.value


def state_of(record: MasterRecord, in_scope: bool) -> str:
    """Return what a record of the package is to Simon."""
    if in_scope:
        return IN_SCOPE
    return OUTSIDE if record.active else INACTIVE


def state_of_row(run: Run, stream: str, row: Raw, rule: ScopeRule) -> str:
    """Return what a row of the package is to Simon now; one that cannot be read counts as in scope."""
    try:
        record = run.tenant.package.stream(stream).to_record(row)
    except UNREADABLE:
        return IN_SCOPE
    return state_of(record, rule([record])[0])
