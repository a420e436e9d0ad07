"""Pictures of lines."""

import sqlalchemy as sa
from alembic import op

from models.columns import UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

# SQLite numbers only INTEGER keys by itself.
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OF_NO_LINE = sa.text("line_id IS NULL")


def upgrade() -> None:
    op.create_table(
        "linephoto",
        sa.Column("id", ID, primary_key=True),
        sa.Column("session_id", ID, sa.ForeignKey("countsession.id"), nullable=False, index=True),
        sa.Column("line_id", ID, sa.ForeignKey("countline.id"), nullable=True, index=True),
        sa.Column("member_id", ID, sa.ForeignKey("member.id"), nullable=False),
        sa.Column("file_id", sa.String(32), nullable=False),
        sa.Column("permalink", sa.String(500), nullable=False),
        sa.Column("url", sa.String(500), nullable=False),
        sa.Column("message_ts", sa.String(32), nullable=True),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.Column("read_at", UtcDateTime(), nullable=True),
        sa.Column("opens", sa.Boolean(), nullable=False),
        sa.Column("deleted_at", UtcDateTime(), nullable=True),
        sa.UniqueConstraint("file_id", "line_id"),
    )
    op.create_index(
        "ix_linephoto_waiting", "linephoto", ["member_id"], sqlite_where=OF_NO_LINE, postgresql_where=OF_NO_LINE
    )
