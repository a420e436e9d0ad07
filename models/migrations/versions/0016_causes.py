"""Which causes decisions may carry, and above which value they must."""

import sqlalchemy as sa
from alembic import op

from models.columns import Money

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "causesettings",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("offered", sa.String(200), nullable=False),
        sa.Column("required_above", Money(), nullable=True),
    )
    op.create_table(
        "owncause",
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("consuming", sa.Boolean(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
    )
