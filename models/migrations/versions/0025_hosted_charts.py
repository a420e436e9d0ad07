"""Pictures of charts that Slack hosts."""

import sqlalchemy as sa
from alembic import op

from models.columns import UtcDateTime

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "hostedchart",
        sa.Column("key", sa.String(32), primary_key=True),
        sa.Column("file_id", sa.String(32), nullable=False),
        sa.Column("uploaded_at", UtcDateTime(), nullable=False),
        sa.Column("is_ready", sa.Boolean(), nullable=False),
    )
