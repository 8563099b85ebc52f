"""The rows of the integration log."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from include.store.engine import Transaction
from include.store.tables import log


@dataclass(frozen=True)
class LogRow:
    at: datetime
    table: str
    record: str
    severity: str
    code: str
    values: dict[str, Any]
    run: str


def add(tx: Transaction, tenant_id: int, row: Mapping[str, Any]) -> None:
    """``row`` has the fields of LogRow but ``at``."""
    tx.execute(insert(log).values(tenant_id=tenant_id, **row))


def latest(tx: Transaction, tenant_id: int, limit: int, severity: str | None = None) -> list[LogRow]:
    """The last rows, newest first."""
    query = select(*(log.c[name] for name in LogRow.__dataclass_fields__)).where(log.c.tenant_id == tenant_id)
    if severity:
        query = query.where(log.c.severity == severity)
    return [LogRow(*row) for row in tx.execute(query.order_by(log.c.id.desc()).limit(limit))]
