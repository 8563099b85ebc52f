"""Master data: runs, what was read, what is known, and what it is linked to."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from include.store.tables.base import metadata, moment, now, tenant

runs = Table(
    "runs",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    tenant(),
    Column("kind", Text, nullable=False),
    Column("key", Text, nullable=False),  # Airflow's run id, or one of the command line; the last that took it up
    Column("state", Text, nullable=False),
    Column("streams", ARRAY(Text, as_tuple=True), nullable=False),  # the chosen ones; empty where it is about none
    Column("full", Boolean, nullable=False),  # also reads what only changes with its parent
    Column("target", BigInteger),  # the proposal that is carried out, or the run that is restored
    Column("requested_by", Text),  # the person who asked for it; null when nobody did
    Column("fingerprint", Text),  # of the package's lists when it began
    now("started_at"),
    moment("ended_at"),
    CheckConstraint("(state = 'open') = (ended_at IS NULL)", name="ended_unless_open"),
    UniqueConstraint("tenant_id", "kind", "key"),
    # one run of a kind at a time: a later one takes the earlier over, or ends it
    Index("one_open_run", "tenant_id", "kind", unique=True, postgresql_where=text("state = 'open'")),
)

run_streams = Table(
    "run_streams",
    metadata,
    Column("run_id", BigInteger, ForeignKey("runs.id", ondelete="CASCADE"), nullable=False),
    Column("stream", Text, nullable=False),
    Column("cursor", Text),  # where to read on
    Column("complete", Boolean, nullable=False, server_default=text("false")),
    Column("announced", Integer),  # the total the package named, if it did
    Column("due", Integer),  # how many have to be written to Simon
    now("started_at"),
    now("updated_at"),
    *(Column(name, Integer, nullable=False, server_default="0") for name in ("read", "new", "changed", "same")),
    *(Column(name, Integer, nullable=False, server_default="0") for name in ("left_out", "rejected")),
    PrimaryKeyConstraint("run_id", "stream"),
)

staged = Table(  # rows as a package gave them, for the length of one run
    "staged",
    metadata,
    # no foreign key: it would be checked for every row, and the end of a run removes them all
    Column("run_id", BigInteger, nullable=False),
    Column("stream", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("parent_key", Text),
    Column(
        "position", BigInteger, Identity(), nullable=False
    ),  # order of reading: of two rows with one key the last counts
    Column("body", Text, nullable=False),  # JSON as read
    Index(None, "run_id", "stream", "key"),
)

records = Table(  # the package's records as we know them
    "records",
    metadata,
    tenant(),
    Column("stream", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("body", JSONB, nullable=False),
    Column("in_scope", Boolean, nullable=False),  # active, and within the filters: Simon should hold it
    Column("payload_digest", LargeBinary, nullable=False),  # of what Simon should hold
    Column("source_digest", Text, nullable=False),  # md5 of the row it was made from
    now("changed_at"),
    PrimaryKeyConstraint("tenant_id", "stream", "key"),
)

links = Table(  # the package's key and Simon's id of one thing
    "links",
    metadata,
    tenant(),
    Column("stream", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("simon_id", BigInteger, nullable=False),
    Column("written_digest", LargeBinary, nullable=False),  # of the content that was last written
    now("written_at"),
    PrimaryKeyConstraint("tenant_id", "stream", "key"),
    UniqueConstraint("tenant_id", "stream", "simon_id"),
)

sync_state = Table(  # when a tenant's master data has to be read again
    "sync_state",
    metadata,
    Column("tenant_id", BigInteger, ForeignKey("tenants.id"), primary_key=True),
    Column("fingerprint", Text),  # of the package's lists at the last poll
    moment("polled_at"),
    Column("synced_fingerprint", Text),  # the one at the last sync of all streams
    moment("synced_at"),
    moment("full_at"),  # the last one that read everything
)

watermarks = Table(  # the latest change seen, per stream and side (R1.11)
    "watermarks",
    metadata,
    tenant(),
    Column("system", Text, nullable=False),
    Column("stream", Text, nullable=False),
    moment("changed_at", nullable=False),
    PrimaryKeyConstraint("tenant_id", "system", "stream"),
)
