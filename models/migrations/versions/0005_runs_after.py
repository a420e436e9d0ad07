"""Since when a plan runs, so that a calendar which changes brings no run back."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from models.columns import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("countplan", sa.Column("runs_after", UtcDateTime(), nullable=True))
    plan = sa.table(
        "countplan",
        sa.column("is_active", sa.Boolean()),
        sa.column("is_paused", sa.Boolean()),
        sa.column("next_due", UtcDateTime()),
        sa.column("runs_after", UtcDateTime()),
    )
    # A `once` that is over stays so. What the others wait for, their next scheduling finds out.
    is_over = (plan.c.is_active, ~plan.c.is_paused, plan.c.next_due.is_(None))
    op.execute(plan.update().where(*is_over).values(runs_after=datetime.now(UTC)))
