"""Names that are looked up capitals aside, and who asked for a spot count."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# SQLite numbers only INTEGER keys by itself.
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    # On SQLite a later `batch_alter_table` of these tables would not see them, and has to create them again.
    op.create_index("ix_item_lower_sku", "item", [sa.text("lower(sku)")])
    op.create_index("ix_location_lower_code", "location", [sa.text("lower(code)")])
    with op.batch_alter_table("countsession") as batch:
        batch.add_column(sa.Column("asked_by_id", ID, nullable=True))
        batch.create_foreign_key("countsession_asked_by_id_fkey", "member", ["asked_by_id"], ["id"])
    op.create_index("ix_countsession_asked_by_id", "countsession", ["asked_by_id"])
    # Until now only the audit trail said it.
    op.execute(
        "UPDATE countsession SET asked_by_id ="
        " (SELECT min(member.id) FROM member JOIN auditevent ON auditevent.actor = member.slack_id"
        " WHERE auditevent.action = 'start spot count' AND auditevent.subject = 'session ' || countsession.id)"
        " WHERE plan_id IS NULL"
    )
