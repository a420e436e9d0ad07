"""How much an approver may post in one session."""

from decimal import Decimal

import sqlalchemy as sa
from alembic import op

from models.columns import Money

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    limit: sa.Column[Decimal] = sa.Column("session_limit", Money(), nullable=True)
    op.add_column("teamrole", limit)
