"""Credentials: consents under way, tokens that are being exchanged, tokens that are dead."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("credentials", sa.Column("renewing_since", sa.DateTime(timezone=True)))
    op.add_column("credentials", sa.Column("dead_since", sa.DateTime(timezone=True)))
    op.create_table(
        "consents",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("redirect_uri", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_consents"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_consents_tenant_id"),
    )
    op.create_index("ix_consents_tenant_id", "consents", ["tenant_id"])
