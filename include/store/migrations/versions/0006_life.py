"""Life of a coupling: its transitions, pauses and wipes, and whose licence and administration is whose."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("tenants", sa.Column("paused_at", sa.DateTime(timezone=True)))
    op.add_column("tenants", sa.Column("paused_by", sa.Text()))
    op.add_column("tenants", sa.Column("wiping", postgresql.ARRAY(sa.Text())))
    op.create_table(
        "transitions",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_transitions_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transitions")),
    )
    op.create_index(op.f("ix_transitions_tenant_id"), "transitions", ["tenant_id"])
    op.create_table(
        "claims",
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_claims_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "what", name=op.f("pk_claims")),
        sa.UniqueConstraint("what", "digest", name=op.f("uq_claims_what_digest")),
    )
    op.create_table(
        "secrets",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_secrets")),
    )
