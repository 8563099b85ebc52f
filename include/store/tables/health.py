"""Signs of life: what was looked at, and which parts of Koppel are at work."""

import sqlalchemy as sa

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
    moment("pending_since"),  # Simon's archive moment of the oldest work order that was seen and is not in the ledger
)

heartbeats = sa.Table(  # of each part, when it last said that it is at work
    "heartbeats",
    metadata,
    sa.Column("part", sa.Text, primary_key=True),
    moment("at", nullable=False),
    sa.Column("every_s", sa.Integer, nullable=False),  # how often it says so
)
