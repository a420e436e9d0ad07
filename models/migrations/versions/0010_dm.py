"""Counting by direct message, practice on toys, and counts that came by direct message."""

import sqlalchemy as sa
from alembic import op

from models.columns import Quantity, UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# SQLite numbers only INTEGER keys by itself.
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
IS_OPEN = sa.text("is_open")
IS_HELD = sa.text("state = 'held'")
STATES = ("open", "held", "stored", "refused", "taken back", "put off", "closed")


def upgrade() -> None:
    op.create_table(
        "directchannel",
        sa.Column("member_id", ID, sa.ForeignKey("member.id"), primary_key=True, autoincrement=False),
        sa.Column("channel", sa.String(32), nullable=False),
    )
    op.create_table(
        "directcount",
        sa.Column("id", ID, primary_key=True),
        sa.Column("member_id", ID, sa.ForeignKey("member.id"), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("only_line_id", ID, sa.ForeignKey("countline.id"), nullable=True),
    )
    op.create_index(
        "uq_directcount_open", "directcount", ["member_id"], unique=True, sqlite_where=IS_OPEN, postgresql_where=IS_OPEN
    )
    op.create_table(
        "directquestion",
        sa.Column("id", ID, primary_key=True),
        sa.Column("count_id", ID, sa.ForeignKey("directcount.id"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("line_id", ID, sa.ForeignKey("countline.id"), nullable=True),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(*STATES, name="ck_directquestion_state", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("quantity", Quantity(), nullable=True),
        sa.Column("echo", sa.String(200), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("typed", sa.String(200), nullable=False),
        sa.Column("is_claim", sa.Boolean(), nullable=False),
        sa.Column("message_ts", sa.String(32), nullable=True, index=True),
        sa.Column("counted_at", UtcDateTime(), nullable=True),
        sa.Column("held_until", UtcDateTime(), nullable=True),
        sa.Column("said", sa.String(300), nullable=False),
        sa.UniqueConstraint("count_id", "number"),
    )
    op.create_index(
        "ix_directquestion_held", "directquestion", ["held_until"], sqlite_where=IS_HELD, postgresql_where=IS_HELD
    )
    op.create_table(
        "practice",
        sa.Column("id", ID, primary_key=True),
        sa.Column("member_id", ID, sa.ForeignKey("member.id"), nullable=False, index=True),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("answers", sa.String(), nullable=False),
    )
    _sources()


def _sources() -> None:
    """Let an entry and a part say that they came by direct message."""
    allowed = "source IN ('modal', 'reply', 'direct')"
    for table in ("countentry", "countpart"):
        name = f"ck_{table}_source"
        if op.get_bind().dialect.name != "sqlite":
            op.drop_constraint(name, table, type_="check")
            op.create_check_constraint(name, table, allowed)
            continue
        # SQLite copies the table, and its triggers go with the old one.
        alone = {"resolve_fks": False}
        with op.batch_alter_table(table, recreate="always", reflect_kwargs=alone) as batch:
            batch.drop_constraint(name, type_="check")
            batch.create_check_constraint(name, allowed)
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_refuses_{change.lower()} BEFORE {change} ON {table} BEGIN "
                f"SELECT RAISE(ABORT, '{table} is append-only: {change} is refused, add a new row instead'); END"
            )
