"""Seals over the ledger and the audit trail, and receipts of the heads that were shown."""

import sqlalchemy as sa
from alembic import op

from models.columns import UtcDateTime
from models.migrations.append_only import refuse_changes

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

# SQLite numbers only INTEGER keys by itself.
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "seal",
        sa.Column("id", ID, primary_key=True),
        sa.Column("of_table", sa.String(32), nullable=False),
        sa.Column("encoding", sa.Integer(), nullable=False),
        sa.Column("first_id", ID, nullable=False),
        sa.Column("last_id", ID, nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("sealed_at", UtcDateTime(), nullable=False),
        sa.Column("head", sa.String(64), nullable=False),
        sa.Column("listing", sa.LargeBinary(), nullable=False),
        sa.UniqueConstraint("of_table", "last_id"),
    )
    op.create_table(
        "sealreceipt",
        sa.Column("id", ID, primary_key=True),
        sa.Column("seal_id", ID, nullable=False),
        sa.Column("head", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("ts", sa.String(32), nullable=False),
        sa.Column("published_at", UtcDateTime(), nullable=False),
        sa.UniqueConstraint("channel", "ts", "head"),
    )
    refuse_changes("seal", "sealreceipt")
