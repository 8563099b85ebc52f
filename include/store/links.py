"""Links: the package's key and Simon's id of one thing, unique both ways per tenant and stream."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select, text, update

from include.store.bulk_copy import async_commit
from include.store.engine import Transaction
from include.store.sql import statement
from include.store.tables import links

# digests that no content has: what Simon holds is not known; it is known to be other than was written; and it still
# carries a key that another thing has now
DIRTY, DRIFTED, SET_ASIDE = b"", b"drifted", b"set aside"


@dataclass(frozen=True)
class Link:
    """A record that both sides have; ``written_digest`` is of the content that was last written to Simon.

    ``kept_digest`` is of the form that Simon keeps that content in, where it is known to be another.
    """

    key: str
    simon_id: int
    written_digest: bytes
    kept_digest: bytes | None = None


_LINK = [links.c[name] for name in Link.__dataclass_fields__]


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
        "kept_digests": [link.kept_digest for link in rows],
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


def key_of(tx: Transaction, tenant_id: int, stream: str, simon_id: int) -> str | None:
    """Return the package's key of one of Simon's records; None when it has no link."""
    query = select(links.c.key).where(*_of_stream(tenant_id, stream), links.c.simon_id == simon_id)
    return tx.execute(query).scalar_one_or_none()


def keys(tx: Transaction, tenant_id: int, stream: str, simon_ids: Sequence[int] | None = None) -> dict[int, str]:
    """Return the package's key of each of Simon's records that is linked, by id: of these ids or of all."""
    query = select(links.c.simon_id, links.c.key).where(*_of_stream(tenant_id, stream))
    if simon_ids is not None:
        query = query.where(links.c.simon_id.in_(simon_ids))
    return {row.simon_id: row.key for row in tx.execute(query)}


def settled(tx: Transaction, tenant_id: int, stream: str) -> dict[int, Link]:
    """Return the links of what Simon should hold as it was last written, by its id."""
    rows = tx.execute(statement("links", "settled"), {"tenant_id": tenant_id, "stream": stream})
    return {row.simon_id: _link(row) for row in rows}


def set_aside(tx: Transaction, tenant_id: int, stream: str) -> list[Link]:
    """Return the links of what still carries a key in Simon that another thing has now."""
    query = select(*_LINK).where(*_of_stream(tenant_id, stream), links.c.written_digest == SET_ASIDE)
    return [_link(row) for row in tx.execute(query.order_by(links.c.key))]


def rekey(tx: Transaction, tenant_id: int, stream: str, *, before: str, after: str, digest: bytes = DIRTY) -> None:
    """Move a link to another key; Simon has to get that key too, as ``digest`` says."""
    link = (*_of_stream(tenant_id, stream), links.c.key == before)
    tx.execute(update(links).where(*link).values(key=after, written_digest=digest))


def with_identity(tx: Transaction, tenant_id: int, stream: str) -> list[tuple[str, int, str]]:
    """Return (key, Simon's id, identity of the package's record) of all links of a stream."""
    rows = tx.execute(statement("links", "with_identity"), {"tenant_id": tenant_id, "stream": stream})
    return [(row.key, row.simon_id, row.identity) for row in rows]


def unlink(tx: Transaction, tenant_id: int, stream: str, key: str) -> None:
    """Delete the link of a key."""
    tx.execute(delete(links).where(*_of_stream(tenant_id, stream), links.c.key == key))


def mark_dirty(tx: Transaction, tenant_id: int, stream: str, *keys: str, digest: bytes = DIRTY) -> None:
    """Note that Simon does not hold records as we wrote them: they are written again when they are in scope."""
    linked = (*_of_stream(tenant_id, stream), links.c.key.in_(keys))
    tx.execute(update(links).where(*linked).values(written_digest=digest))


def mark_all_dirty(tx: Transaction, tenant_id: int) -> None:
    """Note that what Simon holds of any record is not known any more: the next load compares each of them."""
    tx.execute(update(links).where(links.c.tenant_id == tenant_id).values(written_digest=DIRTY))


def counts(tx: Transaction, tenant_id: int) -> dict[str, int]:
    """Count the links of each stream."""
    query = select(links.c.stream, func.count().label("linked")).where(links.c.tenant_id == tenant_id)
    return {row.stream: row.linked for row in tx.execute(query.group_by(links.c.stream))}


def _of_stream(tenant_id: int, stream: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return links.c.tenant_id == tenant_id, links.c.stream == stream


def _link(row: Any) -> Link:
    kept = row.kept_digest
    return Link(row.key, row.simon_id, bytes(row.written_digest), None if kept is None else bytes(kept))
