"""Tenants: who they are, their settings and their access."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from include.store.tables.base import metadata, moment, now, tenant

tenants = sa.Table(
    "tenants",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("slug", sa.Text, nullable=False, unique=True),
    sa.Column("company", sa.Text, nullable=False),
    sa.Column("package", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    moment("active_since"),  # work orders archived before it are not sent (R3.12)
    now("made_at"),
    moment("paused_at"),  # by a person: nothing is started until somebody resumes it
    sa.Column("paused_by", sa.Text),
)

transitions = sa.Table(  # the life of each coupling, from its first day
    "transitions",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("tenant_id", sa.BigInteger, sa.ForeignKey("tenants.id"), nullable=False, index=True),
    moment("at", nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("before", sa.Text, nullable=False),
    sa.Column("after", sa.Text, nullable=False),
)

agreements = sa.Table(  # to the terms of the integration (R5.7)
    "agreements",
    metadata,
    tenant(),
    sa.Column("version", sa.Text, nullable=False),
    sa.Column("link", sa.Text, nullable=False),  # where it could be read then
    sa.Column("agreed_by", sa.Text, nullable=False),
    moment("agreed_at", nullable=False),
    sa.PrimaryKeyConstraint("tenant_id", "version"),
)

ownership = sa.Table(  # which licence and which administration is whose, also when its access was destroyed
    "ownership",
    metadata,
    tenant(),
    sa.Column("kind", sa.Text, nullable=False),  # licence or administration
    sa.Column("digest", sa.LargeBinary, nullable=False),  # keyed, so that it gives nothing away
    sa.PrimaryKeyConstraint("tenant_id", "kind"),
    sa.UniqueConstraint("kind", "digest"),
)

secrets = sa.Table(  # of the installation itself, encrypted as credentials are
    "secrets",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("encrypted", sa.LargeBinary, nullable=False),
)

settings = sa.Table(
    "settings",
    metadata,
    tenant(),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("body", JSONB, nullable=False),
    sa.Column("saved_by", sa.Text, nullable=False),
    now("saved_at"),
    sa.PrimaryKeyConstraint("tenant_id", "version"),
)

drafts = sa.Table(  # settings that are being changed and are not saved yet (R4.1)
    "drafts",
    metadata,
    sa.Column("tenant_id", sa.BigInteger, sa.ForeignKey("tenants.id"), primary_key=True),
    sa.Column("body", JSONB, nullable=False),
    sa.Column("base_version", sa.Integer, nullable=False),  # the saved version it was begun from
    sa.Column(
        "revision", sa.Text, nullable=False
    ),  # another one with every change, so that a check knows what it checked
    sa.Column("results", JSONB, nullable=False),  # of checks, by setting, of this revision only
    sa.Column("changed_by", sa.Text, nullable=False),
    now("changed_at"),
)

credentials = sa.Table(
    "credentials",
    metadata,
    tenant(),
    sa.Column("system", sa.Text, nullable=False),
    sa.Column("encrypted", sa.LargeBinary, nullable=False),  # the whole access
    sa.Column("generation", sa.Integer, nullable=False),  # rises with every change, so that a stale reader knows
    now("changed_at"),
    moment("renewing_since"),  # its token was offered in exchange, and how that ended is not known
    moment("dead_since"),  # its token was refused for good: only a person can connect it again
    sa.PrimaryKeyConstraint("tenant_id", "system"),
)

consents = sa.Table(  # people who were sent to a log-in page and have not come back yet
    "consents",
    metadata,
    sa.Column("digest", sa.LargeBinary, primary_key=True),  # of the state that comes back with them
    sa.Column("tenant_id", sa.BigInteger, sa.ForeignKey("tenants.id"), nullable=False, index=True),
    sa.Column("system", sa.Text, nullable=False),
    sa.Column("redirect_uri", sa.Text, nullable=False),
    moment("expires_at", nullable=False),
)
