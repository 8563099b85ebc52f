"""The tables. Migrations make them; a test holds the two against each other."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _tenant() -> Column[int]:
    return Column("tenant_id", BigInteger, ForeignKey("tenants.id"), nullable=False)


def _moment(name: str, nullable: bool = True) -> Column[object]:
    return Column(name, DateTime(timezone=True), nullable=nullable)


def _now(name: str) -> Column[object]:
    return Column(name, DateTime(timezone=True), nullable=False, server_default=func.now())


tenants = Table(
    "tenants",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("slug", Text, nullable=False, unique=True),
    Column("company", Text, nullable=False),
    Column("package", Text, nullable=False),
    Column("status", Text, nullable=False),
    _moment("active_since"),  # work orders archived before it are not sent (R3.12)
    _now("made_at"),
    _moment("paused_at"),  # by a person: nothing is started until somebody resumes it
    Column("paused_by", Text),
    Column("wiping", ARRAY(Text)),  # what was confirmed to be wiped, while that is under way
)

transitions = Table(  # the life of each coupling, from its first day
    "transitions",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("tenant_id", BigInteger, ForeignKey("tenants.id"), nullable=False, index=True),
    _moment("at", nullable=False),
    Column("by", Text, nullable=False),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
)

claims = Table(  # which licence and which administration is whose, also when its access was destroyed
    "claims",
    metadata,
    _tenant(),
    Column("what", Text, nullable=False),
    Column("digest", LargeBinary, nullable=False),  # keyed, so that it gives nothing away
    PrimaryKeyConstraint("tenant_id", "what"),
    UniqueConstraint("what", "digest"),
)

secrets = Table(  # of the installation itself, sealed like credentials
    "secrets",
    metadata,
    Column("name", Text, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
)

settings = Table(
    "settings",
    metadata,
    _tenant(),
    Column("version", Integer, nullable=False),
    Column("body", JSONB, nullable=False),
    Column("saved_by", Text, nullable=False),
    _now("saved_at"),
    PrimaryKeyConstraint("tenant_id", "version"),
)

drafts = Table(  # settings that are being changed and are not saved yet (R4.1)
    "drafts",
    metadata,
    Column("tenant_id", BigInteger, ForeignKey("tenants.id"), primary_key=True),
    Column("body", JSONB, nullable=False),
    Column("base_version", Integer, nullable=False),  # the saved version it was begun from
    Column("mark", Text, nullable=False),  # another one with every change, so that a check knows what it has checked
    Column("verdicts", JSONB, nullable=False),  # by setting, of this mark only
    Column("changed_by", Text, nullable=False),
    _now("changed_at"),
)

credentials = Table(
    "credentials",
    metadata,
    _tenant(),
    Column("system", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),  # the whole access, encrypted
    Column("generation", Integer, nullable=False),  # rises with every change, so that a stale reader knows
    _now("changed_at"),
    _moment("renewing_since"),  # its token was offered in exchange, and how that ended is not known
    _moment("dead_since"),  # its token was refused for good: only a person can connect it again
    PrimaryKeyConstraint("tenant_id", "system"),
)

consents = Table(  # people who were sent to a log-in page and have not come back yet
    "consents",
    metadata,
    Column("digest", LargeBinary, primary_key=True),  # of the state that comes back with them
    Column("tenant_id", BigInteger, ForeignKey("tenants.id"), nullable=False, index=True),
    Column("system", Text, nullable=False),
    Column("redirect_uri", Text, nullable=False),
    _moment("expires_at", nullable=False),
)

runs = Table(
    "runs",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    _tenant(),
    Column("kind", Text, nullable=False),
    Column("key", Text, nullable=False),  # Airflow's run id, or one of the command line; the last that took it up
    Column("what", ARRAY(Text), nullable=False),
    Column("full", Boolean, nullable=False),  # also reads what only changes with its parent
    Column("seen", Text),  # the fingerprint of the package's lists when it began
    _now("started_at"),
    _moment("ended_at"),
    UniqueConstraint("tenant_id", "kind", "key"),
    # one run of a kind at a time: a later one takes the earlier over, or ends it
    Index("one_open_run", "tenant_id", "kind", unique=True, postgresql_where=text("ended_at IS NULL")),
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
    _now("started_at"),
    _now("noted_at"),
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
    _tenant(),
    Column("stream", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("body", JSONB, nullable=False),
    Column("wanted", Boolean, nullable=False),  # active, and within the filters
    Column("digest", LargeBinary, nullable=False),  # of what Simon should hold
    Column("source", Text, nullable=False),  # md5 of the row it was made from
    _now("changed_at"),
    PrimaryKeyConstraint("tenant_id", "stream", "key"),
)

links = Table(  # the package's key and Simon's id of one thing
    "links",
    metadata,
    _tenant(),
    Column("stream", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("simon_id", BigInteger, nullable=False),
    Column("digest", LargeBinary, nullable=False),  # of what was last written
    _now("written_at"),
    PrimaryKeyConstraint("tenant_id", "stream", "key"),
    UniqueConstraint("tenant_id", "stream", "simon_id"),
)

baselines = Table(  # what the last certified listing of a stream was made with (R2.4)
    "baselines",
    metadata,
    _tenant(),
    Column("stream", Text, nullable=False),
    Column("administration", Text, nullable=False),
    Column("rights", Text, nullable=False),
    Column("filters", Text, nullable=False),
    Column("count", Integer, nullable=False),
    _now("certified_at"),
    PrimaryKeyConstraint("tenant_id", "stream"),
)

proposals = Table(  # removals that are too many to be done without a person (R2.5)
    "proposals",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    _tenant(),
    Column("state", Text, nullable=False),
    Column("digest", Text, nullable=False),  # of exactly this set
    Column("certified", JSONB, nullable=False),  # by stream: the baseline that counts once it is decided
    _moment("made_at", nullable=False),
    _moment("expires_at", nullable=False),
    Column("decided_by", Text),
    _moment("decided_at"),
    Index("one_open_proposal", "tenant_id", unique=True, postgresql_where=text("state = 'open'")),
)

removals = Table(  # what a clean-up takes out of Simon, and what became of it
    "removals",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    _tenant(),
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
    Column("made_again", JSONB),  # (stream, id before, id now) once it was put back
    _moment("changed_at", nullable=False),
    UniqueConstraint("run_id", "stream", "simon_id"),
    Index(None, "tenant_id", "state"),
    Index(None, "proposal_id"),
)

marks = Table(  # why a record that should go is still in Simon
    "marks",
    metadata,
    _tenant(),
    Column("stream", Text, nullable=False),
    Column("simon_id", BigInteger, nullable=False),
    Column("mark", Text, nullable=False),
    Column("work_order", Text),
    _now("since"),
    PrimaryKeyConstraint("tenant_id", "stream", "simon_id"),
)

watched = Table(  # when a tenant's master data has to be read again
    "watched",
    metadata,
    Column("tenant_id", BigInteger, ForeignKey("tenants.id"), primary_key=True),
    Column("seen", Text),  # fingerprint of the package's lists at the last look
    _moment("looked_at"),
    Column("synced", Text),  # the one at the last whole sync
    _moment("synced_at"),
    _moment("full_at"),  # the last one that read everything
)

watermarks = Table(  # the latest change seen, per stream and side (R1.11)
    "watermarks",
    metadata,
    _tenant(),
    Column("system", Text, nullable=False),
    Column("stream", Text, nullable=False),
    _moment("seen", nullable=False),
    PrimaryKeyConstraint("tenant_id", "system", "stream"),
)

ledger = Table(
    "ledger",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    _tenant(),
    Column("work_order_id", BigInteger, nullable=False),
    Column("number", Text, nullable=False),
    _moment("archived_at", nullable=False),
    Column("reference", Text, nullable=False),
    Column("state", Text, nullable=False),
    _moment("due_at", nullable=False),  # not looked at before
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("code", Text),  # why it is where it is
    Column("fence", BigInteger, nullable=False, server_default="0"),
    _moment("leased_until"),
    Column("settings_version", Integer),
    Column("request_digest", LargeBinary),
    Column("customer_key", Text),  # whose document it is, to look it up by
    Column("looks", Integer, nullable=False, server_default="0"),  # searches in vain since the answer was lost
    Column("document_id", Text),
    Column("document_number", Text),
    Column("work_order", JSONB),  # as it was read when the verdict was given
    Column("basis", LargeBinary),  # digest of all that was looked up for it: another one means another verdict
    Column("said", Text),  # what was said of it, so that the same is not said at every look
    Column("expected", JSONB),  # what its document should hold, to know it again
    Column("crashes", Integer, nullable=False, server_default="0"),  # claims that ended without a step
    _moment("checked_at"),  # when its basis was last looked at
    _moment("read_at"),  # and when what Simon holds of it was
    _moment("confirmed_at"),  # when its document was last known to be in the package
    UniqueConstraint("tenant_id", "work_order_id", "archived_at"),
    # the promise itself (R3.10): at most one entry of a work order is sent or being sent
    Index(
        "one_document",
        "tenant_id",
        "work_order_id",
        unique=True,
        postgresql_where=text("state IN ('sending', 'unknown', 'held', 'confirmed')"),
    ),
    Index("due", "tenant_id", "due_at", postgresql_where=text("state NOT IN ('confirmed', 'skipped', 'held')")),
    Index(
        "ix_ledger_waiting", "tenant_id", "archived_at", postgresql_where=text("state NOT IN ('confirmed', 'skipped')")
    ),
    Index("ix_ledger_confirmed", "tenant_id", "confirmed_at", postgresql_where=text("state = 'confirmed'")),
)

ledger_steps = Table(  # every transition
    "ledger_steps",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("ledger_id", BigInteger, ForeignKey("ledger.id"), nullable=False, index=True),
    Column("state", Text, nullable=False),
    Column("code", Text),
    Column("fence", BigInteger, nullable=False),
    _now("at"),
    Column("by", Text),  # only when a person did it
)

stops = Table(  # tenants of which nothing is sent for now, because one of their systems cannot be reached or refuses
    "stops",
    metadata,
    Column("tenant_id", BigInteger, ForeignKey("tenants.id"), primary_key=True),
    Column("code", Text, nullable=False),
    Column("system", Text, nullable=False),
    _moment("until", nullable=False),
    Column("tries", Integer, nullable=False, server_default="1"),
    Column("access", BigInteger, nullable=False),  # which credentials it was tried with
    Column("settings_version", Integer, nullable=False),
)

log = Table(
    "log",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    _now("at"),
    _tenant(),
    Column("table", Text, nullable=False),
    Column("record", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("values", JSONB, nullable=False),
    Column("run", Text, nullable=False),
    Index(None, "tenant_id", "id"),
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

problems = Table(  # warnings and errors that nobody and nothing has settled yet, and those that were (R7.5)
    "problems",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    _tenant(),
    Column("table", Text, nullable=False),
    Column("record", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("values", JSONB, nullable=False),  # as said last
    Column("run", Text, nullable=False),
    _now("first_at"),
    _now("last_at"),
    Column("count", Integer, nullable=False, server_default="1"),
    _moment("closed_at"),
    Column("closed_by", Text),  # only when a person did
    Index(
        "one_open_problem",
        "tenant_id",
        "code",
        "table",
        "record",
        unique=True,
        postgresql_where=text("closed_at IS NULL"),
    ),
    Index("open_problems", "tenant_id", "severity", "last_at", postgresql_where=text("closed_at IS NULL")),
)
