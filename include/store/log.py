"""The rows of the integration log."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert

from include.store.engine import Transaction
from include.store.tables import log


@dataclass(frozen=True)
class LogRow:
    """A message as it is stored; ``values`` fill in the text of its code."""

    id: int
    tenant_id: int
    at: datetime
    table: str
    record: str
    severity: str
    code: str
    values: dict[str, Any]
    run: str


def add(tx: Transaction, tenant_id: int, row: Mapping[str, Any]) -> None:
    """Store a message; ``row`` has the fields of LogRow that the store does not fill in."""
    tx.execute(insert(log).values(tenant_id=tenant_id, **row))
