"""What goes from Simon: looked up with all that hangs on it, deleted, and made again when a person wants it back."""

from collections.abc import Iterator, Sequence
from typing import Any

from include.connectors.field_service import ExportedRecord, RemoteRecord
from include.connectors.simple_simon.dialect import GOES_ALONG, LABELS, POINTS_AT, READ_ONLY, Dialect
from include.connectors.simple_simon.transports import Transport
from include.errors import OutcomeUnknown, RecordConflict, RecordMissing
from include.records import Raw

Made = list[tuple[str, int, int]]


def listing(transport: Transport, dialect: Dialect, stream: str) -> Iterator[list[RemoteRecord]]:
    """All records of a stream, page by page."""
    fields, words = dialect.entities[stream].fields, LABELS[stream]
    for rows in transport.pages(stream, ("id", "external_id", "active", *words)):
        yield [_held(row, fields, [fields[word] for word in words]) for row in rows]


def _held(row: Raw, fields: Any, named: Sequence[str]) -> RemoteRecord:
    label = " ".join(str(row[name]) for name in named if row.get(name))[:80].replace("\x00", "")
    active = row.get(fields["active"]) is not False
    id, key = int(row[fields["id"]]), row.get(fields["external_id"]) or None
    return RemoteRecord(id, key, active, label or f"{id}", str(row.get(named[0]) or "") if len(named) > 1 else "")


def in_use(transport: Transport, dialect: Dialect) -> dict[str, dict[int, str]]:
    """What stands on a work order that is not archived: by stream and id, the number of such a work order."""
    fields = dialect.entities["work_orders"].fields
    numbers: dict[int, str] = {}
    used: dict[str, dict[int, str]] = {"customers": {}, "work_addresses": {}, "articles": {}}
    for row in transport.not_of_status("work_orders", dialect.archived):
        id, number = int(row[fields["id"]]), str(row[fields["number"]])
        numbers[id] = number
        for stream, field in (("customers", "customer_id"), ("work_addresses", "work_address_id")):
            if row.get(fields[field]) is not None:
                used[stream].setdefault(int(row[fields[field]]), number)
    _owners(transport, dialect, used)
    item = dialect.entities["used_articles"].fields
    for row in transport.matching("used_articles", "work_order_id", list(numbers)):
        if row.get(item["article_id"]) is not None:
            used["articles"].setdefault(int(row[item["article_id"]]), numbers[int(row[item["work_order_id"]])])
    return used


def _owners(transport: Transport, dialect: Dialect, used: dict[str, dict[int, str]]) -> None:
    """A customer is in use as well when one of its work addresses is: it would go along."""
    fields = dialect.entities["work_addresses"].fields
    for row in transport.matching("work_addresses", "id", list(used["work_addresses"])):
        if row.get(fields["customer_id"]) is not None:
            used["customers"].setdefault(
                int(row[fields["customer_id"]]), used["work_addresses"][int(row[fields["id"]])]
            )


def export(transport: Transport, dialect: Dialect, stream: str, id: int) -> ExportedRecord | None:
    """A record with all its fields, and those that are deleted along with it."""
    row = transport.get(stream, id)
    return None if row is None else _kept(transport, dialect, stream, row)


def _kept(transport: Transport, dialect: Dialect, stream: str, row: Raw) -> ExportedRecord:
    id = int(row[dialect.entities[stream].fields["id"]])
    under = [
        _kept(transport, dialect, child, child_row)
        for child, field in GOES_ALONG.get(stream, ())
        if child not in dialect.lacks
        for child_row in transport.matching(child, field, [id])
    ]
    return ExportedRecord(stream, row, tuple(under))


def delete(transport: Transport, stream: str, id: int) -> bool:
    """Whether it is gone now; False when Simon refuses because it is in use."""
    try:
        transport.delete(stream, id)
    except RecordMissing:
        return True
    except RecordConflict:
        return False
    return True


