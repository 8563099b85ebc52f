"""Rows as a package gave them, for the length of one run."""

from collections.abc import Iterable, Iterator

import orjson
from sqlalchemy import text

from include.records import Raw
from include.store.bulk_copy import async_commit, copy_lines, escaped
from include.store.engine import Transaction


def add(tx: Transaction, run_id: int, stream: str, rows: Iterable[tuple[str, str | None, Raw]]) -> None:
    """Append (key, parent's key, row as read)."""
    start = f"{run_id}\t{stream}\t".encode()
    lines = (
        # JSON has no bare tabs or line ends, so its backslashes are all there is to escape
        b"%b%b\t%b\t%b" % (start, escaped(key.encode()), _key(parent), orjson.dumps(row).replace(b"\\", b"\\\\"))
        for key, parent, row in rows
    )
    async_commit(tx)
    copy_lines(tx, "staged", ("run_id", "stream", "key", "parent_key", "body"), lines)


def _key(parent: str | None) -> bytes:
    return b"\\N" if parent is None else escaped(parent.encode())


def after(
    tx: Transaction, tenant_id: int, run_id: int, stream: str, key: str, limit: int, changed_only: bool
) -> list[tuple[str, Raw]]:
    """The next (key, row) by key; ``changed_only`` leaves out those that are as they were at the last sync."""
    query = text(
        "SELECT DISTINCT ON (s.key) s.key, s.body FROM staged s LEFT JOIN records r"
        " ON (r.tenant_id, r.stream, r.key) = (:tenant, s.stream, s.key)"
        " WHERE s.run_id = :run AND s.stream = :stream AND s.key > :key"
        " AND (NOT :changed_only OR r.source IS DISTINCT FROM md5(s.body))"
        " ORDER BY s.key, s.position DESC LIMIT :limit"
    )
    values = {"tenant": tenant_id, "run": run_id, "stream": stream, "key": key, "limit": limit}
    found = tx.execute(query, {**values, "changed_only": changed_only})
    return [(row.key, orjson.loads(row.body)) for row in found]


def chunks(tx: Transaction, run_id: int, stream: str, size: int) -> Iterator[list[tuple[str, Raw, str]]]:
    """(key, row, md5 of the row) in order of key; a key that was read twice gives its last row."""
    query = text(
        "SELECT DISTINCT ON (key) key, body, md5(body) AS source FROM staged"
        " WHERE run_id = :run AND stream = :stream AND key > :after ORDER BY key, position DESC LIMIT :size"
    )
    last = ""
    while found := tx.execute(query, {"run": run_id, "stream": stream, "after": last, "size": size}).all():
        yield [(row.key, orjson.loads(row.body), row.source) for row in found]
        last = found[-1].key


def beside_records(
    tx: Transaction, tenant_id: int, run_id: int, stream: str, size: int
) -> Iterator[list[tuple[str, str | Raw]]]:
    """Yield (key, row) as ``chunks`` does; where a record was made of this very row: (key, the record as JSON)."""
    query = text(
        "SELECT key, CASE WHEN same THEN record::text END AS record, CASE WHEN NOT same THEN body END AS body FROM"
        " (SELECT DISTINCT ON (s.key) s.key, s.body, r.body AS record, coalesce(r.source = md5(s.body), false) AS same"
        " FROM staged s LEFT JOIN records r ON (r.tenant_id, r.stream, r.key) = (:tenant, s.stream, s.key)"
        " WHERE s.run_id = :run AND s.stream = :stream AND s.key > :after"
        " ORDER BY s.key, s.position DESC LIMIT :size) AS latest ORDER BY key"
    )
    values = {"tenant": tenant_id, "run": run_id, "stream": stream, "after": "", "size": size}
    while found := tx.execute(query, values).all():
        yield [(row.key, row.record if row.body is None else orjson.loads(row.body)) for row in found]
        values["after"] = found[-1].key


def children(tx: Transaction, run_id: int, stream: str, parents: list[str]) -> dict[str, list[Raw]]:
    """The rows under each of these parents, in order of reading."""
    query = text(
        "SELECT parent_key, body FROM staged WHERE run_id = :run AND stream = :stream AND parent_key = ANY(:parents)"
        " ORDER BY position"
    )
    found: dict[str, list[Raw]] = {}
    for row in tx.execute(query, {"run": run_id, "stream": stream, "parents": parents}):
        found.setdefault(row.parent_key, []).append(orjson.loads(row.body))
    return found


def present(tx: Transaction, run_id: int, stream: str, keys: list[str]) -> list[str]:
    """Which of these keys are staged."""
    query = text("SELECT DISTINCT key FROM staged WHERE run_id = :run AND stream = :stream AND key = ANY(:keys)")
    return list(tx.execute(query, {"run": run_id, "stream": stream, "keys": keys}).scalars())


def passes_agree(tx: Transaction, run_id: int, stream: str, again: str) -> bool:
    """Whether two listings hold the same keys, each once."""
    query = text(
        "SELECT count(*) = 0 FROM (SELECT key FROM staged WHERE run_id = :run AND stream IN (:one, :other)"
        " GROUP BY key HAVING count(*) <> 2 OR count(DISTINCT stream) <> 2) AS odd"
    )
    return bool(tx.execute(query, {"run": run_id, "one": stream, "other": again}).scalar_one())


def distinct_keys(tx: Transaction, run_id: int, stream: str) -> int:
    query = text("SELECT count(DISTINCT key) FROM staged WHERE run_id = :run AND stream = :stream")
    return int(tx.execute(query, {"run": run_id, "stream": stream}).scalar_one())


def all_of(tx: Transaction, run_id: int, stream: str) -> Iterator[tuple[str, Raw]]:
    """(key, row) in order of reading; rows come as they are asked for."""
    query = text("SELECT key, body FROM staged WHERE run_id = :run AND stream = :stream ORDER BY position")
    values = {"run": run_id, "stream": stream}
    # of this query alone: the connection's own options would stay for whatever comes after
    found = tx.execute(query, values, execution_options={"yield_per": 5000})
    return ((row.key, orjson.loads(row.body)) for row in found)
