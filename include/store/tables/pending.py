"""What people decided and is still to be carried out."""

from sqlalchemy import BigInteger, Column, Identity, Index, Table, Text, text
from sqlalchemy.dialects.postgresql import ARRAY

from include.store.tables.base import metadata, moment, tenant

pending_operations = Table(
    "pending_operations",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    tenant(),
    Column("kind", Text, nullable=False),
    Column("target", BigInteger),  # of a removal its proposal, of a restore the run whose removals are put back
    Column("parts", ARRAY(Text)),  # of a wipe
    Column("state", Text, nullable=False),
    Column("requested_by", Text, nullable=False),
    moment("requested_at", nullable=False),
    moment("not_before"),  # until then the watcher leaves it alone
    moment("started_at"),
    moment("ended_at"),
    Column("error_code", Text),  # of the last try that did not succeed
    Index(None, "tenant_id", "kind", "target"),
    Index("open_operations", "tenant_id", postgresql_where=text("state IN ('queued', 'running')")),
)
