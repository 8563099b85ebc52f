"""Links: the package's key and Simon's id of one thing, unique both ways per tenant and stream."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, select, text, update

from include.store.bulk_copy import async_commit
from include.store.engine import Transaction
from include.store.tables import links


@dataclass(frozen=True)
class Link:
    """``digest`` is of what was last written."""

    key: str
    simon_id: int
    digest: bytes


_PUT = text(
    "INSERT INTO links (tenant_id, stream, key, simon_id, digest) SELECT :tenant, :stream, * FROM"
    " unnest(CAST(:keys AS text[]), CAST(:ids AS bigint[]), CAST(:digests AS bytea[]))"
    " ON CONFLICT (tenant_id, stream, key)"
    " DO UPDATE SET simon_id = excluded.simon_id, digest = excluded.digest, written_at = now()"
)


def put(tx: Transaction, tenant_id: int, stream: str, written: Iterable[Link]) -> None:
    """Remember what was written, and to which record."""
    if not (rows := list(written)):
        return
    async_commit(tx)  # a link that is lost is found again by its external id
    columns = {"keys": [row.key for row in rows], "ids": [row.simon_id for row in rows]}
    values = {"tenant": tenant_id, "stream": stream, **columns, "digests": [row.digest for row in rows]}
    tx.execute(_PUT, values)


def analyze(tx: Transaction) -> None:
    """Before many are put: lets Postgres see how many records there are.

    Until it does so by itself, some minute after a first import, it thinks them few and compares each with each link.
    """
    tx.execute(text("ANALYZE records (tenant_id, stream, key)"))


def simon_ids(tx: Transaction, tenant_id: int, stream: str, keys: Sequence[str]) -> dict[str, int]:
    """Simon's id of each of these keys that is linked."""
    query = select(links.c.key, links.c.simon_id)
    query = query.where(links.c.tenant_id == tenant_id, links.c.stream == stream, links.c.key.in_(keys))
    return {row[0]: row[1] for row in tx.execute(query)}


def get(tx: Transaction, tenant_id: int, stream: str, keys: Sequence[str]) -> dict[str, Link]:
    """The links of these keys, by key."""
    query = select(links.c.key, links.c.simon_id, links.c.digest)
    query = query.where(links.c.tenant_id == tenant_id, links.c.stream == stream, links.c.key.in_(keys))
    return {row.key: Link(row.key, row.simon_id, bytes(row.digest)) for row in tx.execute(query)}


def key_of(tx: Transaction, tenant_id: int, stream: str, simon_id: int) -> str | None:
    query = select(links.c.key)
    query = query.where(links.c.tenant_id == tenant_id, links.c.stream == stream, links.c.simon_id == simon_id)
    return tx.execute(query).scalar_one_or_none()


def rekey(tx: Transaction, tenant_id: int, stream: str, before: str, after: str) -> None:
    """The same thing under another key; it counts as changed, so that Simon gets the new key too."""
    here = (links.c.tenant_id == tenant_id, links.c.stream == stream, links.c.key == before)
    tx.execute(update(links).where(*here).values(key=after, digest=b""))


def with_identity(tx: Transaction, tenant_id: int, stream: str) -> list[tuple[str, int, str]]:
    """(key, Simon's id, the package's other mark) of all links of a stream."""
    query = text(
        "SELECT l.key, l.simon_id, coalesce(r.body->>'identity', '') FROM links l LEFT JOIN records r"
        " ON (r.tenant_id, r.stream, r.key) = (l.tenant_id, l.stream, l.key)"
        " WHERE l.tenant_id = :tenant AND l.stream = :stream"
    )
    found = tx.execute(query, {"tenant": tenant_id, "stream": stream})
    return [(row[0], row[1], row[2]) for row in found]


def unlink(tx: Transaction, tenant_id: int, stream: str, key: str) -> None:
    here = (links.c.tenant_id == tenant_id, links.c.stream == stream, links.c.key == key)
    tx.execute(delete(links).where(*here))


def mark_dirty(tx: Transaction, tenant_id: int, stream: str, key: str) -> None:
    """What Simon holds of this is no longer what we wrote: it is written again when it is wanted again."""
    here = (links.c.tenant_id == tenant_id, links.c.stream == stream, links.c.key == key)
    tx.execute(update(links).where(*here).values(digest=b""))


def counts(tx: Transaction, tenant_id: int) -> dict[str, int]:
    """Linked records per stream."""
    query = select(links.c.stream, func.count()).where(links.c.tenant_id == tenant_id).group_by(links.c.stream)
    return {row[0]: row[1] for row in tx.execute(query)}


def mark_all_dirty(tx: Transaction, tenant_id: int) -> None:
    """What Simon holds of any record is not known any more: the next load compares each of them."""
    tx.execute(update(links).where(links.c.tenant_id == tenant_id).values(digest=b""))
