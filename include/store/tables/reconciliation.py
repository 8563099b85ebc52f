"""Reconciliations: what was compared with what we believe, and what differed."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from include.store.tables.base import metadata, moment, tenant

reconciliations = sa.Table(
    "reconciliations",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    tenant(),
    moment("at", nullable=False),
    sa.Column("outcome", JSONB, nullable=False),  # as JSON shows it
    sa.Column("requested_by", sa.Text),  # the person who asked for it; null for those of the night
    sa.Index(None, "tenant_id", "at"),
)
