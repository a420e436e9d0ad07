"""Earlier counts from a file: which row each is, and that of some nobody knows what was expected."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

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
