"""What goes from Simon: looked up with all that hangs on it, and deleted."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from include.connectors import responses
from include.connectors.field_service import DependentRecord, ExportedRecord, RemoteRecord
from include.connectors.simple_simon.client import SYSTEM
from include.connectors.simple_simon.dialect import GOES_ALONG, LABELS, ApiDialect
from include.connectors.simple_simon.transports import Transport
from include.errors import RecordConflict, RecordMissing
from include.records import Raw


def listing(transport: Transport, dialect: ApiDialect, stream: str) -> Iterator[list[RemoteRecord]]:
    """Yield all records of a stream, page by page."""
    fields = dialect.entities[stream].fields
    for rows in transport.pages(stream, ("id", "external_id", "active", *LABELS[stream])):
        with responses.expect_shape(SYSTEM, f"GET {stream}"):
            records = [_remote_record(row, fields, stream) for row in rows]
        yield records


def _remote_record(row: Raw, fields: Mapping[str, str], stream: str) -> RemoteRecord:
    id, label_fields = int(row[fields["id"]]), [fields[word] for word in LABELS[stream]]
    label = " ".join(str(row[name]) for name in label_fields if row.get(name))[:80].replace("\x00", "")
    return RemoteRecord(
        id=id,
        key=row.get(fields["external_id"]) or None,
        active=row.get(fields["active"]) is not False,
        label=label or str(id),
        number=str(row.get(label_fields[0]) or "") if len(label_fields) > 1 else "",
    )


def dependents(transport: Transport, dialect: ApiDialect, stream: str) -> dict[str, list[DependentRecord]]:
    """Return what is deleted along with records of a stream, at any distance, by what it is."""
    listed: dict[str, dict[int, DependentRecord]] = {}
    for parent, child, word in _ways_down(stream):
        if child not in dialect.lacks:
            known = listed.setdefault(child, {})
            for record in _belonging(transport, dialect, child, word):
                above = record if parent == stream else listed.get(parent, {}).get(record.owner)
                if above is not None:
                    known.setdefault(record.id, replace(record, owner=above.owner))
    return {child: list(records.values()) for child, records in listed.items() if records}


def _ways_down(stream: str) -> Iterator[tuple[str, str, str]]:
    """Yield (stream, what goes along with it, by which field), from the top down."""
    for child, word in GOES_ALONG.get(stream, ()):
        yield stream, child, word
        yield from _ways_down(child)


def _belonging(transport: Transport, dialect: ApiDialect, child: str, word: str) -> Iterator[DependentRecord]:
    """Yield the records that have an owner in this field."""
    fields = dialect.entities[child].fields
    for rows in transport.pages(child, ("id", "external_id", word, *LABELS[child])):
        with responses.expect_shape(SYSTEM, f"GET {child}"):
            owned = [row for row in rows if row.get(fields[word]) is not None]
            records = [(_remote_record(row, fields, child), int(row[fields[word]])) for row in owned]
        yield from (DependentRecord(record.id, owner, record.label, not record.key) for record, owner in records)


def in_use(transport: Transport, dialect: ApiDialect) -> dict[str, dict[int, list[str]]]:
    """Return what is on work orders that are not archived: by stream and id, the numbers of those."""
    fields = dialect.entities["work_orders"].fields
    numbers: dict[int, str] = {}
    used: dict[str, dict[int, list[str]]] = {"customers": {}, "work_addresses": {}, "articles": {}}
    for row in transport.not_of_status("work_orders", dialect.archived):
        number = str(row[fields["number"]])
        numbers[int(row[fields["id"]])] = number
        for stream, field in (("customers", "customer_id"), ("work_addresses", "work_address_id")):
            _add(used[stream], row.get(fields[field]), [number])
    _add_owners(transport, dialect, used)
    fields = dialect.entities["used_articles"].fields
    for row in transport.matching("used_articles", "work_order_id", list(numbers)):
        _add(used["articles"], row.get(fields["article_id"]), [numbers[int(row[fields["work_order_id"]])]])
    return used


def _add(used: dict[int, list[str]], id: int | None, numbers: Sequence[str]) -> None:
    if id is not None:
        known = used.setdefault(int(id), [])
        known += [number for number in numbers if number not in known]


def _add_owners(transport: Transport, dialect: ApiDialect, used: dict[str, dict[int, list[str]]]) -> None:
    """Add the customers of which a work address is in use: it would go along with them."""
    fields, addresses = dialect.entities["work_addresses"].fields, used["work_addresses"]
    for row in transport.matching("work_addresses", "id", list(addresses)):
        _add(used["customers"], row.get(fields["customer_id"]), addresses[int(row[fields["id"]])])


def export(transport: Transport, dialect: ApiDialect, stream: str, id: int) -> ExportedRecord | None:
    """Return a record with all its fields, and those that are deleted along with it."""
    row = transport.get(stream, id)
    return None if row is None else _exported(transport, dialect, stream, row)


def _exported(transport: Transport, dialect: ApiDialect, stream: str, row: Raw) -> ExportedRecord:
    children = [
        _exported(transport, dialect, child, child_row)
        for child, field in GOES_ALONG.get(stream, ())
        if child not in dialect.lacks
        for child_row in transport.matching(child, field, [dialect.id_of(stream, row)])
    ]
    return ExportedRecord(stream, row, tuple(children))


def delete(transport: Transport, stream: str, id: int) -> bool:
    """Delete a record and return True; return False when Simon refuses because it is in use."""
    try:
        transport.delete(stream, id)
    except RecordMissing:
        return True
    except RecordConflict:
        return False
    return True
