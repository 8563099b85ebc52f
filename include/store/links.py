"""Links: the package's key and Simon's id of one thing, unique both ways per tenant and stream."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, func, select, text, update

from include.store.bulk_copy import async_commit
from include.store.engine import Transaction
from include.store.sql import statement
from include.store.tables import links

DIRTY = b""  # a digest that no content has


@dataclass(frozen=True)
class Link:
    """A record that both sides have; ``written_digest`` is of the content that was last written to Simon."""

    key: str
    simon_id: int
    written_digest: bytes


def put(tx: Transaction, tenant_id: int, stream: str, written: Iterable[Link]) -> None:
    """Store the links of records that were written."""
    if not (rows := list(written)):
        return
    async_commit(tx)  # a link that is lost is found again by its external id
    values = {
        "tenant_id": tenant_id,
        "stream": stream,
        "keys": [link.key for link in rows],
        "simon_ids": [link.simon_id for link in rows],
        "written_digests": [link.written_digest for link in rows],
    }
    tx.execute(statement("links", "put"), values)


def analyze(tx: Transaction) -> None:
    """Let Postgres see how many records there are, before links of many are put.

    Until it does so by itself, some minute after a first import, it thinks them few and compares each with each link.
    """
    tx.execute(text("ANALYZE records (tenant_id, stream, key)"))


def simon_ids(tx: Transaction, tenant_id: int, stream: str, keys: Sequence[str]) -> dict[str, int]:
    """Return Simon's id of each of these keys that is linked."""
    query = select(links.c.key, links.c.simon_id).where(*_of_stream(tenant_id, stream), links.c.key.in_(keys))
    return {row.key: row.simon_id for row in tx.execute(query)}


def get(tx: Transaction, tenant_id: int, stream: str, keys: Sequence[str]) -> dict[str, Link]:
    """Return the links of these keys, by key."""
    query = select(links.c.key, links.c.simon_id, links.c.written_digest)
    query = query.where(*_of_stream(tenant_id, stream), links.c.key.in_(keys))
    return {row.key: Link(row.key, row.simon_id, bytes(row.written_digest)) for row in tx.execute(query)}


def key_of(tx: Transaction, tenant_id: int, stream: str, simon_id: int) -> str | None:
    """Return the package's key of one of Simon's records; None when it has no link."""
    query = select(links.c.key).where(*_of_stream(tenant_id, stream), links.c.simon_id == simon_id)
    return tx.execute(query).scalar_one_or_none()


def rekey(tx: Transaction, tenant_id: int, stream: str, *, before: str, after: str) -> None:
    """Move a link to another key of the same thing; it counts as changed, so that Simon gets the new key too."""
    link = (*_of_stream(tenant_id, stream), links.c.key == before)
    tx.execute(update(links).where(*link).values(key=after, written_digest=DIRTY))


def with_identity(tx: Transaction, tenant_id: int, stream: str) -> list[tuple[str, int, str]]:
    """Return (key, Simon's id, identity of the package's record) of all links of a stream."""
    rows = tx.execute(statement("links", "with_identity"), {"tenant_id": tenant_id, "stream": stream})
    return [(row.key, row.simon_id, row.identity) for row in rows]


def unlink(tx: Transaction, tenant_id: int, stream: str, key: str) -> None:
    """Delete the link of a key."""
    tx.execute(delete(links).where(*_of_stream(tenant_id, stream), links.c.key == key))


def mark_dirty(tx: Transaction, tenant_id: int, stream: str, key: str) -> None:
    """Note that Simon does not hold a record as we wrote it: it is written again when it is in scope again."""
    link = (*_of_stream(tenant_id, stream), links.c.key == key)
    tx.execute(update(links).where(*link).values(written_digest=DIRTY))


def mark_all_dirty(tx: Transaction, tenant_id: int) -> None:
    """Note that what Simon holds of any record is not known any more: the next load compares each of them."""
    tx.execute(update(links).where(links.c.tenant_id == tenant_id).values(written_digest=DIRTY))


def counts(tx: Transaction, tenant_id: int) -> dict[str, int]:
    """Count the links of each stream."""
    query = select(links.c.stream, func.count().label("linked")).where(links.c.tenant_id == tenant_id)
    return {row.stream: row.linked for row in tx.execute(query.group_by(links.c.stream))}


def _of_stream(tenant_id: int, stream: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return links.c.tenant_id == tenant_id, links.c.stream == stream
