"""Settings that are being changed: one draft for each tenant."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import cast, delete, func, select, update
from sqlalchemy.dialects.postgresql import JSONB, insert

from include.store.engine import Transaction
from include.store.tables import drafts


@dataclass(frozen=True)
class DraftRow:
    """``verdicts`` are those of ``mark``, which is another one after every change."""

    body: dict[str, Any]
    base_version: int
    mark: str
    verdicts: dict[str, list[dict[str, Any]]]
    changed_by: str
    changed_at: datetime


def get(tx: Transaction, tenant_id: int, lock: bool = False) -> DraftRow | None:
    query = select(*(drafts.c[name] for name in DraftRow.__dataclass_fields__)).where(drafts.c.tenant_id == tenant_id)
    row = tx.execute(query.with_for_update() if lock else query).one_or_none()
    return DraftRow(*row) if row else None


def put(tx: Transaction, tenant_id: int, body: dict[str, Any], base_version: int, mark: str, changed_by: str) -> None:
    """A changed draft: no verdict holds for it any more."""
    values = {"body": body, "base_version": base_version, "mark": mark, "verdicts": {}, "changed_by": changed_by}
    statement = insert(drafts).values(tenant_id=tenant_id, **values)
    changes = {**values, "changed_at": func.now()}
    tx.execute(statement.on_conflict_do_update(index_elements=["tenant_id"], set_=changes))


def note(tx: Transaction, tenant_id: int, mark: str, verdicts: Mapping[str, list[dict[str, Any]]]) -> bool:
    """Add verdicts by setting; False when the draft was changed, or is gone, since it had this mark."""
    here = (drafts.c.tenant_id == tenant_id) & (drafts.c.mark == mark)
    added = drafts.c.verdicts.concat(cast(dict(verdicts), JSONB))
    return tx.execute(update(drafts).where(here).values(verdicts=added)).rowcount == 1


def remove(tx: Transaction, tenant_id: int) -> bool:
    """False when there was none."""
    return tx.execute(delete(drafts).where(drafts.c.tenant_id == tenant_id)).rowcount == 1
