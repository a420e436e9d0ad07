"""Counts in parts, what closed them, and the question about a bare number."""

import sqlalchemy as sa
from alembic import op

from models.columns import Quantity, UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# SQLite numbers only INTEGER keys by itself.
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
APPEND_ONLY = ("countpart", "partsclosing")


def upgrade() -> None:
    source = sa.Enum("modal", "reply", native_enum=False, length=32, create_constraint=True, name="ck_countpart_source")
    op.create_table(
        "countpart",
        sa.Column("id", ID, primary_key=True),
        sa.Column("line_id", ID, sa.ForeignKey("countline.id"), nullable=False, index=True),
        sa.Column("member_id", ID, sa.ForeignKey("member.id"), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("quantity", Quantity(), nullable=False),
        sa.Column("replaces_id", ID, sa.ForeignKey("countpart.id"), nullable=True, index=True),
        sa.Column("counted_at", UtcDateTime(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("source", source, nullable=False),
        sa.Column("source_key", sa.String(200), nullable=False, unique=True),
        sa.Column("message_ts", sa.String(32), nullable=True, index=True),
        sa.Column("typed", sa.String(200), nullable=False),
    )
    how = sa.Enum(
        "done", "replaced by a number", "left open",
        native_enum=False, length=32, create_constraint=True, name="ck_partsclosing_how",
    )  # fmt: skip
    op.create_table(
        "partsclosing",
        sa.Column("entry_id", ID, sa.ForeignKey("countentry.id"), primary_key=True),
        sa.Column("how", how, nullable=False),
    )
    op.create_table(
        "unitquestion",
        sa.Column("id", ID, primary_key=True),
        sa.Column("line_id", ID, sa.ForeignKey("countline.id"), nullable=False),
        sa.Column("member_id", ID, sa.ForeignKey("member.id"), nullable=False),
        sa.Column("number", sa.String(200), nullable=False),
        sa.Column("place", sa.String(200), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.UniqueConstraint("line_id", "member_id"),
    )
    _refuse_changes()


def _refuse_changes() -> None:
    """What people counted stays as it was; the function for PostgreSQL is of revision 0003."""
    for table in APPEND_ONLY:
        if op.get_bind().dialect.name == "sqlite":
            for change in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_refuses_{change.lower()} BEFORE {change} ON {table} BEGIN "
                    f"SELECT RAISE(ABORT, '{table} is append-only: {change} is refused, add a new row instead'); END"
                )
        else:
            op.execute(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            )
