"""The package's records as we know them, and which of them Simon does not hold as they are."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, delete, select, text

from include.store.bulk_copy import copy
from include.store.engine import Transaction
from include.store.sql import statement
from include.store.tables import records
from include.streams import STREAMS


class IncomingRecord(NamedTuple):
    """A record as it goes into the store; ``source_digest`` is of the row that it was made of."""

    key: str
    body: str
    in_scope: bool
    payload_digest: bytes
    source_digest: str


@dataclass(frozen=True)
class DueRecord:
    """A record that Simon lacks (``simon_id`` None) or holds in an older form."""

    key: str
    body: dict[str, Any]
    payload_digest: bytes
    simon_id: int | None


@dataclass(frozen=True)
class Renaming:
    """The number of a record was ``before`` and is ``after``; or its key, when it is the same thing by other proof."""

    key: str
    before: str
    after: str


def merge(tx: Transaction, tenant_id: int, stream: str, incoming: Iterable[IncomingRecord]) -> list[Renaming]:
    """Insert and update records of a stream, and return those whose number changed."""
    tx.execute(statement("records", "create_incoming"))
    tx.execute(text("TRUNCATE incoming"))
    copy(tx, "incoming", IncomingRecord._fields, incoming)
    stream_of_tenant = {"tenant_id": tenant_id, "stream": stream}
    renamed: list[Renaming] = []
    if number := STREAMS[stream].number_field:
        rows = tx.execute(statement("records", "renumbered"), {**stream_of_tenant, "number": number})
        renamed = [Renaming(**row._mapping) for row in rows]
    tx.execute(statement("records", "merge_incoming"), stream_of_tenant)
    return renamed


def rekeyed(tx: Transaction, tenant_id: int, run_id: int, stream: str) -> list[Renaming]:
    """Return the records that got another key in the package, by the listing of a run and their identity."""
    values = {"tenant_id": tenant_id, "run_id": run_id, "stream": stream}
    rows = tx.execute(statement("records", "rekeyed"), values).all()
    return [Renaming(key=row.new, before=row.old, after=row.new) for row in rows]


def linked_but_unlisted(tx: Transaction, tenant_id: int, run_id: int, stream: str) -> dict[str, list[str]]:
    """Return the linked keys that are not in the listing of a run, by the identity that they carry."""
    values = {"tenant_id": tenant_id, "run_id": run_id, "stream": stream}
    keys: dict[str, list[str]] = {}
    for row in tx.execute(statement("records", "linked_but_unlisted"), values):
        keys.setdefault(row.identity, []).append(row.key)
    return keys


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
    return [DueRecord(**{**row._mapping, "payload_digest": bytes(row.payload_digest)}) for row in rows]


def count_due(tx: Transaction, tenant_id: int, stream: str) -> int:
    """Count all records of a stream that are due."""
    values = {"tenant_id": tenant_id, "stream": stream}
    return int(tx.execute(statement("records", "count_due"), values).scalar_one())


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
