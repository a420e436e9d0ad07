"""The triggers of a table whose rows are never changed, for revisions since 0011. What they do must not change."""

from alembic import op


def refuse_changes(*tables: str) -> None:
    """Have the database refuse UPDATE and DELETE (PostgreSQL: TRUNCATE too, by the function of revision 0003)."""
    if op.get_bind().dialect.name != "sqlite":
        for table in tables:
            op.execute(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            )
        return
    for table, change in [(table, change) for table in tables for change in ("UPDATE", "DELETE")]:
        refusal = f"{table} is append-only: {change} is refused, add a new row instead"
        op.execute(
            f"CREATE TRIGGER {table}_refuses_{change.lower()} BEFORE {change} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
        )
