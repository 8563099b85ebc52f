"""The package's records as we know them, and which of them Simon does not hold as they are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, delete, select, text

from include.store.bulk_copy import copy
from include.store.engine import Transaction
from include.store.links import DRIFTED
from include.store.sql import statement
from include.store.tables import records
from include.streams import STREAMS, with_followers


class IncomingRecord(NamedTuple):
    """A record as it goes into the store; ``source_digest`` is of the row that it was made of."""

    key: str
    body: str
    in_scope: bool
    payload_digest: bytes
    source_digest: str


@dataclass(frozen=True)
class DueRecord:
    """A record that Simon lacks (``simon_id`` None) or holds in another form; ``drifted``: it was changed there."""

    key: str
    body: dict[str, Any]
    payload_digest: bytes
    simon_id: int | None
    drifted: bool = False


@dataclass(frozen=True)
class ListedRecord:
    """A record of a listing; ``due``: Simon lacks it, or holds it in another form than it was last written in."""

    key: str
    body: dict[str, Any]
    in_scope: bool
    simon_id: int | None
    due: bool


@dataclass(frozen=True)
class Renumbering:
    """The number of a record was ``before`` and is ``after``."""

    key: str
    before: str
    after: str


@dataclass(frozen=True)
class IdentityMatch:
    """A listed record (``key``, ``after``) beside a linked one that it may be or may have pushed out; their bodies."""

    key: str
    key_before: str
    simon_id: int
    before: dict[str, Any]
    after: dict[str, Any]


def start_incoming(tx: Transaction) -> None:
    """Make an empty place for the records of a listing, for the length of this transaction."""
    tx.execute(statement("records", "create_incoming"))
    tx.execute(text("TRUNCATE incoming"))


def add_incoming(tx: Transaction, stream: str, incoming: Iterable[IncomingRecord]) -> None:
    """Append records of a listing to those that ``merge`` takes."""
    copy(tx, "incoming", ("stream", *IncomingRecord._fields), ((stream, *record) for record in incoming))


def merge(tx: Transaction, tenant_id: int, stream: str) -> tuple[list[Renumbering], int]:
    """Insert and update the incoming records of a stream; return those whose number changed, and how many differed."""
    stream_of_tenant = {"tenant_id": tenant_id, "stream": stream}
    renumbered: list[Renumbering] = []
    if number := STREAMS[stream].number_field:
        rows = tx.execute(statement("records", "renumbered"), {**stream_of_tenant, "number": number})
        renumbered = [Renumbering(**row._mapping) for row in rows]
    return renumbered, tx.execute(statement("records", "merge_incoming"), stream_of_tenant).rowcount


def of_another_identity(tx: Transaction, tenant_id: int, stream: str) -> list[IdentityMatch]:
    """Return the linked records whose key is among the incoming ones with another identity."""
    rows = tx.execute(statement("records", "of_another_identity"), {"tenant_id": tenant_id, "stream": stream})
    return [IdentityMatch(key_before=row.key, **row._mapping) for row in rows]


def of_same_identity(tx: Transaction, tenant_id: int, run_id: int, stream: str) -> list[IdentityMatch]:
    """Return the incoming records without a link, each with the one linked record of its identity not listed."""
    values = {"tenant_id": tenant_id, "run_id": run_id, "stream": stream}
    return [IdentityMatch(**row._mapping) for row in tx.execute(statement("records", "of_same_identity"), values)]


def set_aside(tx: Transaction, tenant_id: int, stream: str, *, before: str, after: str) -> None:
    """Give a record that the package does not have any more another key, because another thing has its own."""
    values = {"tenant_id": tenant_id, "stream": stream, "before": before, "after": after}
    tx.execute(statement("records", "set_aside"), values)


def leave_unlisted(tx: Transaction, tenant_id: int, run_id: int, stream: str) -> None:
    """Take what the listing of a run does not hold out of scope, so that it never comes back by itself (R1.13).

    What is linked is still known, where work orders can name it; all else is forgotten.
    """
    values = {"tenant_id": tenant_id, "run_id": run_id, "listing": stream, "streams": with_followers(stream)}
    also_linked = not STREAMS[stream].number_field
    tx.execute(statement("records", "forget_unlisted"), {**values, "also_linked": also_linked})
    tx.execute(statement("records", "leave_unlisted"), values)


def of_one_number(tx: Transaction, stream: str, *, title: str) -> dict[str, list[str]]:
    """Return the numbers that several incoming records in scope have, with the field ``title`` of each."""
    values = {"stream": stream, "number": STREAMS[stream].number_field, "title": title}
    return {row.number: row.titles for row in tx.execute(statement("records", "of_one_number"), values)}


def bodies_of(tx: Transaction, tenant_id: int, stream: str, keys: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return what is known of these records, by key."""
    query = select(records.c.key, records.c.body).where(*_of_stream(tenant_id, stream), records.c.key.in_(keys))
    return {row.key: row.body for row in tx.execute(query)}


