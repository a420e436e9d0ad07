"""${message}."""

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None

# There is no downgrade: a ledger is not dropped by a command. The way back is another revision forward.


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}
