"""Earlier counts from a file (which row each is, and whether it is known what was expected), and exports in Slack."""

import sqlalchemy as sa
from alembic import op

from models.columns import UtcDateTime

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

# SQLite numbers only INTEGER keys by itself.
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ON_ITS_WAY = sa.text("done_at IS NULL")
IS_IMPORTED = sa.text("import_key IS NOT NULL")


def upgrade() -> None:
    # SQLite copies the table for this; where it was made a revision ago, nothing is in it yet.
    with op.batch_alter_table("countrecord", reflect_kwargs={"resolve_fks": False}) as batch:
        batch.add_column(sa.Column("import_key", sa.String(64), nullable=True))
        for name in ("first_expected", "expected", "variance"):
            batch.alter_column(name, existing_type=sa.BigInteger(), nullable=True)
    op.create_index(
        "uq_countrecord_import_key",
        "countrecord",
        ["import_key"],
        unique=True,
        sqlite_where=IS_IMPORTED,
        postgresql_where=IS_IMPORTED,
    )
    op.create_table(
        "exportrequest",
        sa.Column("id", ID, primary_key=True),
        sa.Column("member_id", ID, sa.ForeignKey("member.id"), nullable=False),
        sa.Column("what", sa.String(20), nullable=False),
        sa.Column("form", sa.String(4), nullable=False),
        sa.Column("words", sa.String(300), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.Column("problem", sa.String(500), nullable=False),
    )
    op.create_index(
        "ix_exportrequest_waiting",
        "exportrequest",
        ["member_id"],
        sqlite_where=ON_ITS_WAY,
        postgresql_where=ON_ITS_WAY,
    )
