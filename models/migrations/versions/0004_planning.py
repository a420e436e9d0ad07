"""Planning: policies, pace and working calendar of plans; classes and how they are computed; why a line was chosen."""

import sqlalchemy as sa
from alembic import op

from models.columns import Quantity, UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# SQLite numbers only INTEGER keys by itself.
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NONE_LEFT = sa.text("on_hand <= 0")
NEVER_COUNTED = sa.text("last_counted_at IS NULL")
CALENDAR = {"holidays": 40, "working_days": 80, "shutdowns": 1000, "quiet": 500}


def upgrade() -> None:
    op.create_table(
        "classfrequency",
        sa.Column("abc_class", sa.String(1), primary_key=True),
        sa.Column("counts_per_year", sa.Integer(), nullable=False),
    )
    op.create_table(
        "classsettings",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("measure", sa.String(20), nullable=False),
        sa.Column("window_days", sa.Integer(), nullable=False),
        sa.Column("cuts", sa.String(80), nullable=False),
        sa.Column("schedule", sa.String(120), nullable=False),
        sa.Column("next_due", UtcDateTime(), nullable=True),
    )
    op.create_table(
        "classrun",
        sa.Column("id", ID, primary_key=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor", sa.String(64), nullable=False),
        sa.Column("basis", sa.String(200), nullable=False),
        sa.Column("items", sa.Integer(), nullable=False),
    )
    op.create_table(
        "classchange",
        sa.Column("id", ID, primary_key=True),
        sa.Column("run_id", ID, sa.ForeignKey("classrun.id"), nullable=False, index=True),
        sa.Column("item_id", ID, sa.ForeignKey("item.id"), nullable=False),
        sa.Column("before", sa.String(1), nullable=True),
        sa.Column("after", sa.String(1), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
    )
    _items()
    _calendars()
    _plans()
    _sessions()


def _items() -> None:
    op.add_column("item", sa.Column("pinned_class", sa.String(1), nullable=True))
    op.add_column("item", sa.Column("file_class", sa.String(1), nullable=True))
    op.add_column("item", sa.Column("reorder_point", Quantity(), nullable=True))
    # Until now every class came from the stock file.
    op.execute("UPDATE item SET file_class = abc_class")
    op.add_column("stocklevel", sa.Column("abc_class", sa.String(1), nullable=False, server_default=sa.text("''")))
    op.execute(
        "UPDATE stocklevel"
        " SET abc_class = COALESCE((SELECT abc_class FROM item WHERE item.id = stocklevel.item_id), '')"
    )
    op.create_index("ix_stocklevel_class_due", "stocklevel", ["abc_class", "due_from", "id"])
    op.create_index("ix_stocklevel_bin_class", "stocklevel", ["location_id", "abc_class"])
    op.drop_index("ix_stocklevel_location_id", "stocklevel")
    op.create_index(
        "ix_stocklevel_none_left", "stocklevel", ["on_hand"], sqlite_where=NONE_LEFT, postgresql_where=NONE_LEFT
    )
    op.create_index(
        "ix_stocklevel_never_counted",
        "stocklevel",
        ["due_from", "id"],
        sqlite_where=NEVER_COUNTED,
        postgresql_where=NEVER_COUNTED,
    )


def _calendars() -> None:
    for name, length in CALENDAR.items():
        op.add_column("company", sa.Column(name, sa.String(length), nullable=False, server_default=sa.text("''")))
        op.add_column("team", sa.Column(name, sa.String(length), nullable=True))


def _plans() -> None:
    with op.batch_alter_table("countplan") as batch:
        batch.alter_column("selection", type_=sa.String(500), existing_type=sa.String(40))
    op.add_column("countplan", sa.Column("bins", sa.String(500), nullable=False, server_default=sa.text("''")))
    op.add_column("countplan", sa.Column("categories", sa.String(2000), nullable=False, server_default=sa.text("'[]'")))
    pace = sa.Enum("level", "full", native_enum=False, length=32)
    op.add_column("countplan", sa.Column("pace", pace, nullable=False, server_default=sa.text("'full'")))
    op.add_column("countplan", sa.Column("blind", sa.Boolean(), nullable=False, server_default=sa.text("true")))
    op.add_column("countplan", sa.Column("is_paused", sa.Boolean(), nullable=False, server_default=sa.text("false")))
    op.add_column("countplan", sa.Column("next_occurrence", UtcDateTime(), nullable=True))
    op.execute("UPDATE countplan SET next_occurrence = next_due")


def _sessions() -> None:
    op.add_column("countline", sa.Column("policy", sa.String(20), nullable=False, server_default=sa.text("''")))
    op.add_column("countline", sa.Column("reason", sa.String(200), nullable=False, server_default=sa.text("''")))
    op.add_column("countsession", sa.Column("blind", sa.Boolean(), nullable=False, server_default=sa.text("true")))
    op.add_column("countsession", sa.Column("seed", ID, nullable=True))
    op.add_column(
        "countsession", sa.Column("moved_because", sa.String(200), nullable=False, server_default=sa.text("''"))
    )
    with op.batch_alter_table("countsession") as batch:
        batch.alter_column("plan_id", nullable=True, existing_type=ID)
