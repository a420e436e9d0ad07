"""Who has which lines of a sheet, and lines that were found while counting."""

import sqlalchemy as sa
from alembic import op

from models.columns import UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

IS_CLAIMED = sa.text("claimed_by_id IS NOT NULL")


def upgrade() -> None:
    # Both engines add such columns without copying the table. Alembic would copy it on SQLite for the reference.
    number = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    op.execute(f"ALTER TABLE countline ADD COLUMN claimed_by_id {number} REFERENCES member (id)")
    op.add_column("countline", sa.Column("claimed_at", UtcDateTime(), nullable=True))
    op.add_column("countline", sa.Column("found", sa.Boolean(), nullable=False, server_default=sa.text("false")))
    op.create_index(
        "ix_countline_claimed", "countline", ["claimed_at"], sqlite_where=IS_CLAIMED, postgresql_where=IS_CLAIMED
    )
