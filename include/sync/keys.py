"""Keys and numbers that do not tell: one given to another thing, or anew to the same, or one that two things have."""

from include.connectors.field_service import FieldService
from include.connectors.package import PackageStream
from include.identity import is_another_under_the_same_key, is_same_under_another_key
from include.records import MasterRecord
from include.runs import Run
from include.store import Transaction, links, records, staging
from include.store.records import IdentityMatch
from include.streams import STREAMS, with_followers

TITLES = {"customers": "name", "articles": "description"}  # what tells records of one number apart


def follow(run: Run, tx: Transaction, app: FieldService, stream: PackageStream) -> None:
    """Keep each record in Simon with the thing that it was made for, by the incoming listing (R1.14).

    What got another key keeps its place in Simon: it is never removed there and made again. What lost its key to
    another thing ends as deleted in the package, and work orders that were planned for it wait for a person.
    """
    replaced = []
    if stream.reusable_key:
        for match in records.of_another_identity(tx, run.tenant.id, stream.name):
            if is_another_under_the_same_key(*_both(stream, match)):
                _set_aside(run, tx, stream, match)
                replaced.append(match)
    for match in records.of_same_identity(tx, run.tenant.id, run.id, stream.name):
        before, after = _both(stream, match)
        if is_same_under_another_key(before, after):
            _relink(run, tx, stream, match)
            replaced = [other for other in replaced if other.simon_id != match.simon_id]
        elif not any(other.simon_id == match.simon_id for other in replaced):
            records.mark_gone(tx, run.tenant.id, stream.name, match.key_before)
            replaced.append(match)
    _report_replaced(run, app, stream, replaced)


def _both(stream: PackageStream, match: IdentityMatch) -> tuple[MasterRecord, MasterRecord]:
    kind = STREAMS[stream.name].record
    return kind.model_validate(match.before), kind.model_validate(match.after)


def _set_aside(run: Run, tx: Transaction, stream: PackageStream, match: IdentityMatch) -> None:
    """Give what lost its key one that no package has; Simon gets it too, before the other thing is made there."""
    aside = f"{match.key_before} (Simon {match.simon_id})"
    for name in with_followers(stream.name):
        records.set_aside(tx, run.tenant.id, name, before=match.key_before, after=aside)
        links.rekey(tx, run.tenant.id, name, before=match.key_before, after=aside, digest=links.SET_ASIDE)


def _relink(run: Run, tx: Transaction, stream: PackageStream, match: IdentityMatch) -> None:
    before, after = match.key_before, match.key
    for name in with_followers(stream.name):
        links.rekey(tx, run.tenant.id, name, before=before, after=after)
        records.remove(tx, run.tenant.id, name, before)
    label = STREAMS[stream.name].record.model_validate(match.after).label
    run.log.write("sync.relinked", label, STREAMS[stream.name].table, before=before, after=after)


def _report_replaced(run: Run, app: FieldService, stream: PackageStream, replaced: list[IdentityMatch]) -> None:
    """Report what ends because its number is another's now, with the open work orders that were planned for it."""
    in_use = app.in_use().get(stream.name, {}) if replaced else {}
    for match in replaced:
        before, after = _both(stream, match)
        numbers = ", ".join(in_use.get(match.simon_id, [])) or "-"
        values = {"after": f"{after.label} {after.title}", "system": run.tenant.package.title, "work_orders": numbers}
        values["simon_id"] = str(match.simon_id)
        run.log.write("sync.replaced", before.label, STREAMS[stream.name].table, **values)


def report_alike(run: Run, tx: Transaction, stream: PackageStream) -> set[str]:
    """Return the keys that two rows have but for the blanks around them; none is chosen, all stay as they are."""
    alike = staging.alike(tx, run.id, stream.name, key_field=stream.key)
    for key, written in alike.items():
        names = ", ".join(f"«{each}»" for each in written)
        run.log.write("sync.keys_alike", key, STREAMS[stream.name].table, names=names, system=run.tenant.package.title)
    return set(alike)


def report_one_number(run: Run, tx: Transaction, stream: str) -> None:
    """Report by name the records that have one number: where a number is named, it does not tell which is meant."""
    if stream not in TITLES:
        return
    for number, titles in records.of_one_number(tx, stream, title=TITLES[stream]).items():
        values = {"names": ", ".join(f"«{title}»" for title in titles), "system": run.tenant.package.title}
        run.log.write("sync.number_twice", number, STREAMS[stream].table, **values)
