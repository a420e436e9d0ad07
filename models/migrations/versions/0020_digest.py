"""When a team is told what waits for a decision, and on which day it was told last."""

import sqlalchemy as sa
from alembic import op

from models.columns import BigId

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    company: sa.Column[str] = sa.Column("digest", sa.String(5), nullable=False, server_default=sa.text("'08:00'"))
    team: sa.Column[str] = sa.Column("digest", sa.String(5), nullable=True)
    op.add_column("company", company)
    op.add_column("team", team)
    op.create_table(
        "reviewdigest",
        sa.Column("team_id", BigId, sa.ForeignKey("team.id"), primary_key=True, autoincrement=False),
        sa.Column("day", sa.Date(), nullable=False),
    )
