"""Removes records from Simon, one by one: each is checked on both sides, exported, and only then deleted (R2.3)."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from include.cleanup.removal_context import RemovalContext
from include.cleanup.states import move_removal
from include.connectors.field_service import ExportedRecord
from include.errors import RecordRejected
from include.log import closing
from include.runs import Run
from include.store import Transaction, exemptions, links, records, removals
from include.store.exemptions import Exemption, ExemptionKind
from include.store.removals import Removal, RemovalReason, RemovalState
from include.streams import STREAMS, with_followers

REMOVED: Mapping[RemovalReason, str] = {
    RemovalReason.DELETED: "cleanup.removed_deleted",
    RemovalReason.INACTIVE: "cleanup.removed_inactive",
    RemovalReason.OUTSIDE_FILTER: "cleanup.removed_outside_filter",
    RemovalReason.HAND_MADE: "cleanup.removed_hand_made",
}  # of what was wiped, one line tells all of it
REFRESH_EVERY = 100  # removals


def remove(context: RemovalContext, to_do: Sequence[Removal]) -> None:
    """Remove these records. Raises the IntegrationError that stops it; what is left is done by the next try."""
    for number, removal in enumerate(to_do):
        if number % REFRESH_EVERY == 0:
            context.refresh()
        _remove(context, removal)


def _remove(context: RemovalContext, removal: Removal) -> None:
    if removal.state is RemovalState.EXPORTED and context.app.export(removal.stream, removal.simon_id) is None:
        _note_deleted(context.run, removal)  # it was, before the answer was noted
    elif not context.is_due(removal):
        _log_not_due(context.run, removal)
        _end(context.run, removal, RemovalState.SKIPPED)
    elif work_order := context.work_order_of(removal):
        _leave_in_use(context.run, removal, work_order)
    elif (export := context.app.export(removal.stream, removal.simon_id)) is None:
        _note_deleted(context.run, removal)
    else:
        _delete_or_skip(context, removal, export)


def _delete_or_skip(context: RemovalContext, removal: Removal, export: ExportedRecord) -> None:
    """Delete a record, and go on with the next one when Simon rejects that."""
    try:
        _delete(context, removal, export)
    except RecordRejected as error:
        context.run.log.error(error, removal.label, STREAMS[removal.stream].table)
        _end(context.run, removal, RemovalState.SKIPPED)


def _delete(context: RemovalContext, removal: Removal, export: ExportedRecord) -> None:
    run = context.run
    with run.context.store.begin() as tx:
        along = _along(run, tx, removal)
    with run.transaction() as tx:
        exported = {"record": asdict(export), "links": _links_of(run, tx, removal)}
        move_removal(tx, removal, RemovalState.EXPORTED, at=run.context.now(), export=exported)
    with run.transaction() as tx:  # the run is locked in it, so that whoever takes it over waits for this record
        is_gone = context.app.delete(removal.stream, removal.simon_id)
        if is_gone:
            _store_deleted(run, tx, removal)
    if is_gone:
        for stream, id in along:  # one that people moved elsewhere did not go with it
            context.app.set_active(stream, id, active=False)
        _log_deleted(run, removal)
        return
    context.refresh()
    if work_order := context.work_order_of(removal):
        _leave_in_use(run, removal, work_order)
    else:
        _make_inactive(context, removal)


def _links_of(run: Run, tx: Transaction, removal: Removal) -> list[tuple[str, str, int]]:
    """Return (stream, key, Simon's id) of the links that go with a record."""
    if removal.key is None:
        return []
    ids = {
        stream: links.simon_ids(tx, run.tenant.id, stream, [removal.key]).get(removal.key)
        for stream in with_followers(removal.stream)
    }
    return [(stream, removal.key, id) for stream, id in ids.items() if id is not None]


def _along(run: Run, tx: Transaction, removal: Removal) -> list[tuple[str, int]]:
    """Return (stream, Simon's id) of what was made with a record, such as its default work address."""
    return [(stream, id) for stream, _, id in _links_of(run, tx, removal) if stream != removal.stream]


def _note_deleted(run: Run, removal: Removal) -> None:
    with run.transaction() as tx:
        _store_deleted(run, tx, removal)
    _log_deleted(run, removal)


def _store_deleted(run: Run, tx: Transaction, removal: Removal) -> None:
    """Note that it is gone, with its links, and with what we know of it when the package does not have it either."""
    move_removal(tx, removal, RemovalState.DELETED, at=run.context.now(), work_order=None)
    _exempt(run, tx, removal, Exemption(ExemptionKind.DELETED))
    closing.removed(tx, run.tenant.id, removal.simon_id)
    if removal.key is None:
        return
    for stream in with_followers(removal.stream):
        links.unlink(tx, run.tenant.id, stream, removal.key)
        if removal.reason is RemovalReason.DELETED:
            records.remove(tx, run.tenant.id, stream, removal.key)


def _log_deleted(run: Run, removal: Removal) -> None:
    if removal.reason in REMOVED:
        run.log.write(REMOVED[removal.reason], removal.label, STREAMS[removal.stream].table)


def _make_inactive(context: RemovalContext, removal: Removal) -> None:
    run = context.run
    changed = context.app.set_active(removal.stream, removal.simon_id, active=False)
    with run.context.store.begin() as tx:
        along = _along(run, tx, removal)
    for stream, id in along:
        context.app.set_active(stream, id, active=False)
    with run.transaction() as tx:
        _mark_kept_in_simon(run, tx, removal)
        move_removal(tx, removal, RemovalState.INACTIVE, at=run.context.now(), work_order=None)
        _exempt(run, tx, removal, Exemption(ExemptionKind.INACTIVE))
    if changed:
        run.log.write("cleanup.made_inactive", removal.label, STREAMS[removal.stream].table)


def _leave_in_use(run: Run, removal: Removal, work_order: str) -> None:
    """Leave a record that an open work order needs; log it once for each such work order."""
    exemption = Exemption(ExemptionKind.IN_USE, work_order)
    with run.transaction() as tx:
        known = exemptions.of_stream(tx, run.tenant.id, removal.stream).get(removal.simon_id)
        _mark_kept_in_simon(run, tx, removal)
        move_removal(tx, removal, RemovalState.IN_USE, at=run.context.now(), work_order=work_order)
        _exempt(run, tx, removal, exemption)
    if known != exemption:
        run.log.write("cleanup.left_in_use", removal.label, STREAMS[removal.stream].table, work_order=work_order)


def _exempt(run: Run, tx: Transaction, removal: Removal, exemption: Exemption) -> None:
    exemptions.put(tx, run.tenant.id, removal.stream, removal.simon_id, exemption=exemption)


def _mark_kept_in_simon(run: Run, tx: Transaction, removal: Removal) -> None:
    """Note that Simon keeps it for now: nothing is booked on it, and it is no longer as we wrote it there."""
    if removal.key is None:
        return
    for stream in with_followers(removal.stream):
        links.mark_dirty(tx, run.tenant.id, stream, removal.key)
    if removal.reason is RemovalReason.DELETED:
        records.mark_gone(tx, run.tenant.id, removal.stream, removal.key)


def _log_not_due(run: Run, removal: Removal) -> None:
    code = "cleanup.not_proven" if removal.reason is RemovalReason.DELETED else "cleanup.in_scope_again"
    if removal.proposal_id is not None and removal.reason is not RemovalReason.HAND_MADE:
        code = "cleanup.came_back"
    run.log.write(code, removal.label, STREAMS[removal.stream].table, system=run.tenant.package.title)


def _end(run: Run, removal: Removal, state: RemovalState) -> None:
    """Note that a record stays, without an exemption: the next clean-up looks at it anew."""
    with run.transaction() as tx:
        move_removal(tx, removal, state, at=run.context.now())
        exemptions.delete_many(tx, run.tenant.id, removal.stream, [removal.simon_id])


def settle_interrupted(context: RemovalContext) -> None:
    """Note of what earlier runs were about to delete when they broke off whether it is gone."""
    run = context.run
    with run.context.store.begin() as tx:
        broken_off = removals.of_other_runs(tx, run.tenant.id, run.id, RemovalState.PLANNED, RemovalState.EXPORTED)
    for removal in broken_off:
        exported = removal.state is RemovalState.EXPORTED
        if exported and not context.app.get_many(removal.stream, [removal.simon_id]):
            _note_deleted(run, removal)
        elif removal.proposal_id is None:
            _end(run, removal, RemovalState.ABANDONED)
