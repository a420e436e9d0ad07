"""Locked periods, on which day the books take a ledger row, who moved the stock, and what they were asked."""

import sqlalchemy as sa
from alembic import op

from models.columns import BigId, UtcDateTime

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

IN_FORCE = sa.text("unlocked_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "periodlock",
        sa.Column("id", BigId, primary_key=True),
        sa.Column("period", sa.String(7), nullable=False),
        sa.Column("begins", UtcDateTime(), nullable=False),
        sa.Column("ends", UtcDateTime(), nullable=False),
        sa.Column("last_entry_id", BigId, nullable=False),
        sa.Column("locked_at", UtcDateTime(), nullable=False),
        sa.Column("locked_by", sa.String(64), nullable=False),
        sa.Column("unlocked_at", UtcDateTime(), nullable=True),
        sa.Column("unlocked_by", sa.String(64), nullable=True),
        sa.Column("unlock_reason", sa.String(500), nullable=False),
    )
    op.create_index(
        "uq_periodlock_in_force",
        "periodlock",
        ["period"],
        unique=True,
        sqlite_where=IN_FORCE,
        postgresql_where=IN_FORCE,
    )
    op.create_table(
        "inquiry",
        sa.Column("id", BigId, primary_key=True),
        sa.Column("line_id", BigId, sa.ForeignKey("countline.id"), nullable=False),
        sa.Column("member_id", BigId, sa.ForeignKey("member.id"), nullable=False, index=True),
        sa.Column("asked_by_id", BigId, sa.ForeignKey("member.id"), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("moved_at", UtcDateTime(), nullable=False),
        sa.Column("answer", sa.String(500), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.UniqueConstraint("line_id", "member_id"),
    )
    day: sa.Column[object] = sa.Column("posting_date", sa.Date(), nullable=True)
    mover: sa.Column[object] = sa.Column("moved_by", sa.String(80), nullable=True)
    op.add_column("stockentry", day)
    op.add_column("stockentry", mover)
