"""Finds the package's records by what a work order names them by: Simon's id, or an article code. Many at once."""

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
    return {simon_id: body for simon_id, body in tx.execute(query)}


def with_codes(tx: Transaction, tenant_id: int, codes: Collection[str]) -> dict[str, dict[str, Any]]:
    """Return the article with exactly each code; of several the one with the lowest key."""
    if not codes:
        return {}
    code = records.c.body["code"].astext
    query = select(code, records.c.body).where(records.c.tenant_id == tenant_id, records.c.stream == "articles")
    rows = tx.execute(query.where(code.in_(codes)).order_by(records.c.key.desc()))
    return {name: body for name, body in rows}
