"""What stands before any count: catalogue, stock levels, people, plans and tolerances."""

import sqlalchemy as sa
from alembic import op

from models.columns import Money, Quantity, UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# SQLite numbers only INTEGER keys by itself.
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "company",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("timezone", sa.String(64), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
    )
    op.create_table(
        "declaration",
        sa.Column("id", ID, primary_key=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("declared", sa.String(), nullable=False),
        sa.UniqueConstraint("kind", "key"),
    )
    op.create_table(
        "item",
        sa.Column("id", ID, primary_key=True),
        sa.Column("sku", sa.String(80), nullable=False, unique=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("category", sa.String(80), nullable=False, index=True),
        sa.Column("unit", sa.String(20), nullable=False),
        sa.Column("unit_cost", Money(), nullable=True),
        sa.Column("abc_class", sa.String(1), nullable=True),
        sa.Column("barcode", sa.String(80), nullable=True),
        sa.Column("lead_time_days", sa.Integer(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
    )
    op.create_table(
        "location",
        sa.Column("id", ID, primary_key=True),
        sa.Column("code", sa.String(80), nullable=False, unique=True),
        sa.Column("walk_order", sa.Integer(), nullable=True),
    )
    op.create_table(
        "member",
        sa.Column("id", ID, primary_key=True),
        sa.Column("slack_id", sa.String(32), nullable=False, unique=True),
        sa.Column("name", sa.String(120), nullable=True),
        sa.Column("is_controller", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "team",
        sa.Column("id", ID, primary_key=True),
        sa.Column("name", sa.String(80), nullable=False, unique=True),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("review_channel", sa.String(32), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "tolerancelimit",
        sa.Column("id", ID, primary_key=True),
        sa.Column(
            "scope",
            sa.Enum(
                "item",
                "category",
                "class",
                "plan",
                "company",
                name="ck_tolerancelimit_scope",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("scope_key", sa.String(80), nullable=False),
        sa.Column(
            "measure",
            sa.Enum(
                "quantity",
                "percent",
                "value",
                name="ck_tolerancelimit_measure",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "side",
            sa.Enum(
                "plus", "minus", name="ck_tolerancelimit_side", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("amount", Money(), nullable=True),
        sa.UniqueConstraint("scope", "scope_key", "measure", "side"),
    )
    op.create_table(
        "countplan",
        sa.Column("id", ID, primary_key=True),
        sa.Column("name", sa.String(80), nullable=False, unique=True),
        sa.Column("team_id", ID, sa.ForeignKey("team.id"), nullable=False),
        sa.Column("schedule", sa.String(120), nullable=False),
        sa.Column("selection", sa.String(40), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("due_in_seconds", sa.Integer(), nullable=False),
        sa.Column("grace_seconds", sa.Integer(), nullable=False),
        sa.Column("recounts", sa.Integer(), nullable=False),
        sa.Column("replies", sa.Boolean(), nullable=False),
        sa.Column(
            "at_due",
            sa.Enum("expire", "keep", name="ck_countplan_at_due", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("next_due", UtcDateTime(), nullable=True, index=True),
    )
    op.create_table(
        "packsize",
        sa.Column("id", ID, primary_key=True),
        sa.Column("item_id", ID, sa.ForeignKey("item.id"), nullable=False),
        sa.Column("name", sa.String(20), nullable=False),
        sa.Column("factor", Quantity(), nullable=False),
        sa.UniqueConstraint("item_id", "name"),
    )
    op.create_table(
        "stocklevel",
        sa.Column("id", ID, primary_key=True),
        sa.Column("item_id", ID, sa.ForeignKey("item.id"), nullable=False),
        sa.Column("location_id", ID, sa.ForeignKey("location.id"), nullable=False, index=True),
        sa.Column("on_hand", Quantity(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("last_counted_at", UtcDateTime(), nullable=True),
        sa.Column("due_from", UtcDateTime(), nullable=False),
        sa.Column("imported_on_hand", Quantity(), nullable=True),
        sa.Column("imported_at", UtcDateTime(), nullable=True),
        sa.UniqueConstraint("item_id", "location_id"),
    )
    op.create_index("ix_stocklevel_due", "stocklevel", ["due_from", "id"])
    op.create_table(
        "teamlocation",
        sa.Column("id", ID, primary_key=True),
        sa.Column("team_id", ID, sa.ForeignKey("team.id"), nullable=False),
        sa.Column("prefix", sa.String(80), nullable=False),
        sa.UniqueConstraint("team_id", "prefix"),
    )
    op.create_table(
        "teamrole",
        sa.Column("id", ID, primary_key=True),
        sa.Column("team_id", ID, sa.ForeignKey("team.id"), nullable=False),
        sa.Column("member_id", ID, sa.ForeignKey("member.id"), nullable=False, index=True),
        sa.Column(
            "role",
            sa.Enum(
                "counter", "approver", name="ck_teamrole_role", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("approval_limit", Money(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.UniqueConstraint("team_id", "member_id", "role"),
    )
