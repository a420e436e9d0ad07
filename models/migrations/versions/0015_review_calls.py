"""Since when a line waits for a decision, and how often somebody was called for it."""

import sqlalchemy as sa
from alembic import op

from models.columns import UtcDateTime

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    since: sa.Column[object] = sa.Column("review_since", UtcDateTime(), nullable=True)
    calls: sa.Column[int] = sa.Column("review_calls", sa.Integer(), nullable=False, server_default=sa.text("0"))
    op.add_column("countline", since)
    op.add_column("countline", calls)
