"""Counting: sessions, lines, entries, decisions, the stock ledger and the journal."""

import sqlalchemy as sa
from alembic import op

from models.columns import Money, Quantity, UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# SQLite numbers only INTEGER keys by itself.
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OPEN = sa.text("state IN ('TO_COUNT', 'RECOUNT', 'IN_REVIEW')")
PENDING = sa.text("state = 'pending'")


def upgrade() -> None:
    op.create_table(
        "auditevent",
        sa.Column("id", ID, primary_key=True),
        sa.Column("at", UtcDateTime(), nullable=False, index=True),
        sa.Column("actor", sa.String(64), nullable=False),
        sa.Column("action", sa.String(64), nullable=False),
        sa.Column("subject", sa.String(120), nullable=False, index=True),
        sa.Column("detail", sa.String(), nullable=False),
    )
    op.create_table(
        "inboundevent",
        sa.Column("key", sa.String(200), primary_key=True),
        sa.Column("received_at", UtcDateTime(), nullable=False, index=True),
    )
    op.create_table(
        "outboxmessage",
        sa.Column("id", ID, primary_key=True),
        sa.Column(
            "intent",
            sa.Enum("sheet", "summary", "recount", "card", "escalation", "tick", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("subject", sa.String(80), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "pending",
                "claimed",
                "sent",
                "failed",
                name="ck_outboxmessage_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("touched", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", UtcDateTime(), nullable=False),
        sa.Column("claimed_until", UtcDateTime(), nullable=True),
        sa.Column("claimed_by", sa.String(64), nullable=True),
        sa.Column("attempted_at", UtcDateTime(), nullable=True),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("last_error", sa.String(500), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
    )
    op.create_index("ix_outboxmessage_work", "outboxmessage", ["state", "not_before", "id"])
    op.create_index(
        "uq_outboxmessage_pending",
        "outboxmessage",
        ["intent", "subject"],
        unique=True,
        sqlite_where=PENDING,
        postgresql_where=PENDING,
    )
    op.create_table(
        "sentmessage",
        sa.Column("id", ID, primary_key=True),
        sa.Column(
            "intent",
            sa.Enum("sheet", "summary", "recount", "card", "escalation", "tick", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("subject", sa.String(80), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("ts", sa.String(32), nullable=False),
        sa.Column("posted_at", UtcDateTime(), nullable=False),
        sa.UniqueConstraint("intent", "subject"),
    )
    op.create_index("ix_sentmessage_ts", "sentmessage", ["channel", "ts"])
    op.create_table(
        "countsession",
        sa.Column("id", ID, primary_key=True),
        sa.Column("plan_id", ID, sa.ForeignKey("countplan.id"), nullable=False),
        sa.Column("team_id", ID, sa.ForeignKey("team.id"), nullable=False, index=True),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("scheduled_for", UtcDateTime(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("recounts", sa.Integer(), nullable=False),
        sa.Column("replies", sa.Boolean(), nullable=False),
        sa.Column(
            "at_due",
            sa.Enum(
                "expire", "keep", name="ck_countsession_at_due", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.UniqueConstraint("plan_id", "scheduled_for"),
    )
    op.create_table(
        "countline",
        sa.Column("id", ID, primary_key=True),
        sa.Column("session_id", ID, sa.ForeignKey("countsession.id"), nullable=False, index=True),
        sa.Column("item_id", ID, sa.ForeignKey("item.id"), nullable=False),
        sa.Column("location_id", ID, sa.ForeignKey("location.id"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "TO_COUNT",
                "RECOUNT",
                "IN_REVIEW",
                "RECONCILED",
                "REJECTED",
                "SKIPPED",
                name="ck_countline_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("recounts_asked", sa.Integer(), nullable=False),
        sa.Column("asked_member_id", ID, sa.ForeignKey("member.id"), nullable=True),
        sa.Column("asked_at", UtcDateTime(), nullable=True),
        sa.Column(
            "review_cause",
            sa.Enum("variance", "no other counter", "no recount made", "late movement", native_enum=False, length=32),
            nullable=True,
        ),
        sa.Column("late_movement_at", UtcDateTime(), nullable=True),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
    )
    op.create_index("ix_countline_due", "countline", ["due_at"], sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_index("ix_countline_stock", "countline", ["item_id", "location_id"])
    op.create_index(
        "uq_countline_open_stock",
        "countline",
        ["item_id", "location_id"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_table(
        "countentry",
        sa.Column("id", ID, primary_key=True),
        sa.Column("line_id", ID, sa.ForeignKey("countline.id"), nullable=False, index=True),
        sa.Column("member_id", ID, sa.ForeignKey("member.id"), nullable=False, index=True),
        sa.Column("quantity", Quantity(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("settles", sa.Boolean(), nullable=False),
        sa.Column("replaces_id", ID, sa.ForeignKey("countentry.id"), nullable=True),
        sa.Column("counted_at", UtcDateTime(), nullable=False, index=True),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column(
            "source",
            sa.Enum(
                "modal", "reply", name="ck_countentry_source", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("source_key", sa.String(200), nullable=False, unique=True),
        sa.Column("message_ts", sa.String(32), nullable=True, index=True),
        sa.Column("typed", sa.String(200), nullable=False),
    )
    op.create_table(
        "lineskip",
        sa.Column("id", ID, primary_key=True),
        sa.Column("line_id", ID, sa.ForeignKey("countline.id"), nullable=False, index=True),
        sa.Column("member_id", ID, sa.ForeignKey("member.id"), nullable=True),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("skipped_at", UtcDateTime(), nullable=False),
    )
    op.create_table(
        "stockentry",
        sa.Column("id", ID, primary_key=True),
        sa.Column("item_id", ID, sa.ForeignKey("item.id"), nullable=False),
        sa.Column("location_id", ID, sa.ForeignKey("location.id"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "OPENING",
                "RECEIPT",
                "ISSUE",
                "TRANSFER_IN",
                "TRANSFER_OUT",
                "ADJUSTMENT",
                "IMPORT",
                name="ck_stockentry_kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("quantity", Quantity(), nullable=False),
        sa.Column("unit_cost", Money(), nullable=True),
        sa.Column("occurred_at", UtcDateTime(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("reference", sa.String(200), nullable=False),
        sa.Column("reason", sa.String(40), nullable=True),
        sa.Column("line_id", ID, sa.ForeignKey("countline.id"), nullable=True, index=True),
        sa.Column("import_key", sa.String(80), nullable=True, unique=True),
    )
    op.create_index("ix_stockentry_kind", "stockentry", ["kind", "recorded_at", "id"])
    op.create_index("ix_stockentry_stock", "stockentry", ["item_id", "location_id", "occurred_at"])
    op.create_table(
        "decision",
        sa.Column("id", ID, primary_key=True),
        sa.Column("line_id", ID, sa.ForeignKey("countline.id"), nullable=False),
        sa.Column("line_version", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "within tolerance",
                "approve",
                "adjust",
                "recount",
                "reject",
                name="ck_decision_kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("member_id", ID, sa.ForeignKey("member.id"), nullable=True),
        sa.Column("entry_id", ID, sa.ForeignKey("countentry.id"), nullable=True),
        sa.Column("count_instant", UtcDateTime(), nullable=True),
        sa.Column("quantity", Quantity(), nullable=True),
        sa.Column("posted", Quantity(), nullable=False),
        sa.Column("unit_cost", Money(), nullable=True),
        sa.Column("reason", sa.String(40), nullable=True),
        sa.Column("note", sa.String(500), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=False, index=True),
        sa.UniqueConstraint("line_id", "line_version"),
    )
    op.create_table(
        "judgement",
        sa.Column("id", ID, primary_key=True),
        sa.Column("entry_id", ID, sa.ForeignKey("countentry.id"), nullable=False, index=True),
        sa.Column("judged_at", UtcDateTime(), nullable=False),
        sa.Column("expected", Quantity(), nullable=False),
        sa.Column("variance", Quantity(), nullable=False),
        sa.Column("unit_cost", Money(), nullable=True),
        sa.Column("within", sa.Boolean(), nullable=False),
        sa.Column("limit_applied", sa.String(200), nullable=False),
    )
