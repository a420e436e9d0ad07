"""Approvers of every team, authority that is handed over, decisions of two, and with what authority each was made."""

from decimal import Decimal

import sqlalchemy as sa
from alembic import op

from models.columns import BigId, Money, Quantity, UtcDateTime

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "companyapprover",
        sa.Column("id", BigId, primary_key=True),
        sa.Column("member_id", BigId, sa.ForeignKey("member.id"), nullable=False, unique=True),
        sa.Column("approval_limit", Money(), nullable=True),
        sa.Column("session_limit", Money(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "delegation",
        sa.Column("id", BigId, primary_key=True),
        sa.Column("holder_id", BigId, sa.ForeignKey("member.id"), nullable=False, index=True),
        sa.Column("delegate_id", BigId, sa.ForeignKey("member.id"), nullable=False, index=True),
        sa.Column("team_id", BigId, sa.ForeignKey("team.id"), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("set_by_id", BigId, sa.ForeignKey("member.id"), nullable=False),
        sa.Column("set_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
    )
    op.create_table(
        "endorsement",
        sa.Column("id", BigId, primary_key=True),
        sa.Column("line_id", BigId, sa.ForeignKey("countline.id"), nullable=False, index=True),
        sa.Column("line_version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("member_id", BigId, sa.ForeignKey("member.id"), nullable=False),
        sa.Column("holder_id", BigId, sa.ForeignKey("member.id"), nullable=False),
        sa.Column("authority", sa.String(800), nullable=False),
        sa.Column("entry_id", BigId, sa.ForeignKey("countentry.id"), nullable=False),
        sa.Column("count_instant", UtcDateTime(), nullable=False),
        sa.Column("quantity", Quantity(), nullable=False),
        sa.Column("posted", Quantity(), nullable=False),
        sa.Column("reason", sa.String(40), nullable=True),
        sa.Column("note", sa.String(500), nullable=False),
        sa.Column("other_line_id", BigId, sa.ForeignKey("countline.id"), nullable=True),
        sa.Column("endorsed_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
    )
    authority: sa.Column[str] = sa.Column("authority", sa.String(800), nullable=False, server_default=sa.text("''"))
    op.add_column("decision", authority)
    # Both engines add such a column without copying the table. Alembic would copy it on SQLite for the reference.
    number = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    for name in ("for_member_id", "confirmed_by_id", "confirmed_for_id"):
        op.execute(f"ALTER TABLE decision ADD COLUMN {name} {number} REFERENCES member (id)")
    for table in ("company", "team"):
        above: sa.Column[Decimal] = sa.Column("four_eyes_above", Money(), nullable=True)
        op.add_column(table, above)
