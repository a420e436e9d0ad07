"""Decisions that take back others or move stock to another line's bin; ledger rows that are the opposite of others."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

IS_REVERSAL = sa.text("reverses_id IS NOT NULL")
KINDS = "kind IN ('within tolerance', 'approve', 'adjust', 'recount', 'reject', 'reverse', 'transfer')"


def upgrade() -> None:
    _kinds()
    # Both engines add such a column without copying the table. Alembic would copy it on SQLite for the reference.
    number = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    op.execute(f"ALTER TABLE decision ADD COLUMN other_line_id {number} REFERENCES countline (id)")
    for table in ("decision", "stockentry"):
        op.execute(f"ALTER TABLE {table} ADD COLUMN reverses_id {number} REFERENCES {table} (id)")
        op.create_index(
            f"uq_{table}_reverses",
            table,
            ["reverses_id"],
            unique=True,
            sqlite_where=IS_REVERSAL,
            postgresql_where=IS_REVERSAL,
        )


def _kinds() -> None:
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint("ck_decision_kind", "decision", type_="check")
        op.create_check_constraint("ck_decision_kind", "decision", KINDS)
        return
    # SQLite copies the table, and its triggers go with the old one.
    with op.batch_alter_table("decision", recreate="always", reflect_kwargs={"resolve_fks": False}) as batch:
        batch.drop_constraint("ck_decision_kind", type_="check")
        batch.create_check_constraint("ck_decision_kind", KINDS)
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER decision_refuses_{change.lower()} BEFORE {change} ON decision BEGIN "
            f"SELECT RAISE(ABORT, 'decision is append-only: {change} is refused, add a new row instead'); END"
        )
