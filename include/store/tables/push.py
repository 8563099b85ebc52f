"""The push: every archived work order and what became of it."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from include.store.tables.base import metadata, moment, now, tenant

ledger = sa.Table(
    "ledger",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    tenant(),
    sa.Column("work_order_id", sa.BigInteger, nullable=False),
    sa.Column("number", sa.Text, nullable=False),
    moment("archived_at", nullable=False),
    sa.Column("reference", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    moment("due_at", nullable=False),  # not looked at before
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("code", sa.Text),  # why it is where it is
    sa.Column("fencing_token", sa.BigInteger, nullable=False, server_default="0"),
    moment("leased_until"),
    sa.Column("settings_version", sa.Integer),
    sa.Column("request_digest", sa.LargeBinary),
    sa.Column("customer_key", sa.Text),  # whose document it is, to look it up by
    sa.Column(
        "lookup_attempts", sa.Integer, nullable=False, server_default="0"
    ),  # searches in vain since the answer was lost
    sa.Column("document_id", sa.Text),
    sa.Column("document_number", sa.Text),
    sa.Column("work_order", JSONB),  # as it was read when the verdict was given
    sa.Column(
        "input_digest", sa.LargeBinary
    ),  # digest of all that was looked up for it: another one means another verdict
    sa.Column("reported_error", sa.Text),  # what was said of it, so that the same is not said at every look
    sa.Column("expected", JSONB),  # what its document should hold, to know it again
    sa.Column("booked", JSONB),  # the document as it was when it was booked, to see later what people changed
    moment("compared_at"),  # when the document was last compared with that
    sa.Column("failed_claims", sa.Integer, nullable=False, server_default="0"),  # claims that ended without a step
    moment("checked_at"),  # when its basis was last looked at
    moment("read_at"),  # and when what Simon holds of it was
    moment("confirmed_at"),  # when its document was last known to be in the package
    moment("called_at"),  # when it was last offered to the package, or the answer to that was given up
    sa.Column(
        "unclear_calls", sa.Integer, nullable=False, server_default="0"
    ),  # calls in a row that nobody knows the end of
    sa.Column("send_again", sa.Boolean, nullable=False, server_default="false"),  # a person says that it is not there
    moment("search_until"),  # until then the package is searched for its document, though it is held or confirmed
    sa.Column("reason", sa.Text),  # for which a person does not have it sent
    moment("seen_at"),  # when a search first showed its document
    sa.UniqueConstraint("tenant_id", "work_order_id", "archived_at"),
    # the promise itself (R3.10): at most one entry of a work order is sent or being sent
    sa.Index(
        "one_document",
        "tenant_id",
        "work_order_id",
        unique=True,
        postgresql_where=sa.text("state IN ('sending', 'unknown', 'held', 'confirmed')"),
    ),
    sa.Index(
        "due",
        "tenant_id",
        "due_at",
        postgresql_where=sa.text("state NOT IN ('confirmed', 'skipped', 'held') OR search_until IS NOT NULL"),
    ),
    sa.Index(
        "ix_ledger_waiting",
        "tenant_id",
        "archived_at",
        postgresql_where=sa.text("state NOT IN ('confirmed', 'skipped')"),
    ),
    sa.Index("ix_ledger_confirmed", "tenant_id", "confirmed_at", postgresql_where=sa.text("state = 'confirmed'")),
)

ledger_steps = sa.Table(  # every transition
    "ledger_steps",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("ledger_id", sa.BigInteger, sa.ForeignKey("ledger.id"), nullable=False, index=True),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("code", sa.Text),
    sa.Column("fencing_token", sa.BigInteger, nullable=False),
    now("at"),
    sa.Column("by", sa.Text),  # only when a person did it
    sa.Column("reason", sa.Text),  # that the person gave
)

circuit_breakers = (
    sa.Table(  # tenants of which nothing is sent for now, because one of their systems cannot be reached or refuses
        "circuit_breakers",
        metadata,
        sa.Column("tenant_id", sa.BigInteger, sa.ForeignKey("tenants.id"), primary_key=True),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("system", sa.Text, nullable=False),
        sa.Column("values", JSONB, nullable=False),  # of the sa.text that says why
        moment("until", nullable=False),
        sa.Column("tries", sa.Integer, nullable=False, server_default="1"),
        sa.Column("access", sa.BigInteger, nullable=False),  # which credentials it was tried with
        sa.Column("settings_version", sa.Integer, nullable=False),
    )
)
