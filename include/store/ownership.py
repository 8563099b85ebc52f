"""Which tenant a licence or an administration belongs to, known by a keyed digest; and the encrypted key of that."""

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from include.store.engine import Transaction
from include.store.tables import ownership, secrets, tenants


def digest_of(tx: Transaction, tenant_id: int, kind: str) -> bytes | None:
    """Return the digest of what this tenant has of a kind."""
    query = select(ownership.c.digest).where(ownership.c.tenant_id == tenant_id, ownership.c.kind == kind)
    return tx.execute(query).scalar_one_or_none()


def owner(tx: Transaction, kind: str, digest: bytes) -> str | None:
    """Return the name of the tenant that has it."""
    query = select(tenants.c.slug).join(ownership, ownership.c.tenant_id == tenants.c.id)
    return tx.execute(query.where(ownership.c.kind == kind, ownership.c.digest == digest)).scalar_one_or_none()


def take(tx: Transaction, tenant_id: int, kind: str, digest: bytes) -> str | None:
    """Replace what this tenant had of a kind; or return the name of the tenant that has it, and change nothing."""
    other = select(tenants.c.slug).join(ownership, ownership.c.tenant_id == tenants.c.id)
    other = other.where(ownership.c.kind == kind, ownership.c.digest == digest, ownership.c.tenant_id != tenant_id)
    if (slug := tx.execute(other).scalar_one_or_none()) is not None:
        return str(slug)
    statement = insert(ownership).values(tenant_id=tenant_id, kind=kind, digest=digest)
    statement = statement.on_conflict_do_update(index_elements=["tenant_id", "kind"], set_={"digest": digest})
    tx.execute(statement)
    return None


def release(tx: Transaction, tenant_id: int) -> None:
    """Release all that this tenant had."""
    tx.execute(delete(ownership).where(ownership.c.tenant_id == tenant_id))


def secret(tx: Transaction, name: str) -> bytes | None:
    """Return a secret of the installation, encrypted, and keep it from being changed until the transaction ends."""
    return tx.execute(select(secrets.c.encrypted).where(secrets.c.name == name).with_for_update()).scalar_one_or_none()


def add_secret(tx: Transaction, name: str, encrypted: bytes) -> bytes:
    """Store a secret unless there is one of that name by now; return the one that is stored."""
    tx.execute(insert(secrets).values(name=name, encrypted=encrypted).on_conflict_do_nothing())
    return bytes(tx.execute(select(secrets.c.encrypted).where(secrets.c.name == name).with_for_update()).scalar_one())


def replace_secret(tx: Transaction, name: str, encrypted: bytes) -> None:
    """Store a secret in the place of the one of that name."""
    tx.execute(update(secrets).where(secrets.c.name == name).values(encrypted=encrypted))
