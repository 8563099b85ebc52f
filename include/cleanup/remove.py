"""Removing, one by one: looked at again on both sides, kept, and only then deleted (R2.3)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

from include.cleanup.plan import OUTSIDE, WANTED, row_state
from include.cleanup.run import Run
from include.connectors.field_service import ExportedRecord, FieldService
from include.connectors.package import PackageConnection
from include.errors import Misconfigured, RecordRejected
from include.records import ArticleGroup
from include.store import Transaction, cleanup, links, records
from include.store.cleanup import Baseline, Removal, RemovalReason, RemovalState
from include.streams import STREAMS, with_followers
from include.sync.scope import article_filter_of, scope_rule
from include.sync.transform import UNREADABLE

REMOVED: Mapping[RemovalReason, str] = {
    "deleted": "cleanup.removed_deleted",
    "inactive": "cleanup.removed_inactive",
    "outside_filter": "cleanup.removed_outside_filter",
    "hand_made": "cleanup.removed_hand_made",
}
SEEN_AGAIN = 100  # removals between two looks at what stands on open work orders


@dataclass
class RemovalContext:
    """One run of removals, and what it knows of both sides; a wipe does not ask the package, which may not be there.

    ``made_with`` is what the listings were made with that the removals came from, by stream.
    """

    run: Run
    package: PackageConnection | None
    app: FieldService
    made_with: Mapping[str, Baseline] = field(default_factory=dict)
    used: dict[str, dict[int, str]] = field(default_factory=dict)
    groups: list[ArticleGroup] | None = None

    def look(self) -> None:
        """At what stands on open work orders now, and whether the package still shows us what it did.

        Raises Misconfigured when it does not.
        """
        self.used = self.app.in_use()
        rights = self.package.access_fingerprint() if self.package is not None else ""
        for stream, before in self.made_with.items():
            values = {"before": before.administration, "now": self.run.tenant.settings.administration}
            if values["before"] != values["now"]:
                raise Misconfigured("cleanup.administration_changed", stream, **values)
            if before.rights != rights:
                raise Misconfigured("cleanup.rights_changed", stream, system=self.run.tenant.package.title)

    def state_now(self, stream: str, key: str) -> str | None:
        """What the package says of it at this moment: empty for wanted, None for gone."""
        assert self.package is not None, "a wipe asks the package nothing"  # noqa: S101
        row = self.package.get(self.run.tenant.package.stream(stream), key)
        if row is None:
            return None
        return row_state(self.run, stream, row, scope_rule(stream, article_filter_of(self.run), self._groups))

    def _groups(self) -> list[ArticleGroup]:
        """As they are now; what a filter lets through depends on them."""
        if self.groups is None and self.package is not None and "article_groups" in self.run.tenant.package.choices:
            self.groups = _listed(self.package, self.run)
        return self.groups or []


def _listed(package: PackageConnection, run: Run) -> list[ArticleGroup]:
    stream, cursor, found = run.tenant.package.stream("article_groups"), None, []
    while True:
        page = package.page(stream, cursor)
        for row in page.rows:
            try:
                found.append(stream.to_record(row))
            except UNREADABLE:
                continue
        if (cursor := page.next) is None:
            return [group for group in found if isinstance(group, ArticleGroup)]


def remove(removing: RemovalContext, removals: Sequence[Removal]) -> Counter[RemovalState]:
    """How many ended how. Raises the IntegrationError that stops it; what is left is done by the next try."""
    ended: Counter[RemovalState] = Counter()
    for number, removal in enumerate(removals):
        if number % SEEN_AGAIN == 0:
            removing.look()
        ended[_one(removing, removal)] += 1
    return ended


def _one(removing: RemovalContext, removal: Removal) -> RemovalState:
    if removal.state == "exported" and removing.app.export(removal.stream, removal.simon_id) is None:
        return _deleted(removing.run, removal)  # it was, before the answer was noted
    if not _still_due(removing, removal):
        return _spared(removing.run, removal)
    if number := removing.used.get(removal.stream, {}).get(removal.simon_id):
        return _left(removing.run, removal, number)
    kept = removing.app.export(removal.stream, removal.simon_id)
    if kept is None:
        return _deleted(removing.run, removal)
    try:
        return _delete(removing, removal, kept)
    except RecordRejected as error:
        removing.run.log.error(error, removal.label, STREAMS[removal.stream].table)
        return _ended(removing.run, removal, "spared")


def _still_due(removing: RemovalContext, removal: Removal) -> bool:
    """Asked of the package record by record: no listing is trusted with a deletion."""
    run, stream = removing.run, removal.stream
    if removal.reason == "wiped":
        return True  # a person chose all of it
    with run.context.store.begin() as tx:
        linked = links.key_of(tx, run.tenant.id, stream, removal.simon_id)
    if removal.reason == "hand_made":
        return linked is None and _foreign(removing, removal)
    if linked not in (removal.key, None):
        return False
    now = removing.state_now(stream, str(removal.key))
    # that something is outside the filter is for a certified list of groups to say
    return now != WANTED and (now != OUTSIDE or removal.reason == "outside_filter")


def _foreign(removing: RemovalContext, removal: Removal) -> bool:
    """Whether it carries no key of the package: one whose link was lost comes back by itself."""
    row = removing.app.get_many(removal.stream, [removal.simon_id]).get(removal.simon_id)
    key = None if row is None else removing.app.key_of(removal.stream, row)
    if not key or removing.state_now(removal.stream, key) is None:
        return True
    with removing.run.context.store.begin() as tx:
        other = links.simon_ids(tx, removing.run.tenant.id, removal.stream, [key]).get(key)
    return other is not None and bool(removing.app.get_many(removal.stream, [other]))  # a double of one that is linked


def _delete(removing: RemovalContext, removal: Removal, kept: ExportedRecord) -> RemovalState:
    run = removing.run
    with run.transaction() as tx:
        export = {"kept": asdict(kept), "links": _links(run, tx, removal)}
        cleanup.move(tx, removal, "exported", run.context.now(), export=export)
    with run.transaction() as tx:  # held, so that whoever takes the run over waits for this one
        gone = removing.app.delete(removal.stream, removal.simon_id)
        if gone:
            _note_deleted(run, tx, removal)
    if gone:
        return _say_deleted(run, removal)
    removing.look()
    if number := removing.used.get(removal.stream, {}).get(removal.simon_id):
        return _left(run, removal, number)
    return _made_inactive(removing, removal)


def _links(run: Run, tx: Transaction, removal: Removal) -> list[tuple[str, str, int]]:
    """(stream, key, Simon's id) of the links that go with it."""
    if removal.key is None:
        return []
    found = [
        (stream, links.simon_ids(tx, run.tenant.id, stream, [removal.key])) for stream in with_followers(removal.stream)
    ]
    return [(stream, removal.key, ids[removal.key]) for stream, ids in found if removal.key in ids]


def _deleted(run: Run, removal: Removal) -> RemovalState:
    with run.transaction() as tx:
        _note_deleted(run, tx, removal)
    return _say_deleted(run, removal)


def _note_deleted(run: Run, tx: Transaction, removal: Removal) -> None:
    """Its links go with it, and so does what we know of it when the package does not have it either."""
    cleanup.move(tx, removal, "deleted", run.context.now(), work_order=None)
    cleanup.mark(tx, run.tenant.id, removal.stream, removal.simon_id, "deleted")
    for stream in with_followers(removal.stream) if removal.key is not None else []:
        links.unlink(tx, run.tenant.id, stream, removal.key or "")
        if removal.reason == "deleted":
            records.remove(tx, run.tenant.id, stream, removal.key or "")


def _say_deleted(run: Run, removal: Removal) -> RemovalState:
    if removal.reason != "wiped":  # all of it is said in one line
        run.log.write(REMOVED[removal.reason], removal.label, STREAMS[removal.stream].table)
    return "deleted"


def _made_inactive(removing: RemovalContext, removal: Removal) -> RemovalState:
    run = removing.run
    changed = removing.app.set_active(removal.stream, removal.simon_id, active=False)
    with run.transaction() as tx:
        _note_kept(run, tx, removal)
        cleanup.move(tx, removal, "inactive", run.context.now(), work_order=None)
        cleanup.mark(tx, run.tenant.id, removal.stream, removal.simon_id, "inactive")
    if changed:
        run.log.write("cleanup.made_inactive", removal.label, STREAMS[removal.stream].table)
    return "inactive"


def _left(run: Run, removal: Removal, number: str) -> RemovalState:
    """Said once for each work order that it is left for."""
    with run.transaction() as tx:
        known = cleanup.marked(tx, run.tenant.id, removal.stream).get(removal.simon_id)
        _note_kept(run, tx, removal)
        cleanup.move(tx, removal, "in_use", run.context.now(), work_order=number)
        cleanup.mark(tx, run.tenant.id, removal.stream, removal.simon_id, "in_use", number)
    if known != ("in_use", number):
        run.log.write("cleanup.left_in_use", removal.label, STREAMS[removal.stream].table, work_order=number)
    return "in_use"


def _note_kept(run: Run, tx: Transaction, removal: Removal) -> None:
    """Simon keeps it for now: nothing is booked on it, and what is in Simon is no longer what we wrote there."""
    if removal.key is None:
        return
    links.mark_dirty(tx, run.tenant.id, removal.stream, removal.key)
    if removal.reason == "deleted":
        records.mark_gone(tx, run.tenant.id, removal.stream, removal.key)


def _spared(run: Run, removal: Removal) -> RemovalState:
    code = "cleanup.not_proven" if removal.reason == "deleted" else "cleanup.in_scope_again"
    run.log.write(code, removal.label, STREAMS[removal.stream].table, system=run.tenant.package.title)
    return _ended(run, removal, "spared")


def _ended(run: Run, removal: Removal, state: RemovalState) -> RemovalState:
    with run.transaction() as tx:
        cleanup.move(tx, removal, state, run.context.now())
        cleanup.unmark(tx, run.tenant.id, removal.stream, [removal.simon_id])
    return state


def settle_interrupted(removing: RemovalContext) -> None:
    """What earlier runs were about to delete when they broke off: gone or not, it is noted."""
    run = removing.run
    with run.context.store.begin() as tx:
        broken_off = cleanup.unsettled(tx, run.tenant.id, run.id)
    for removal in broken_off:
        gone = removal.state == "exported" and not removing.app.get_many(removal.stream, [removal.simon_id])
        if gone:
            _deleted(run, removal)
        elif removal.proposal_id is None:
            _ended(run, removal, "abandoned")
