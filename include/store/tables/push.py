"""The push: every archived work order and what became of it."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from include.store.tables.base import metadata, moment, now, tenant

ledger = Table(
    "ledger",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    tenant(),
    Column("work_order_id", BigInteger, nullable=False),
    Column("number", Text, nullable=False),
    moment("archived_at", nullable=False),
    Column("reference", Text, nullable=False),
    Column("state", Text, nullable=False),
    moment("due_at", nullable=False),  # not looked at before
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("code", Text),  # why it is where it is
    Column("fencing_token", BigInteger, nullable=False, server_default="0"),
    moment("leased_until"),
    Column("settings_version", Integer),
    Column("request_digest", LargeBinary),
    Column("customer_key", Text),  # whose document it is, to look it up by
    Column(
        "lookup_attempts", Integer, nullable=False, server_default="0"
    ),  # searches in vain since the answer was lost
    Column("document_id", Text),
    Column("document_number", Text),
    Column("work_order", JSONB),  # as it was read when the verdict was given
    Column("input_digest", LargeBinary),  # digest of all that was looked up for it: another one means another verdict
    Column("reported_error", Text),  # what was said of it, so that the same is not said at every look
    Column("expected", JSONB),  # what its document should hold, to know it again
    Column("failed_claims", Integer, nullable=False, server_default="0"),  # claims that ended without a step
    moment("checked_at"),  # when its basis was last looked at
    moment("read_at"),  # and when what Simon holds of it was
    moment("confirmed_at"),  # when its document was last known to be in the package
    moment("called_at"),  # when it was last offered to the package, or the answer to that was given up
    Column("unclear_calls", Integer, nullable=False, server_default="0"),  # calls in a row that nobody knows the end of
    Column("send_again", Boolean, nullable=False, server_default="false"),  # a person says that it is not there
    moment("search_until"),  # until then the package is searched for its document, though it is held or confirmed
    Column("reason", Text),  # for which a person does not have it sent
    moment("seen_at"),  # when a search first showed its document
    UniqueConstraint("tenant_id", "work_order_id", "archived_at"),
    # the promise itself (R3.10): at most one entry of a work order is sent or being sent
    Index(
        "one_document",
        "tenant_id",
        "work_order_id",
        unique=True,
        postgresql_where=text("state IN ('sending', 'unknown', 'held', 'confirmed')"),
    ),
    Index(
        "due",
        "tenant_id",
        "due_at",
        postgresql_where=text("state NOT IN ('confirmed', 'skipped', 'held') OR search_until IS NOT NULL"),
    ),
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
    Column("fencing_token", BigInteger, nullable=False),
    now("at"),
    Column("by", Text),  # only when a person did it
    Column("reason", Text),  # that the person gave
)

circuit_breakers = (
    Table(  # tenants of which nothing is sent for now, because one of their systems cannot be reached or refuses
        "circuit_breakers",
        metadata,
        Column("tenant_id", BigInteger, ForeignKey("tenants.id"), primary_key=True),
        Column("code", Text, nullable=False),
        Column("system", Text, nullable=False),
        Column("values", JSONB, nullable=False),  # of the text that says why
        moment("until", nullable=False),
        Column("tries", Integer, nullable=False, server_default="1"),
        Column("access", BigInteger, nullable=False),  # which credentials it was tried with
        Column("settings_version", Integer, nullable=False),
    )
)
