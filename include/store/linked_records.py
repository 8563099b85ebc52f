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


def with_codes(tx: Transaction, tenant_id: int, codes: Collection[str]) -> dict[str, dict[str, Any]]:
    """Return the article with exactly this code; of several the one with the lowest key."""
    if not codes:
        return {}
    code = records.c.body["code"].astext
    query = select(code.label("code"), records.c.body)
    query = query.where(records.c.tenant_id == tenant_id, records.c.stream == "articles", code.in_(codes))
    return {row.code: row.body for row in tx.execute(query.order_by(records.c.key.desc()))}
