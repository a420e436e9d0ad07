"""How far the reminders of a session have gone, and how often its due time was put off."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # What is open already had its sheet; it is reminded of from now on.
    reminded = sa.Column("reminded", sa.String(32), nullable=False, server_default=sa.text("'not yet'"))
    op.add_column("countsession", reminded)
    op.add_column("countsession", sa.Column("extensions", sa.Integer(), nullable=False, server_default=sa.text("0")))
