"""Master data: runs, what was read, what is known, and what it is linked to."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from include.store.tables.base import metadata, moment, now, tenant

runs = sa.Table(
    "runs",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    tenant(),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False),  # Airflow's run id, or one of the command line; the last that took it up
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("streams", ARRAY(sa.Text, as_tuple=True), nullable=False),  # chosen; empty where it is about none
    sa.Column("full", sa.Boolean, nullable=False),  # also reads what only changes with its parent
    sa.Column("target", sa.BigInteger),  # the proposal that is carried out, or the run that is restored
    sa.Column("requested_by", sa.Text),  # the person who asked for it; null when nobody did
    sa.Column("fingerprint", sa.Text),  # of the package's lists when it began
    now("started_at"),
    moment("ended_at"),
    sa.CheckConstraint("(state = 'open') = (ended_at IS NULL)", name="ended_unless_open"),
    sa.UniqueConstraint("tenant_id", "kind", "key"),
    # one run of a kind at a time: a later one takes the earlier over, or ends it
    sa.Index("one_open_run", "tenant_id", "kind", unique=True, postgresql_where=sa.text("state = 'open'")),
)

run_streams = sa.Table(
    "run_streams",
    metadata,
    sa.Column("run_id", sa.BigInteger, sa.ForeignKey("runs.id", ondelete="CASCADE"), nullable=False),
    sa.Column("stream", sa.Text, nullable=False),
    sa.Column("cursor", sa.Text),  # where to read on
    sa.Column("complete", sa.Boolean, nullable=False, server_default=sa.text("false")),
    sa.Column("announced", sa.Integer),  # the total the package named, if it did
    sa.Column("due", sa.Integer),  # how many have to be written to Simon
    now("started_at"),
    now("updated_at"),
    *(sa.Column(name, sa.Integer, nullable=False, server_default="0") for name in ("read", "new", "changed", "same")),
    *(
        sa.Column(name, sa.Integer, nullable=False, server_default="0")
        for name in ("corrected", "left_out", "rejected")
    ),
    sa.PrimaryKeyConstraint("run_id", "stream"),
)

staged = sa.Table(  # rows as a package gave them, for the length of one run
    "staged",
    metadata,
    # no foreign key: it would be checked for every row, and the end of a run removes them all
    sa.Column("run_id", sa.BigInteger, nullable=False),
    sa.Column("stream", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("parent_key", sa.Text),
    sa.Column(
        "position", sa.BigInteger, sa.Identity(), nullable=False
    ),  # order of reading: of two rows with one key the last counts
    sa.Column("body", sa.Text, nullable=False),  # JSON as read
    sa.Index(None, "run_id", "stream", "key"),
)

records = sa.Table(  # the package's records as we know them
    "records",
    metadata,
    tenant(),
    sa.Column("stream", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("body", JSONB, nullable=False),
    sa.Column("in_scope", sa.Boolean, nullable=False),  # active, and within the filters: Simon should hold it
    sa.Column("payload_digest", sa.LargeBinary, nullable=False),  # of what Simon should hold
    sa.Column("source_digest", sa.Text, nullable=False),  # md5 of the row it was made from
    now("changed_at"),
    sa.PrimaryKeyConstraint("tenant_id", "stream", "key"),
)

links = sa.Table(  # the package's key and Simon's id of one thing
    "links",
    metadata,
    tenant(),
    sa.Column("stream", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("simon_id", sa.BigInteger, nullable=False),
    sa.Column("written_digest", sa.LargeBinary, nullable=False),  # of the content that was last written
    sa.Column("kept_digest", sa.LargeBinary),  # of what Simon made of that content, where it keeps another form
    now("written_at"),
    sa.PrimaryKeyConstraint("tenant_id", "stream", "key"),
    sa.UniqueConstraint("tenant_id", "stream", "simon_id"),
)

sync_state = sa.Table(  # when a tenant's master data has to be read again
    "sync_state",
    metadata,
    sa.Column("tenant_id", sa.BigInteger, sa.ForeignKey("tenants.id"), primary_key=True),
    sa.Column("fingerprint", sa.Text),  # of the package's lists at the last poll
    moment("polled_at"),
    sa.Column("synced_fingerprint", sa.Text),  # the one at the last sync of all streams
    moment("synced_at"),
    moment("full_at"),  # the last one that read everything
    moment("wait_until"),  # until when a system asked to be left alone
    sa.Column("wait_for", sa.Text),  # and which
)

watermarks = sa.Table(  # the latest change seen, per stream and side (R1.11)
    "watermarks",
    metadata,
    tenant(),
    sa.Column("system", sa.Text, nullable=False),
    sa.Column("stream", sa.Text, nullable=False),
    moment("changed_at", nullable=False),
    sa.PrimaryKeyConstraint("tenant_id", "system", "stream"),
)
