"""Sign-offs of sessions, with what was signed."""

import sqlalchemy as sa
from alembic import op

from models.columns import Money, UtcDateTime
from models.migrations.append_only import refuse_changes

revision = "0018"
down_revision = "0016"
branch_labels = None
depends_on = None

# SQLite numbers only INTEGER keys by itself.
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "signoff",
        sa.Column("id", ID, primary_key=True),
        sa.Column("session_id", ID, sa.ForeignKey("countsession.id"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("member_id", ID, sa.ForeignKey("member.id"), nullable=False),
        sa.Column("signed_at", UtcDateTime(), nullable=False),
        sa.Column("note", sa.String(500), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("blind_counts", sa.Integer(), nullable=False),
        sa.Column("right_at_first", sa.Integer(), nullable=False),
        sa.Column("skipped", sa.Integer(), nullable=False),
        sa.Column("rejected", sa.Integer(), nullable=False),
        sa.Column("net_value", Money(), nullable=False),
        sa.Column("gross_value", Money(), nullable=False),
        sa.Column("unknown_cost", sa.Integer(), nullable=False),
        sa.Column("last_decision_id", ID, nullable=False),
        sa.Column("last_ledger_id", ID, nullable=False),
        sa.Column("audit_id", ID, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.UniqueConstraint("session_id", "number"),
    )
    refuse_changes("signoff")
