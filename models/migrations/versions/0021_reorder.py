"""What is on order and reserved, the company's terms of ordering, and what was forecast."""

import sqlalchemy as sa
from alembic import op

from models.columns import Money, Quantity, UtcDateTime

revision = "0021"
down_revision = "0018"
branch_labels = None
depends_on = None

# SQLite numbers only INTEGER keys by itself.
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "itemsupply",
        sa.Column("item_id", ID, sa.ForeignKey("item.id"), primary_key=True),
        sa.Column("on_order", Quantity(), nullable=True),
        sa.Column("on_order_at", UtcDateTime(), nullable=True),
        sa.Column("reserved", Quantity(), nullable=True),
        sa.Column("reserved_at", UtcDateTime(), nullable=True),
        sa.Column("order_multiple", Quantity(), nullable=True),
    )
    op.create_table(
        "reordersettings",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("lead_time_days", sa.Integer(), nullable=False),
        sa.Column("service_level", Money(), nullable=False),
        sa.Column("order_days", sa.Integer(), nullable=False),
        sa.Column("overstock_days", sa.Integer(), nullable=False),
        sa.Column("dead_days", sa.Integer(), nullable=False),
    )
    op.create_table(
        "itemforecast",
        sa.Column("item_id", ID, sa.ForeignKey("item.id"), primary_key=True),
        sa.Column("at", UtcDateTime(), nullable=False, index=True),
        sa.Column("method", sa.String(20), nullable=False),
        sa.Column("rate", sa.Float(), nullable=False),
        sa.Column("spread", sa.Float(), nullable=True),
        sa.Column("horizon", sa.Integer(), nullable=False),
        sa.Column("errors", sa.Integer(), nullable=False),
        sa.Column("last_at", UtcDateTime(), nullable=False),
        sa.Column("plain_rate", sa.Float(), nullable=True),
        sa.Column("plain_spread", sa.Float(), nullable=True),
        sa.Column("plain_last_at", UtcDateTime(), nullable=True),
        sa.Column("by_counts", Quantity(), nullable=False),
    )
