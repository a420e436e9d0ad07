"""Rows that say what happened are never changed: the database itself refuses UPDATE and DELETE on them.

The ORM refuses too, but a bulk `update()` or a line typed into a database shell goes past it. PostgreSQL fires once a
statement and also refuses TRUNCATE; SQLite can only fire once a row, so a statement that matches no row passes there.
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

APPEND_ONLY = ("stockentry", "countentry", "judgement", "decision", "auditevent")


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in APPEND_ONLY:
            for change in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_refuses_{change.lower()} BEFORE {change} ON {table} BEGIN "
                    f"SELECT RAISE(ABORT, '{table} is append-only: {change} is refused, add a new row instead'); END"
                )
        return
    # The error class is the one of constraints, so that both engines raise IntegrityError.
    op.execute(
        """
        CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '% is append-only: % is refused, add a new row instead', TG_TABLE_NAME, TG_OP
                USING ERRCODE = 'integrity_constraint_violation';
        END $$
        """
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
