"""What goes from Simon: looked up with all that hangs on it, and deleted."""

from collections.abc import Iterator, Mapping, Sequence

from include.connectors import responses
from include.connectors.field_service import ExportedRecord, RemoteRecord
from include.connectors.simple_simon.client import SYSTEM
from include.connectors.simple_simon.dialect import GOES_ALONG, LABELS, ApiDialect
from include.connectors.simple_simon.transports import Transport
from include.errors import RecordConflict, RecordMissing
from include.records import Raw


def listing(transport: Transport, dialect: ApiDialect, stream: str) -> Iterator[list[RemoteRecord]]:
    """Yield all records of a stream, page by page."""
    fields, label_words = dialect.entities[stream].fields, LABELS[stream]
    label_fields = [fields[word] for word in label_words]
    for rows in transport.pages(stream, ("id", "external_id", "active", *label_words)):
        with responses.expect_shape(SYSTEM, f"GET {stream}"):
            records = [_remote_record(row, fields, label_fields) for row in rows]
        yield records


def _remote_record(row: Raw, fields: Mapping[str, str], label_fields: Sequence[str]) -> RemoteRecord:
    id = int(row[fields["id"]])
    label = " ".join(str(row[name]) for name in label_fields if row.get(name))[:80].replace("\x00", "")
    return RemoteRecord(
        id=id,
        key=row.get(fields["external_id"]) or None,
        active=row.get(fields["active"]) is not False,
        label=label or str(id),
        number=str(row.get(label_fields[0]) or "") if len(label_fields) > 1 else "",
    )


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
