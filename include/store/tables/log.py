"""The integration log and the problems that are open."""

from sqlalchemy import BigInteger, Column, Identity, Index, Integer, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from include.store.tables.base import metadata, moment, now, tenant

log = Table(
    "log",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    now("at"),
    tenant(),
    Column("table", Text, nullable=False),
    Column("record", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("values", JSONB, nullable=False),
    Column("run", Text, nullable=False),
    Index(None, "tenant_id", "id"),
    Index(None, "tenant_id", "record"),
    # the pages read backwards in time: of all tenants, of one, and of either what went wrong
    Index(None, "at", "id"),
    Index(None, "tenant_id", "at", "id"),
    Index("ix_log_wrong", "severity", "at", "id", postgresql_where=text("severity IN ('warning', 'error')")),
    Index(
        "ix_log_tenant_wrong",
        "tenant_id",
        "severity",
        "at",
        "id",
        postgresql_where=text("severity IN ('warning', 'error')"),
    ),
)

problems = Table(  # warnings and errors that nobody and nothing resolved yet, and those that were (R7.5)
    "problems",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    tenant(),
    Column("table", Text, nullable=False),
    Column("record", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("values", JSONB, nullable=False),  # as reported last
    Column("run", Text, nullable=False),
    now("first_at"),
    now("last_at"),
    Column("count", Integer, nullable=False, server_default="1"),
    moment("resolved_at"),
    Column("resolved_by", Text),  # only when a person did
    Index(
        "one_open_problem",
        "tenant_id",
        "code",
        "table",
        "record",
        unique=True,
        postgresql_where=text("resolved_at IS NULL"),
    ),
    Index("open_problems", "tenant_id", "severity", "last_at", postgresql_where=text("resolved_at IS NULL")),
)
