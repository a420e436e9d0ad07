"""What Alembic runs around the revisions: on the connection, and in the transaction, that `models.migrate` opened."""

from alembic import context

from models.migrations.rendering import render_item
from models.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_item=render_item,
    # SQLite changes a column by copying the table; "batch" makes new revisions say so.
    render_as_batch=True,
    compare_type=True,
)
context.run_migrations()
