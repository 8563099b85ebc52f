"""Which tenant a licence or an administration belongs to, known by a keyed digest of it; and the key, sealed."""

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from include.store.engine import Transaction
from include.store.tables import claims, secrets, tenants


def of(tx: Transaction, tenant_id: int, what: str) -> bytes | None:
    """The digest of what this tenant has."""
    query = select(claims.c.digest).where(claims.c.tenant_id == tenant_id, claims.c.what == what)
    return tx.execute(query).scalar_one_or_none()


def owner(tx: Transaction, what: str, digest: bytes) -> str | None:
    """The name of the tenant that has it."""
    query = select(tenants.c.slug).join(claims, claims.c.tenant_id == tenants.c.id)
    return tx.execute(query.where(claims.c.what == what, claims.c.digest == digest)).scalar_one_or_none()


def take(tx: Transaction, tenant_id: int, what: str, digest: bytes) -> str | None:
    """In the place of what this tenant had; or the name of the tenant that has it, and nothing is changed."""
    other = select(tenants.c.slug).join(claims, claims.c.tenant_id == tenants.c.id)
    other = other.where(claims.c.what == what, claims.c.digest == digest, claims.c.tenant_id != tenant_id)
    if (slug := tx.execute(other).scalar_one_or_none()) is not None:
        return str(slug)
    statement = insert(claims).values(tenant_id=tenant_id, what=what, digest=digest)
    statement = statement.on_conflict_do_update(index_elements=["tenant_id", "what"], set_={"digest": digest})
    tx.execute(statement)
    return None


def let_go(tx: Transaction, tenant_id: int) -> None:
    """Of all that this tenant had."""
    tx.execute(delete(claims).where(claims.c.tenant_id == tenant_id))


def secret(tx: Transaction, name: str) -> bytes | None:
    """A secret of the installation, sealed; whoever gets it keeps it from being changed."""
    return tx.execute(select(secrets.c.sealed).where(secrets.c.name == name).with_for_update()).scalar_one_or_none()


def add_secret(tx: Transaction, name: str, sealed: bytes) -> None:
    """Nothing happens when there is one."""
    tx.execute(insert(secrets).values(name=name, sealed=sealed).on_conflict_do_nothing())


def reseal(tx: Transaction, name: str, sealed: bytes) -> None:
    tx.execute(update(secrets).where(secrets.c.name == name).values(sealed=sealed))
