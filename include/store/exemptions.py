"""Rows of exemptions: records of Simon that should go and are still there, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from include.store.engine import Transaction
from include.store.tables import exemptions


class ExemptionKind(StrEnum):
    """Why a record is still in Simon."""

    # A person refused its removal, or had it put back: it stays as long as the reason to remove it lasts.
    PROTECTED = "protected"
    # Simon would not delete it, so it was made inactive; it goes as soon as that is possible.
    INACTIVE = "inactive"
    # An open work order needs it; it goes after that.
    IN_USE = "in_use"
    # It was deleted, where Simon keeps what is deleted as inactive.
    DELETED = "deleted"

    @property
    def waits(self) -> bool:
        """Whether its removal was decided and only waits until it is possible."""
        return self in (ExemptionKind.INACTIVE, ExemptionKind.IN_USE)


@dataclass(frozen=True)
class Exemption:
    """``work_order`` is the number of the open one that needs the record."""

    kind: ExemptionKind
    work_order: str | None = None


def of_stream(tx: Transaction, tenant_id: int, stream: str) -> dict[int, Exemption]:
    """Return the exemptions of a stream by Simon's id."""
    query = select(exemptions.c.simon_id, exemptions.c.kind, exemptions.c.work_order)
    rows = tx.execute(query.where(exemptions.c.tenant_id == tenant_id, exemptions.c.stream == stream))
    return {row.simon_id: Exemption(ExemptionKind(row.kind), row.work_order) for row in rows}


def put(tx: Transaction, tenant_id: int, stream: str, simon_id: int, *, exemption: Exemption) -> None:
    """Store an exemption in the place of the record's former one."""
    values = {"kind": exemption.kind, "work_order": exemption.work_order}
    statement = insert(exemptions).values(tenant_id=tenant_id, stream=stream, simon_id=simon_id, **values)
    tx.execute(statement.on_conflict_do_update(index_elements=["tenant_id", "stream", "simon_id"], set_=values))


def delete_many(tx: Transaction, tenant_id: int, stream: str, simon_ids: Sequence[int]) -> None:
    """Delete the exemptions of these records."""
    here = (exemptions.c.tenant_id == tenant_id, exemptions.c.stream == stream, exemptions.c.simon_id.in_(simon_ids))
    tx.execute(delete(exemptions).where(*here))
