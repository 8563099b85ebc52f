"""The clean-up: what listings were made with, what goes, what a person decides."""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from include.store.tables.base import metadata, moment, now, tenant

baselines = Table(  # what the last listing of a stream was made with that was accepted as proof (R2.4)
    "baselines",
    metadata,
    tenant(),
    Column("stream", Text, nullable=False),
    Column("administration", Text, nullable=False),
    Column("access_fingerprint", Text, nullable=False),
    Column("filters", Text, nullable=False),
    Column("count", Integer, nullable=False),
    now("accepted_at"),
    PrimaryKeyConstraint("tenant_id", "stream"),
)

proposals = Table(  # removals that are too many to be done without a person (R2.5)
    "proposals",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    tenant(),
    Column("state", Text, nullable=False),
    Column("digest", Text, nullable=False),  # of exactly this set
    Column("baselines", JSONB, nullable=False),  # by stream: those that are accepted once it is decided
    moment("proposed_at", nullable=False),
    moment("expires_at", nullable=False),
    Column("decided_by", Text),
    moment("decided_at"),
    Index("one_open_proposal", "tenant_id", unique=True, postgresql_where=text("state = 'open'")),
)

removals = Table(  # what a clean-up takes out of Simon, and what became of it
    "removals",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    tenant(),
    Column("run_id", BigInteger, ForeignKey("runs.id"), nullable=False),
    Column("proposal_id", BigInteger, ForeignKey("proposals.id")),
    Column("stream", Text, nullable=False),
    Column("simon_id", BigInteger, nullable=False),
    Column("key", Text),  # the package's; made by hand in Simon: none
    Column("label", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("work_order", Text),  # the open one that it is left for
    Column("export", JSONB),  # all fields, to put it back with; emptied after the time of retention
    Column("restored_as", JSONB),  # (stream, id before, id now) of it and of what went with it
    moment("changed_at", nullable=False),
    UniqueConstraint("run_id", "stream", "simon_id"),
    Index(None, "tenant_id", "state"),
    Index(None, "proposal_id"),
)

exemptions = Table(  # why a record that should go is still in Simon
    "exemptions",
    metadata,
    tenant(),
    Column("stream", Text, nullable=False),
    Column("simon_id", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("work_order", Text),
    now("since"),
    PrimaryKeyConstraint("tenant_id", "stream", "simon_id"),
)
