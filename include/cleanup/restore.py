"""Putting back what a clean-up took from Simon, with new ids and links; once, whatever happens halfway."""

from collections.abc import Mapping, Sequence
from typing import Any

from include.access.systems import open_app
from include.cleanup.pipeline import CleanupReport, report
from include.cleanup.run import Run
from include.connectors.field_service import ExportedRecord, FieldService
from include.context import Context
from include.errors import NothingToRestore, RecordRejected
from include.runs import RunKind, begin, log_errors
from include.store import Transaction, cleanup, links
from include.store.cleanup import Removal
from include.store.links import Link
from include.streams import STREAMS
from include.tenants.tenant import Tenant

RestoredIds = Sequence[tuple[str, int, int]]


def restore(
    context: Context, tenant: Tenant, run_id: int, key: str, *, requested_by: str | None = None
) -> CleanupReport:
    """Put back what a run removed, and report it; it is kept from now on, for as long as the reason lasts.

    Raises NothingToRestore, and as ``clean_up`` does.
    """
    with context.store.begin() as tx:
        removed = restorable(context, tx, tenant, run_id)
    run = begin(context, tenant, RunKind.RESTORE, key, target=run_id, requested_by=requested_by)
    if not run.finished:
        with log_errors(run):
            _put_back(run, removed)
    with context.store.begin() as tx:
        return report(context, tenant, run_id, cleanup.of_run(tx, tenant.id, run_id, "restored"))


def restorable(context: Context, tx: Transaction, tenant: Tenant, run_id: int) -> list[Removal]:
    """Return what a run removed. Raises NothingToRestore when that is nothing, or too long ago."""
    removed = cleanup.of_run(tx, tenant.id, run_id, "deleted", "inactive", "restoring", "restored")
    if not removed:
        raise NothingToRestore(f"run: {run_id} is no clean-up of {tenant.slug} that removed something")
    if not any(removal.has_export for removal in removed):
        raise NothingToRestore(
            f"run: {run_id} was too long ago; what is removed is kept for {context.retention.export_days} days"
        )
    return removed


def _put_back(run: Run, removed: Sequence[Removal]) -> None:
    app = open_app(run.context, run.tenant)
    known: list[tuple[str, int, int]] = []
    for removal in reversed(removed):  # what others point at went last, and comes first
        if removal.state != "restored":
            try:
                _one(run, app, removal, known)
            except RecordRejected as error:
                run.log.error(error, removal.label, STREAMS[removal.stream].table)
        with run.context.store.begin() as tx:
            known += cleanup.made_again(tx, removal)
    with run.transaction() as tx:
        run.finish(tx)


def _one(run: Run, app: FieldService, removal: Removal, known: RestoredIds) -> None:
    """Made again under a mark, noted, and only then given its own external id: a second try finds what is there."""
    with run.context.store.begin() as tx:
        export, made = cleanup.export_of(tx, removal), cleanup.made_again(tx, removal)
    if export is None:
        run.log.write("cleanup.export_expired", removal.label, STREAMS[removal.stream].table)
        return
    kept = _kept(export["kept"])
    if app.get_many(removal.stream, [removal.simon_id]):  # made inactive, or Simon keeps what is deleted
        made = _still_there(run, app, kept)
    elif not made:
        there = _there_again(run, app, removal, export["links"])
        with run.transaction() as tx:
            made = [*there, *app.restore(kept, f"undo-{removal.id}", [*known, *there])]
            cleanup.move(tx, removal, "restoring", run.context.now(), made_again=made)
            _keep(run, tx, removal, made)
    with run.transaction() as tx:
        app.finish_restore(kept, made)
        _note(run, tx, removal, made, export["links"])
    run.log.write("cleanup.restored", removal.label, STREAMS[removal.stream].table)


def _still_there(run: Run, app: FieldService, kept: ExportedRecord) -> list[tuple[str, int, int]]:
    """As active as they were, under the ids that they have."""
    made = []
    with run.transaction():
        for one in (kept, *_below(kept)):
            id = app.id_of(one.stream, one.row)
            app.set_active(one.stream, id, app.is_active(one.stream, one.row))
            made.append((one.stream, id, id))
    return made


def _below(kept: ExportedRecord) -> list[ExportedRecord]:
    return [each for one in kept.children for each in (one, *_below(one))]


def _note(run: Run, tx: Transaction, removal: Removal, made: RestoredIds, linked: Sequence[Sequence[Any]]) -> None:
    """Its links as they were, unless the package's record has another by now; and that it is to stay."""
    now = {(stream, before): after for stream, before, after in made}
    for stream, key, before in linked:
        if (stream, before) in now and not links.simon_ids(tx, run.tenant.id, stream, [key]):
            links.put(tx, run.tenant.id, stream, [Link(key, now[stream, before], b"")])
    _keep(run, tx, removal, made)
    cleanup.move(tx, removal, "restored", run.context.now(), made_again=list(made))


def _keep(run: Run, tx: Transaction, removal: Removal, made: RestoredIds) -> None:
    """Also while it carries its mark only: a clean-up would take it for hand-made."""
    now = next(now for stream, before, now in made if (stream, before) == (removal.stream, removal.simon_id))
    cleanup.mark(tx, run.tenant.id, removal.stream, now, "kept")


def _there_again(
    run: Run, app: FieldService, removal: Removal, linked: Sequence[Sequence[Any]]
) -> list[tuple[str, int, int]]:
    """What was put back by another undo, or made by a sync because the package has it again: not made once more."""
    with run.context.store.begin() as tx:
        candidates = cleanup.put_back_before(tx, run.tenant.id, removal)
        for stream, key, before in linked:
            now = links.simon_ids(tx, run.tenant.id, stream, [key]).get(key)
            candidates += [(stream, before, now)] if now is not None else []
    there = {(stream, before): now for stream, before, now in candidates if app.get_many(stream, [now])}
    return [(stream, before, now) for (stream, before), now in there.items()]


def _kept(export: Mapping[str, Any]) -> ExportedRecord:
    return ExportedRecord(export["stream"], export["row"], tuple(_kept(one) for one in export["children"]))