def restore(transport: Transport, dialect: Dialect, kept: ExportedRecord, mark: str, known: Made) -> Made:
    """Make it and what went with it again, each under a mark of its own by which it is found after a lost answer."""
    made: Made = []
    there = {(stream, before) for stream, before, _ in known}
    for number, one in enumerate(_once_each(kept, dialect)):
        before = int(one.row[dialect.entities[one.stream].fields["id"]])
        if (one.stream, before) not in there:
            pointing = _pointing(transport, dialect, one, [*known, *made])
            stayed = _stayed(transport, dialect, one, before, pointing)
            after = before if stayed else _made(transport, dialect, one, pointing, f"{mark}-{number}")
            made.append((one.stream, before, after))
    return made


def _stayed(transport: Transport, dialect: Dialect, one: ExportedRecord, id: int, pointing: Raw) -> bool:
    """Whether it did not go along, such as a contact of two; then it points at what it lost again."""
    row = transport.get(one.stream, id)
    if row is None:
        return False
    if lost := {name: after for name, after in pointing.items() if row.get(name) is None and after is not None}:
        transport.update(one.stream, id, {**row, **lost}, f"{dialect.entities[one.stream].name} {id}")
    return True


def _made(transport: Transport, dialect: Dialect, one: ExportedRecord, pointing: Raw, mark: str) -> int:
    """Its new id: all fields that can be written, pointing at what was made again in the place of what is gone."""
    fixed = [dialect.entities[one.stream].fields[word] for word in READ_ONLY]
    content = {name: value for name, value in one.row.items() if name not in fixed and not name.startswith("@")}
    found = _found(transport, dialect, one.stream, mark)
    return _created(transport, dialect, one.stream, content | pointing, mark) if found is None else found


def _created(transport: Transport, dialect: Dialect, stream: str, content: Raw, mark: str) -> int:
    fields = dialect.entities[stream].fields
    try:
        return int(transport.create(stream, {**content, fields["external_id"]: mark}, mark)[fields["id"]])
    except OutcomeUnknown:
        if (found := _found(transport, dialect, stream, mark)) is None:
            raise
        return found


def finish_restore(transport: Transport, dialect: Dialect, kept: ExportedRecord, made: Made) -> None:
    """Their own external ids in the place of the marks."""
    ids = {(stream, before): after for stream, before, after in made}
    for one in _once_each(kept, dialect):
        fields = dialect.entities[one.stream].fields
        id = ids[one.stream, int(one.row[fields["id"]])]
        row = transport.get(one.stream, id)
        if row is not None and row.get(fields["external_id"]) != one.row.get(fields["external_id"]):
            back = {**row, fields["external_id"]: one.row.get(fields["external_id"])}
            transport.update(one.stream, id, back, f"{dialect.entities[one.stream].name} {id}")


def _once_each(kept: ExportedRecord, dialect: Dialect) -> list[ExportedRecord]:
    """The record first; one that hangs on two others, such as a contact, once."""
    seen: dict[tuple[str, int], ExportedRecord] = {}

    def walk(one: ExportedRecord) -> None:
        seen.setdefault((one.stream, int(one.row[dialect.entities[one.stream].fields["id"]])), one)
        for child in one.children:
            walk(child)

    walk(kept)
    # work addresses before the contacts that point at them
    return sorted(seen.values(), key=lambda one: (one is not kept, one.stream != "work_addresses"))


def _pointing(transport: Transport, dialect: Dialect, one: ExportedRecord, made: Made) -> Raw:
    """Its fields that point at others, with their ids as they are now; empty where those are gone for good."""
    fields = dialect.entities[one.stream].fields
    now = {(stream, before): after for stream, before, after in made}
    pointing: Raw = {}
    for field, parent in POINTS_AT.get(one.stream, {}).items():
        if (before := one.row.get(fields[field])) is not None:
            after = now.get((parent, int(before)), int(before))
            pointing[fields[field]] = None if transport.get(parent, after) is None else after
    return pointing


def _found(transport: Transport, dialect: Dialect, stream: str, mark: str) -> int | None:
    rows = transport.matching(stream, "external_id", [mark])
    return min((int(row[dialect.entities[stream].fields["id"]]) for row in rows), default=None)
