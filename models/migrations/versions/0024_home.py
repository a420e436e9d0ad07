"""Whose Home is looked at."""

import sqlalchemy as sa
from alembic import op

from models.columns import UtcDateTime

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

# SQLite numbers only INTEGER keys by itself.
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "openedhome",
        sa.Column("member_id", ID, sa.ForeignKey("member.id"), primary_key=True),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("shown", sa.String(64), nullable=False),
        sa.Column("past", sa.String(80), nullable=False),
    )
    op.create_index("ix_openedhome_opened_at", "openedhome", ["opened_at"])
