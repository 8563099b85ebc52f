"""Tenants: who they are, their settings and their access."""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Identity,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB

from include.store.tables.base import metadata, moment, now, tenant

tenants = Table(
    "tenants",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("slug", Text, nullable=False, unique=True),
    Column("company", Text, nullable=False),
    Column("package", Text, nullable=False),
    Column("status", Text, nullable=False),
    moment("active_since"),  # work orders archived before it are not sent (R3.12)
    now("made_at"),
    moment("paused_at"),  # by a person: nothing is started until somebody resumes it
    Column("paused_by", Text),
)

transitions = Table(  # the life of each coupling, from its first day
    "transitions",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("tenant_id", BigInteger, ForeignKey("tenants.id"), nullable=False, index=True),
    moment("at", nullable=False),
    Column("by", Text, nullable=False),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
)

ownership = Table(  # which licence and which administration is whose, also when its access was destroyed
    "ownership",
    metadata,
    tenant(),
    Column("kind", Text, nullable=False),  # licence or administration
    Column("digest", LargeBinary, nullable=False),  # keyed, so that it gives nothing away
    PrimaryKeyConstraint("tenant_id", "kind"),
    UniqueConstraint("kind", "digest"),
)

secrets = Table(  # of the installation itself, encrypted as credentials are
    "secrets",
    metadata,
    Column("name", Text, primary_key=True),
    Column("encrypted", LargeBinary, nullable=False),
)

settings = Table(
    "settings",
    metadata,
    tenant(),
    Column("version", Integer, nullable=False),
    Column("body", JSONB, nullable=False),
    Column("saved_by", Text, nullable=False),
    now("saved_at"),
    PrimaryKeyConstraint("tenant_id", "version"),
)

drafts = Table(  # settings that are being changed and are not saved yet (R4.1)
    "drafts",
    metadata,
    Column("tenant_id", BigInteger, ForeignKey("tenants.id"), primary_key=True),
    Column("body", JSONB, nullable=False),
    Column("base_version", Integer, nullable=False),  # the saved version it was begun from
    Column("revision", Text, nullable=False),  # another one with every change, so that a check knows what it checked
    Column("results", JSONB, nullable=False),  # of checks, by setting, of this revision only
    Column("changed_by", Text, nullable=False),
    now("changed_at"),
)

credentials = Table(
    "credentials",
    metadata,
    tenant(),
    Column("system", Text, nullable=False),
    Column("encrypted", LargeBinary, nullable=False),  # the whole access
    Column("generation", Integer, nullable=False),  # rises with every change, so that a stale reader knows
    now("changed_at"),
    moment("renewing_since"),  # its token was offered in exchange, and how that ended is not known
    moment("dead_since"),  # its token was refused for good: only a person can connect it again
    PrimaryKeyConstraint("tenant_id", "system"),
)

consents = Table(  # people who were sent to a log-in page and have not come back yet
    "consents",
    metadata,
    Column("digest", LargeBinary, primary_key=True),  # of the state that comes back with them
    Column("tenant_id", BigInteger, ForeignKey("tenants.id"), nullable=False, index=True),
    Column("system", Text, nullable=False),
    Column("redirect_uri", Text, nullable=False),
    moment("expires_at", nullable=False),
)
