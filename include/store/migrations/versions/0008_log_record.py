"""What happened to one record is looked up by its name."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_log_tenant_id_record", "log", ["tenant_id", "record"])
