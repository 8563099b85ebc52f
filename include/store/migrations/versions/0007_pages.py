"""What the pages look things up by."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

WRONG = sa.text("severity IN ('warning', 'error')")


def upgrade() -> None:
    op.add_column("ledger", sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "UPDATE ledger SET confirmed_at = steps.at FROM "
        "(SELECT ledger_id, max(at) AS at FROM ledger_steps WHERE state = 'confirmed' GROUP BY ledger_id) AS steps "
        "WHERE ledger.id = steps.ledger_id AND ledger.state = 'confirmed'"
    )
    waiting, confirmed = sa.text("state NOT IN ('confirmed', 'skipped')"), sa.text("state = 'confirmed'")
    op.create_index("ix_ledger_waiting", "ledger", ["tenant_id", "archived_at"], postgresql_where=waiting)
    op.create_index("ix_ledger_confirmed", "ledger", ["tenant_id", "confirmed_at"], postgresql_where=confirmed)
    op.create_index(op.f("ix_log_at_id"), "log", ["at", "id"])
    op.create_index(op.f("ix_log_tenant_id_at_id"), "log", ["tenant_id", "at", "id"])
    op.create_index("ix_log_wrong", "log", ["severity", "at", "id"], postgresql_where=WRONG)
    op.create_index("ix_log_tenant_wrong", "log", ["tenant_id", "severity", "at", "id"], postgresql_where=WRONG)
    op.create_index(
        "open_problems", "problems", ["tenant_id", "severity", "last_at"], postgresql_where=sa.text("closed_at IS NULL")
    )