def remove(tx: Transaction, tenant_id: int, stream: str, key: str) -> None:
    """Delete what is known of a record."""
    tx.execute(delete(records).where(*_of_stream(tenant_id, stream), records.c.key == key))


def mark_gone(tx: Transaction, tenant_id: int, stream: str, key: str) -> None:
    """Note that the package does not have a record any more, while Simon keeps it: no document is made on it."""
    tx.execute(statement("records", "mark_gone"), {"tenant_id": tenant_id, "stream": stream, "key": key})


def due(tx: Transaction, tenant_id: int, stream: str, *, after: str, limit: int) -> list[DueRecord]:
    """Return the next records in scope, by key, that Simon does not hold as they are."""
    values = {"tenant_id": tenant_id, "stream": stream, "after": after, "limit": limit}
    rows = tx.execute(statement("records", "due"), values)
    return [
        DueRecord(
            row.key, row.body, bytes(row.payload_digest), row.simon_id, bytes(row.written_digest or b"") == DRIFTED
        )
        for row in rows
    ]


def count_due(tx: Transaction, tenant_id: int, stream: str) -> int:
    """Count all records of a stream that are due."""
    values = {"tenant_id": tenant_id, "stream": stream}
    return int(tx.execute(statement("records", "count_due"), values).scalar_one())


def listed(tx: Transaction, tenant_id: int, run_id: int, stream: str, *, listing: str) -> list[ListedRecord]:
    """Return what is known of the records whose key is in a listing of a run, by key."""
    values = {"tenant_id": tenant_id, "run_id": run_id, "stream": stream, "listing": listing}
    return [ListedRecord(**row._mapping) for row in tx.execute(statement("records", "listed"), values)]


def bodies(tx: Transaction, tenant_id: int, stream: str) -> list[dict[str, Any]]:
    """Return what is known of all records of a small stream (groups, types), by key."""
    query = select(records.c.body).where(*_of_stream(tenant_id, stream))
    return list(tx.execute(query.order_by(records.c.key)).scalars())


def article_counts(tx: Transaction, tenant_id: int) -> list[tuple[str | None, str | None, int]]:
    """Count the active articles of each group and type: (group's key, type's key, how many)."""
    rows = tx.execute(statement("records", "article_counts"), {"tenant_id": tenant_id})
    return [(row.group_key, row.type_key, row.articles) for row in rows]


def save_lookup(tx: Transaction, tenant_id: int, stream: str, key: str, *, json: str) -> None:
    """Store what a look-up of one record gave, ahead of the next sync, which decides what Simon gets of it."""
    values = {"tenant_id": tenant_id, "stream": stream, "key": key, "body": json}
    tx.execute(statement("records", "save_lookup"), values)


def _of_stream(tenant_id: int, stream: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return records.c.tenant_id == tenant_id, records.c.stream == stream
