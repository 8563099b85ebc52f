"""The package's records by what a work order names them by: Simon's id, or an article code. Many at once."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import select

from include.store.engine import Transaction
from include.store.tables import links, records


def linked(tx: Transaction, tenant_id: int, stream: str, simon_ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """Return the body of each record that is linked with one of these ids."""
    same = (links.c.tenant_id == records.c.tenant_id, links.c.stream == records.c.stream, links.c.key == records.c.key)
    query = select(links.c.simon_id, records.c.body).join(records, same[0] & same[1] & same[2])
    query = query.where(links.c.tenant_id == tenant_id, links.c.stream == stream, links.c.simon_id.in_(simon_ids))
    return {row.simon_id: row.body for row in tx.execute(query)}


def with_codes(tx: Transaction, tenant_id: int, codes: Collection[str]) -> dict[str, list[dict[str, Any]]]:
    """Return the articles with exactly these codes, by key: those that are in scope, where any is."""
    code = records.c.body["code"].astext
    query = select(code.label("code"), records.c.in_scope, records.c.body)
    query = query.where(records.c.tenant_id == tenant_id, records.c.stream == "articles", code.in_(codes))
    by_code: dict[str, list[dict[str, Any]]] = {}
    in_scope: set[str] = set()
    for row in tx.execute(query.order_by(records.c.in_scope.desc(), records.c.key)) if codes else ():
        in_scope |= {row.code} if row.in_scope else set()
        if row.in_scope or row.code not in in_scope:
            by_code.setdefault(row.code, []).append(row.body)
    return by_code
