"""The clean-up: what listings were made with, what goes, what a person decides."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from include.store.tables.base import metadata, moment, now, tenant

baselines = sa.Table(  # what the last listing of a stream was made with that was accepted as proof (R2.4)
    "baselines",
    metadata,
    tenant(),
    sa.Column("stream", sa.Text, nullable=False),
    sa.Column("administration", sa.Text, nullable=False),
    sa.Column("access_fingerprint", sa.Text, nullable=False),
    sa.Column("filters", sa.Text, nullable=False),
    sa.Column("count", sa.Integer, nullable=False),
    now("accepted_at"),
    sa.PrimaryKeyConstraint("tenant_id", "stream"),
)

proposals = sa.Table(  # removals that are too many to be done without a person (R2.5)
    "proposals",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    tenant(),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),  # of exactly this set
    sa.Column("baselines", JSONB, nullable=False),  # by stream: those that are accepted once it is decided
    moment("proposed_at", nullable=False),
    moment("expires_at", nullable=False),
    sa.Column("decided_by", sa.Text),
    moment("decided_at"),
    sa.Index("one_open_proposal", "tenant_id", unique=True, postgresql_where=sa.text("state = 'open'")),
)

removals = sa.Table(  # what a clean-up takes out of Simon, and what became of it
    "removals",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    tenant(),
    sa.Column("run_id", sa.BigInteger, sa.ForeignKey("runs.id"), nullable=False),
    sa.Column("proposal_id", sa.BigInteger, sa.ForeignKey("proposals.id")),
    sa.Column("stream", sa.Text, nullable=False),
    sa.Column("simon_id", sa.BigInteger, nullable=False),
    sa.Column("key", sa.Text),  # the package's; made by hand in Simon: none
    sa.Column("label", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("work_order", sa.Text),  # the open one that it is left for
    sa.Column("export", JSONB),  # all fields, to put it back with; emptied after the time of retention
    sa.Column("restored_as", JSONB),  # (stream, id before, id now) of it and of what went with it
    moment("changed_at", nullable=False),
    sa.UniqueConstraint("run_id", "stream", "simon_id"),
    sa.Index(None, "tenant_id", "state"),
    sa.Index(None, "proposal_id"),
)

exemptions = sa.Table(  # why a record that should go is still in Simon
    "exemptions",
    metadata,
    tenant(),
    sa.Column("stream", sa.Text, nullable=False),
    sa.Column("simon_id", sa.BigInteger, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("work_order", sa.Text),
    now("since"),
    sa.PrimaryKeyConstraint("tenant_id", "stream", "simon_id"),
)
