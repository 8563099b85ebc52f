"""Rows as a package gave them, for the length of one run."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import orjson
from sqlalchemy import text

from include.records import Raw
from include.store.bulk_copy import async_commit, copy_lines, escaped
from include.store.engine import Transaction
from include.store.sql import statement


class StagedRow(NamedTuple):
    """A row as it was read, with its key and its digest."""

    key: str
    row: Raw
    source_digest: str


def add(tx: Transaction, run_id: int, stream: str, rows: Iterable[tuple[str, str | None, Raw]]) -> None:
    """Append rows: (key, parent's key, row as read)."""
    start = f"{run_id}\t{stream}\t".encode()
    lines = (
        # JSON has no bare tabs or line ends, so its backslashes are all there is to escape
        b"%b%b\t%b\t%b" % (start, escaped(key.encode()), _parent(parent), orjson.dumps(row).replace(b"\\", b"\\\\"))
        for key, parent, row in rows
    )
    async_commit(tx)
    copy_lines(tx, "staged", ("run_id", "stream", "key", "parent_key", "body"), lines)


def _parent(key: str | None) -> bytes:
    return b"\\N" if key is None else escaped(key.encode())


def next_rows(
    tx: Transaction, run_id: int, stream: str, *, tenant_id: int, after: str, limit: int, changed_only: bool
) -> list[tuple[str, Raw]]:
    """Return the next (key, row) by key; ``changed_only`` leaves out those that are as they were at the last sync."""
    values = {"run_id": run_id, "stream": stream, "tenant_id": tenant_id, "after": after, "limit": limit}
    rows = tx.execute(statement("staging", "next_rows"), {**values, "changed_only": changed_only})
    return [(row.key, orjson.loads(row.body)) for row in rows]


def chunks(tx: Transaction, run_id: int, stream: str, size: int) -> Iterator[list[StagedRow]]:
    """Yield the rows of a stream by key; a key that was read twice gives its last row."""
    values = {"run_id": run_id, "stream": stream, "after": "", "limit": size}
    while rows := tx.execute(statement("staging", "chunk"), values).all():
        yield [StagedRow(row.key, orjson.loads(row.body), row.source_digest) for row in rows]
        values["after"] = rows[-1].key


def chunks_with_records(
    tx: Transaction, run_id: int, stream: str, *, tenant_id: int, size: int
) -> Iterator[list[tuple[str, str | Raw]]]:
    """Yield the keys of a listing, each with its record as JSON where that was made of this very row, else the row."""
    values = {"run_id": run_id, "stream": stream, "tenant_id": tenant_id, "after": "", "limit": size}
    while rows := tx.execute(statement("staging", "chunk_with_records"), values).all():
        yield [(row.key, orjson.loads(row.body) if row.record is None else row.record) for row in rows]
        values["after"] = rows[-1].key


def children(tx: Transaction, run_id: int, stream: str, parents: list[str]) -> dict[str, list[Raw]]:
    """Return the rows under each of these parents, in the order in which they were read."""
    values = {"run_id": run_id, "stream": stream, "parents": parents}
    by_parent: dict[str, list[Raw]] = {}
    for row in tx.execute(statement("staging", "children"), values):
        by_parent.setdefault(row.parent_key, []).append(orjson.loads(row.body))
    return by_parent


def present(tx: Transaction, run_id: int, stream: str, keys: list[str]) -> list[str]:
    """Return those of these keys that are staged."""
    query = text("SELECT DISTINCT key FROM staged WHERE run_id = :run_id AND stream = :stream AND key = ANY(:keys)")
    return list(tx.execute(query, {"run_id": run_id, "stream": stream, "keys": keys}).scalars())


def find(tx: Transaction, run_id: int, stream: str, key: str) -> Raw | None:
    """Return the row of a key as it was read last; None for one that is not staged."""
    query = text(
        "SELECT body FROM staged WHERE (run_id, stream, key) = (:run_id, :stream, :key) ORDER BY position DESC LIMIT 1"
    )
    body = tx.execute(query, {"run_id": run_id, "stream": stream, "key": key}).scalar_one_or_none()
    return None if body is None else orjson.loads(body)


def alike(tx: Transaction, run_id: int, stream: str, *, key_field: str) -> dict[str, list[str]]:
    """Return the keys that stand for rows whose own keys differ, in blanks; with those as the package has them."""
    rows = tx.execute(statement("staging", "alike"), {"run_id": run_id, "stream": stream, "key_field": key_field})
    return {row.key: row.written for row in rows}


def listings_agree(tx: Transaction, run_id: int, first: str, second: str) -> bool:
    """Return whether two listings hold the same keys, each once."""
    values = {"run_id": run_id, "first": first, "second": second}
    return bool(tx.execute(statement("staging", "listings_agree"), values).scalar_one())


def count_keys(tx: Transaction, run_id: int, stream: str) -> int:
    """Count the keys of a stream; one that was read twice counts once."""
    query = text("SELECT count(DISTINCT key) FROM staged WHERE run_id = :run_id AND stream = :stream")
    return int(tx.execute(query, {"run_id": run_id, "stream": stream}).scalar_one())


def all_rows(tx: Transaction, run_id: int, stream: str) -> Iterator[tuple[str, Raw]]:
    """Yield (key, row) in the order in which they were read, as they are asked for."""
    query = text("SELECT key, body FROM staged WHERE run_id = :run_id AND stream = :stream ORDER BY position")
    # of this query alone: the connection's own options would stay for whatever comes after
    options = {"yield_per": 5000}
    rows = tx.execute(query, {"run_id": run_id, "stream": stream}, execution_options=options)
    return ((row.key, orjson.loads(row.body)) for row in rows)
