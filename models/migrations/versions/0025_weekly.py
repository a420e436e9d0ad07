"""The weekly digest, and pictures of charts that Slack hosts."""

import sqlalchemy as sa
from alembic import op

from models.columns import BigId, UtcDateTime

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    company: sa.Column[str] = sa.Column("weekly", sa.String(16), nullable=False, server_default=sa.text("'mon 08:00'"))
    team: sa.Column[str] = sa.Column("weekly", sa.String(16), nullable=True)
    op.add_column("company", company)
    op.add_column("team", team)
    op.create_table(
        "weeklydigest",
        sa.Column("team_id", BigId, sa.ForeignKey("team.id"), primary_key=True, autoincrement=False),
        sa.Column("audience", sa.String(32), primary_key=True),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("is_muted", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "hostedchart",
        sa.Column("key", sa.String(32), primary_key=True),
        sa.Column("file_id", sa.String(32), nullable=False),
        sa.Column("uploaded_at", UtcDateTime(), nullable=False),
        sa.Column("is_ready", sa.Boolean(), nullable=False),
    )
