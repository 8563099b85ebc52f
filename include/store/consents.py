"""People who were sent to a log-in page: whose return is awaited, known by a digest of the state they bring along."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert

from include.store.engine import Transaction
from include.store.tables import consents, tenants


@dataclass(frozen=True)
class PendingConsent:
    """Whose consent is awaited, for which system, and the address that the person comes back to."""

    tenant_id: int
    slug: str
    system: str
    redirect_uri: str
    expires_at: datetime


def add(tx: Transaction, digest: bytes, tenant_id: int, system: str, redirect_uri: str, expires_at: datetime) -> None:
    values = {"digest": digest, "tenant_id": tenant_id, "system": system, "redirect_uri": redirect_uri}
    tx.execute(insert(consents).values(**values, expires_at=expires_at))


def take(tx: Transaction, digest: bytes) -> PendingConsent | None:
    """It is gone afterwards: a second caller gets None."""
    gone = delete(consents).where(consents.c.digest == digest, consents.c.tenant_id == tenants.c.id)
    columns = (consents.c.tenant_id, tenants.c.slug, *(consents.c[n] for n in ("system", "redirect_uri", "expires_at")))
    row = tx.execute(gone.returning(*columns)).one_or_none()
    return PendingConsent(*row) if row else None


def remove_expired(tx: Transaction, now: datetime) -> None:
    tx.execute(delete(consents).where(consents.c.expires_at <= now))


def remove(tx: Transaction, tenant_id: int) -> None:
    tx.execute(delete(consents).where(consents.c.tenant_id == tenant_id))
