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


def add(tx: Transaction, digest: bytes, consent: PendingConsent) -> None:
    """Store a consent that is awaited, under the digest of its state."""
    values = {name: getattr(consent, name) for name in ("tenant_id", "system", "redirect_uri", "expires_at")}
    tx.execute(insert(consents).values(digest=digest, **values))


def take(tx: Transaction, digest: bytes) -> PendingConsent | None:
    """Remove and return a consent that was awaited: a second caller gets None."""
    columns = (tenants.c.slug, *(consents.c[name] for name in PendingConsent.__dataclass_fields__ if name != "slug"))
    statement = delete(consents).where(consents.c.digest == digest, consents.c.tenant_id == tenants.c.id)
    row = tx.execute(statement.returning(*columns)).one_or_none()
    return PendingConsent(**row._mapping) if row else None


def remove_expired(tx: Transaction, now: datetime) -> None:
    """Remove the consents that nobody came back with in time."""
    tx.execute(delete(consents).where(consents.c.expires_at <= now))


def remove(tx: Transaction, tenant_id: int) -> None:
    """Remove the consents that are awaited for a tenant."""
    tx.execute(delete(consents).where(consents.c.tenant_id == tenant_id))
