"""What people decided and nobody has carried out yet, found in the tables that it changes; of all tenants at once."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, String, literal, select, union_all

from include.store.engine import Transaction
from include.store.tables import proposals, runs, tenants

PAGE = "page__"  # how the key of a run begins that a page asked for


class PendingOperation(NamedTuple):
    """``number`` is that of the proposal, or of the run that is to be undone; ``key`` is the run's that was begun."""

    slug: str
    kind: str
    number: int
    key: str


def queued(tx: Transaction, decided_before: datetime, slug: str | None = None) -> list[PendingOperation]:
    """Of all tenants that are not paused, or of one."""
    query = union_all(*(found.where(tenants.c.paused_at.is_(None)) for found in _kinds(decided_before)))
    found = [PendingOperation(*row) for row in tx.execute(query.order_by("slug", "kind", "number"))]
    return [one for one in found if slug in (None, one.slug)]


def _kinds(decided_before: datetime) -> list[Any]:
    wipes = _errand("wipe", literal(0, BigInteger), literal("")).where(tenants.c.status == "wiping")
    approved = (proposals.c.state == "approved", proposals.c.decided_at <= decided_before, tenants.c.status == "active")
    asked = (runs.c.kind == "restore", runs.c.state == "open", runs.c.key.startswith(PAGE, autoescape=True))
    decided = _errand("proposal", proposals.c.id, literal("")).join(proposals, proposals.c.tenant_id == tenants.c.id)
    undone = _errand("undo", runs.c.target, runs.c.key)
    undone = undone.join(runs, runs.c.tenant_id == tenants.c.id).where(tenants.c.status != "inactive")
    return [wipes, decided.where(*approved), undone.where(*asked)]


def _errand(kind: str, number: Any, key: Any) -> Any:
    named = (literal(kind, String).label("kind"), number.label("number"), key.label("key"))
    return select(tenants.c.slug.label("slug"), *named).select_from(tenants)
