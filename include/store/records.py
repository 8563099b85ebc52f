"""The package's records as we know them, and what of them Simon does not hold yet."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, text

from include.store.bulk_copy import copy
from include.store.engine import Transaction
from include.store.tables import records
from include.streams import STREAMS


@dataclass(frozen=True)
class Due:
    """A record that Simon lacks (``simon_id`` None) or holds in an older form."""

    key: str
    body: dict[str, Any]
    digest: bytes
    simon_id: int | None


@dataclass(frozen=True)
class Renamed:
    """The number of a record was ``before`` and is ``after``; or its key, when it is the same thing by other proof."""

    key: str
    before: str
    after: str


def merge(
    tx: Transaction, tenant_id: int, stream: str, rows: Iterable[tuple[str, str, bool, bytes, str]]
) -> list[Renamed]:
    """Bring (key, body as JSON, wanted, digest, source) in; rows that are the same are not rewritten.

    Gives the records whose number changed.
    """
    tx.execute(
        text(
            "CREATE TEMP TABLE IF NOT EXISTS incoming"
            " (key text, body jsonb, wanted boolean, digest bytea, source text) ON COMMIT DROP"
        )
    )
    tx.execute(text("TRUNCATE incoming"))
    copy(tx, "incoming", ("key", "body", "wanted", "digest", "source"), rows)
    here = {"tenant": tenant_id, "stream": stream}
    number = STREAMS[stream].number_field
    renamed = _renumbered(tx, here, number) if number else []
    tx.execute(
        text(
            "INSERT INTO records AS known (tenant_id, stream, key, body, wanted, digest, source)"
            " SELECT :tenant, :stream, key, body, wanted, digest, source FROM incoming"
            " ON CONFLICT (tenant_id, stream, key) DO UPDATE SET body = excluded.body, wanted = excluded.wanted,"
            " digest = excluded.digest, source = excluded.source, changed_at = now()"
            " WHERE (known.body, known.wanted, known.digest, known.source)"
            " IS DISTINCT FROM (excluded.body, excluded.wanted, excluded.digest, excluded.source)"
        ),
        here,
    )
    return renamed


def _renumbered(tx: Transaction, here: dict[str, Any], number: str) -> list[Renamed]:
    query = text(
        "SELECT i.key, r.body->>:number AS before, i.body->>:number AS after FROM incoming i"
        " JOIN records r ON (r.tenant_id, r.stream, r.key) = (:tenant, :stream, i.key)"
        " WHERE r.body->>:number <> i.body->>:number"
    )
    return [Renamed(row.key, row.before, row.after) for row in tx.execute(query, {**here, "number": number})]


def moved(tx: Transaction, tenant_id: int, run_id: int, stream: str) -> list[Renamed]:
    """Records that got another key in the package: (new key, old key, new key).

    The proof: the new key is in this complete listing and has no link yet, exactly one linked key that is not in it
    carries the same other mark (``identity``), and nothing else in the listing does.
    """
    query = text(
        "WITH listed AS (SELECT DISTINCT key FROM staged WHERE run_id = :run AND stream = :stream),"
        " fresh AS (SELECT r.key, r.body->>'identity' AS identity,"
        "   count(*) OVER (PARTITION BY r.body->>'identity') AS n"
        "   FROM records r JOIN listed USING (key) WHERE r.tenant_id = :tenant AND r.stream = :stream"
        "   AND r.body->>'identity' <> ''),"
        " gone AS (SELECT o.key, o.body->>'identity' AS identity,"
        "   count(*) OVER (PARTITION BY o.body->>'identity') AS n"
        "   FROM records o JOIN links l ON (l.tenant_id, l.stream, l.key) = (o.tenant_id, o.stream, o.key)"
        "   WHERE o.tenant_id = :tenant AND o.stream = :stream"
        "   AND NOT EXISTS (SELECT FROM listed WHERE listed.key = o.key))"
        " SELECT fresh.key AS new, gone.key AS old FROM fresh JOIN gone USING (identity)"
        " LEFT JOIN links l ON (l.tenant_id, l.stream, l.key) = (:tenant, :stream, fresh.key)"
        " WHERE fresh.n = 1 AND gone.n = 1 AND l.key IS NULL"
    )
    found = tx.execute(query, {"tenant": tenant_id, "run": run_id, "stream": stream}).all()
    return [Renamed(row.new, row.old, row.new) for row in found]


def gone(tx: Transaction, tenant_id: int, run_id: int, stream: str) -> dict[str, list[str]]:
    """The linked keys that are not in the listing of a run, by the other mark that they carry."""
    query = text(
        "SELECT o.key, o.body->>'identity' AS identity FROM records o"
        " JOIN links l ON (l.tenant_id, l.stream, l.key) = (o.tenant_id, o.stream, o.key)"
        " WHERE o.tenant_id = :tenant AND o.stream = :stream AND o.body->>'identity' <> '' AND NOT EXISTS"
        " (SELECT FROM staged s WHERE (s.run_id, s.stream, s.key) = (:run, :stream, o.key))"
    )
    found: dict[str, list[str]] = {}
    for row in tx.execute(query, {"tenant": tenant_id, "run": run_id, "stream": stream}):
        found.setdefault(row.identity, []).append(row.key)
    return found


def forget(tx: Transaction, tenant_id: int, stream: str, key: str) -> None:
    tx.execute(
        records.delete().where(records.c.tenant_id == tenant_id, records.c.stream == stream, records.c.key == key)
    )


def not_in_package(tx: Transaction, tenant_id: int, stream: str, key: str) -> None:
    """Known to be gone there, while Simon keeps it for now: no document is made on it."""
    query = text(
        "UPDATE records SET wanted = false, body = jsonb_set(body, '{active}', 'false'), source = ''"
        " WHERE tenant_id = :tenant AND stream = :stream AND key = :key"
    )
    tx.execute(query, {"tenant": tenant_id, "stream": stream, "key": key})


_DUE = (
    " FROM records r LEFT JOIN links l ON (l.tenant_id, l.stream, l.key) = (r.tenant_id, r.stream, r.key)"
    " WHERE r.tenant_id = :tenant AND r.stream = :stream AND r.key > :after AND r.wanted"
    " AND l.digest IS DISTINCT FROM r.digest"
)


def due(tx: Transaction, tenant_id: int, stream: str, after: str, limit: int) -> list[Due]:
    """The next wanted records, by key, that Simon does not hold as they are."""
    query = text(f"SELECT r.key, r.body, r.digest, l.simon_id{_DUE} ORDER BY r.key LIMIT :limit")
    found = tx.execute(query, {"tenant": tenant_id, "stream": stream, "after": after, "limit": limit})
    return [Due(row.key, row.body, bytes(row.digest), row.simon_id) for row in found]


def count_due(tx: Transaction, tenant_id: int, stream: str) -> int:
    """How many those are in all."""
    query = text(f"SELECT count(*){_DUE}")
    return int(tx.execute(query, {"tenant": tenant_id, "stream": stream, "after": ""}).scalar_one())


def get(tx: Transaction, tenant_id: int, stream: str, key: str) -> dict[str, Any] | None:
    query = select(records.c.body).where(
        records.c.tenant_id == tenant_id, records.c.stream == stream, records.c.key == key
    )
    return tx.execute(query).scalar_one_or_none()


def bodies(tx: Transaction, tenant_id: int, stream: str) -> list[dict[str, Any]]:
    """All of a small stream (groups, types)."""
    query = select(records.c.body).where(records.c.tenant_id == tenant_id, records.c.stream == stream)
    return list(tx.execute(query.order_by(records.c.key)).scalars())


def article_counts(tx: Transaction, tenant_id: int) -> list[tuple[str | None, str | None, int]]:
    """Active articles per group and type: (group's key, type's key, how many)."""
    query = text(
        "SELECT body->>'group_key' AS group_key, body->>'type_key' AS type_key, count(*) AS count FROM records"
        " WHERE tenant_id = :tenant AND stream = 'articles' AND (body->>'active')::boolean GROUP BY 1, 2"
    )
    return [(row[0], row[1], row[2]) for row in tx.execute(query, {"tenant": tenant_id})]


def learn(tx: Transaction, tenant_id: int, stream: str, key: str, body: str) -> None:
    """What a look-up of one record found, as JSON, ahead of the next sync, which decides what Simon gets of it."""
    values = {"tenant_id": tenant_id, "stream": stream, "key": key}
    fresh = text(
        "INSERT INTO records (tenant_id, stream, key, body, wanted, digest, source)"
        " VALUES (:tenant_id, :stream, :key, cast(:body AS jsonb), false, '', '')"
        " ON CONFLICT (tenant_id, stream, key) DO UPDATE SET body = excluded.body WHERE records.body <> excluded.body"
    )
    tx.execute(fresh, {**values, "body": body})
