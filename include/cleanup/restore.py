"""Puts back what a clean-up or a wipe took from Simon, with new ids and links; once, whatever happens (R5.2)."""

from collections.abc import Mapping, Sequence
from typing import Any

from include.access.systems import open_app
from include.cleanup.report import CleanupReport, make_report
from include.cleanup.states import move_removal
from include.connectors.field_service import ExportedRecord, FieldService
from include.context import Context
from include.errors import NothingToRestore, RecordRejected
from include.runs import Run, RunKind, begin, log_errors
from include.store import Transaction, exemptions, links, removals, runs
from include.store.exemptions import Exemption, ExemptionKind
from include.store.links import Link
from include.store.removals import Removal, RemovalState
from include.streams import STREAMS
from include.tenants.tenant import Tenant

RestoredIds = Sequence[tuple[str, int, int]]  # (stream, id before, id now)
StoredLinks = Sequence[tuple[str, str, int]]  # (stream, key, id before)
REMOVED = (RemovalState.DELETED, RemovalState.INACTIVE, RemovalState.RESTORING, RemovalState.RESTORED)


def restore(
    context: Context, tenant: Tenant, run_id: int, key: str, *, requested_by: str | None = None
) -> CleanupReport:
    """Put back what a run removed, and report it; it is kept from now on, for as long as the reason lasts.

    Raises NothingToRestore, and as ``clean_up`` does.
    """
    with context.store.begin() as tx:
        if runs.find(tx, tenant.id, RunKind.RESTORE, key) is None:
            restorable(context, tx, tenant, run_id)
        removed = removals.of_run(tx, tenant.id, run_id, *REMOVED)
    run = begin(context, tenant, RunKind.RESTORE, key, target=run_id, requested_by=requested_by)
    if not run.finished:
        with log_errors(run):
            _restore_all(run, removed)
    with context.store.begin() as tx:
        restored = removals.of_run(tx, tenant.id, run_id, RemovalState.RESTORED)
    return make_report(context, tenant, run_id, restored)


def restorable(context: Context, tx: Transaction, tenant: Tenant, run_id: int) -> list[Removal]:
    """Return what a run removed. Raises NothingToRestore when that is nothing, is back already, or was too long ago."""
    removed = removals.of_run(tx, tenant.id, run_id, *REMOVED)
    if not removed:
        raise NothingToRestore(f"run: {run_id} is no clean-up of {tenant.slug} that removed something")
    if all(removal.state is RemovalState.RESTORED for removal in removed):
        raise NothingToRestore(f"run: all that run {run_id} removed is in Simple-Simon again; there is nothing to undo")
    if not any(removal.has_export for removal in removed):
        raise NothingToRestore(
            f"run: {run_id} was too long ago; what is removed is kept for {context.retention.export_days} days"
        )
    return removed


def _restore_all(run: Run, removed: Sequence[Removal]) -> None:
    app = open_app(run.context, run.tenant)
    restored: list[tuple[str, int, int]] = []
    for removal in reversed(removed):  # what others point at went last, and comes first
        if removal.state is not RemovalState.RESTORED:
            try:
                _restore(run, app, removal, restored)
            except RecordRejected as error:
                run.log.error(error, removal.label, STREAMS[removal.stream].table)
        with run.context.store.begin() as tx:
            restored += removals.restored_as(tx, removal)
    with run.transaction() as tx:
        run.finish(tx)


def _restore(run: Run, app: FieldService, removal: Removal, restored: RestoredIds) -> None:
    """Make a record again under a mark, store that, and only then give it its own key: a second try finds it there."""
    with run.context.store.begin() as tx:
        stored, ids = removals.export_of(tx, removal), removals.restored_as(tx, removal)
    if stored is None:
        run.log.write("cleanup.export_expired", removal.label, STREAMS[removal.stream].table)
        return
    export, linked = _read_export(stored["record"]), stored["links"]
    if app.get_many(removal.stream, [removal.simon_id]):  # made inactive, or Simon keeps what is deleted
        ids = _activate(run, app, export)
    elif not ids:
        there = _ids_that_are_there(run, app, removal, linked)
        with run.transaction() as tx:
            ids = [*there, *app.restore(export, f"restore-{removal.id}", [*restored, *there])]
            move_removal(tx, removal, RemovalState.RESTORING, at=run.context.now(), restored_as=ids)
            _protect(run, tx, removal, ids)
    with run.transaction() as tx:
        app.finish_restore(export, ids)
        _relink(run, tx, ids, linked)
        _protect(run, tx, removal, ids)
        move_removal(tx, removal, RemovalState.RESTORED, at=run.context.now(), restored_as=ids)
    run.log.write("cleanup.restored", removal.label, STREAMS[removal.stream].table)


def _activate(run: Run, app: FieldService, export: ExportedRecord) -> list[tuple[str, int, int]]:
    """Make records that are still there as active as they were; return the ids that they have."""
    ids = []
    with run.transaction():
        for record in (export, *_descendants(export)):
            id = app.id_of(record.stream, record.row)
            app.set_active(record.stream, id, app.is_active(record.stream, record.row))
            ids.append((record.stream, id, id))
    return ids


def _descendants(export: ExportedRecord) -> list[ExportedRecord]:
    return [record for child in export.children for record in (child, *_descendants(child))]


def _relink(run: Run, tx: Transaction, ids: RestoredIds, linked: StoredLinks) -> None:
    """Link as it was, unless the package's record has another link by now."""
    now = {(stream, before): after for stream, before, after in ids}
    for stream, key, before in linked:
        if (stream, before) in now and not links.simon_ids(tx, run.tenant.id, stream, [key]):
            links.put(tx, run.tenant.id, stream, [Link(key, now[stream, before], b"")])


def _protect(run: Run, tx: Transaction, removal: Removal, ids: RestoredIds) -> None:
    """Keep clean-ups from the record, also while it carries its mark only: they would take it for hand-made."""
    now = next(now for stream, before, now in ids if (stream, before) == (removal.stream, removal.simon_id))
    exemptions.put(tx, run.tenant.id, removal.stream, now, exemption=Exemption(ExemptionKind.PROTECTED))


def _ids_that_are_there(
    run: Run, app: FieldService, removal: Removal, linked: StoredLinks
) -> list[tuple[str, int, int]]:
    """Return what another restore put back, or a sync made because the package has it again: not made once more."""
    with run.context.store.begin() as tx:
        candidates = removals.restored_before(tx, run.tenant.id, removal)
        for stream, key, before in linked:
            now = links.simon_ids(tx, run.tenant.id, stream, [key]).get(key)
            candidates += [(stream, before, now)] if now is not None else []
    there = {(stream, before): now for stream, before, now in candidates if app.get_many(stream, [now])}
    return [(stream, before, now) for (stream, before), now in there.items()]


def _read_export(stored: Mapping[str, Any]) -> ExportedRecord:
    children = tuple(_read_export(child) for child in stored["children"])
    return ExportedRecord(stored["stream"], stored["row"], children)
