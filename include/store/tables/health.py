"""Signs of life: what was looked at, and which parts of Koppel are at work."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from include.store.tables.base import metadata, moment

looks = sa.Table(  # the watcher's last look at each tenant, of each kind
    "looks",
    metadata,
    sa.Column("tenant_id", sa.BigInteger, sa.ForeignKey("tenants.id"), primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    moment("ended_at", nullable=False),
    sa.Column("took_ms", sa.Integer, nullable=False),
    sa.Column("code", sa.Text),  # of what went wrong; null when it went well
    moment("succeeded_at"),  # the last one that went well
)

heartbeats = sa.Table(  # of each part, when it last said that it is at work
    "heartbeats",
    metadata,
    sa.Column("part", sa.Text, primary_key=True),
    moment("at", nullable=False),
    sa.Column("every_s", sa.Integer, nullable=False),  # how often it says so
)

alarms = sa.Table(  # what is wrong and somebody was told of, or is to be; and what was
    "alarms",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column(
        "tenant_id", sa.BigInteger, sa.ForeignKey("tenants.id")
    ),  # whose office is told; null: the installation's
    sa.Column("cause", sa.Text, nullable=False),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("values", JSONB, nullable=False),
    moment("opened_at", nullable=False),
    sa.Column("rounds", sa.Integer, nullable=False, server_default="1"),  # in which it was found
    moment("told_at"),
    moment("closed_at"),
    moment("recovery_told_at"),
    sa.Index(
        "one_open_alarm",
        sa.text("coalesce(tenant_id, 0)"),
        "cause",
        unique=True,
        postgresql_where=sa.text("closed_at IS NULL"),
    ),
    sa.Index("untold_alarms", "id", postgresql_where=sa.text("told_at IS NULL OR recovery_told_at IS NULL")),
)

alert_addresses = sa.Table(  # where a tenant's office wants to be told; encrypted, as they may hold secrets
    "alert_addresses",
    metadata,
    sa.Column("tenant_id", sa.BigInteger, sa.ForeignKey("tenants.id"), primary_key=True),
    sa.Column("encrypted", sa.LargeBinary, nullable=False),
    sa.Column("set_by", sa.Text, nullable=False),
    moment("set_at", nullable=False),
)
