"""Settings that are being changed: one draft for each tenant."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import cast, delete, func, select, update
from sqlalchemy.dialects.postgresql import JSONB, insert

from include.store.engine import Transaction
from include.store.tables import drafts


@dataclass(frozen=True, kw_only=True)
class DraftRow:
    """A draft as it is stored; its ``results`` are of ``revision``, which is another one after every change."""

    body: dict[str, Any]
    base_version: int
    revision: str
    results: dict[str, list[dict[str, Any]]]
    changed_by: str
    changed_at: datetime


_COLUMNS = [drafts.c[name] for name in DraftRow.__dataclass_fields__]


def get(tx: Transaction, tenant_id: int) -> DraftRow | None:
    """Return the draft of a tenant, if there is one."""
    row = tx.execute(select(*_COLUMNS).where(drafts.c.tenant_id == tenant_id)).one_or_none()
    return DraftRow(**row._mapping) if row else None


def put(
    tx: Transaction, tenant_id: int, body: dict[str, Any], *, base_version: int, revision: str, changed_by: str
) -> DraftRow:
    """Store a changed draft, for which no result of a check holds any more, and return it."""
    values = {
        "body": body,
        "base_version": base_version,
        "revision": revision,
        "results": {},
        "changed_by": changed_by,
    }
    statement = insert(drafts).values(tenant_id=tenant_id, **values)
    changes = {**values, "changed_at": func.now()}
    statement = statement.on_conflict_do_update(index_elements=["tenant_id"], set_=changes)
    return DraftRow(**tx.execute(statement.returning(*_COLUMNS)).one()._mapping)


def add_results(
    tx: Transaction, tenant_id: int, revision: str, results: Mapping[str, list[dict[str, Any]]]
) -> DraftRow | None:
    """Add results of checks by setting and return the draft; None when it has another revision by now, or is gone."""
    same = (drafts.c.tenant_id == tenant_id) & (drafts.c.revision == revision)
    added = drafts.c.results.concat(cast(dict(results), JSONB))
    row = tx.execute(update(drafts).where(same).values(results=added).returning(*_COLUMNS)).one_or_none()
    return DraftRow(**row._mapping) if row else None


def remove(tx: Transaction, tenant_id: int) -> bool:
    """Remove the draft of a tenant; return False when there was none."""
    return tx.execute(delete(drafts).where(drafts.c.tenant_id == tenant_id)).rowcount == 1
