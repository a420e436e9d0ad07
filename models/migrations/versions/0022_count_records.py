"""Count records, who made them, and what they come to. `models.migrate` fills them from what was counted before."""

import sqlalchemy as sa
from alembic import op

from models.columns import Money, Quantity, UtcDateTime

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

# SQLite numbers only INTEGER keys by itself.
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WORD = sa.String(32)


def upgrade() -> None:
    op.create_table(
        "countrecord",
        sa.Column("id", ID, primary_key=True),
        sa.Column("line_id", ID, sa.ForeignKey("countline.id"), nullable=True, unique=True),
        sa.Column("source", WORD, nullable=False),
        sa.Column("counter", sa.String(120), nullable=False),
        sa.Column("counted_at", UtcDateTime(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False, index=True),
        sa.Column("item_id", ID, sa.ForeignKey("item.id"), nullable=False),
        sa.Column("location_id", ID, sa.ForeignKey("location.id"), nullable=False),
        sa.Column("team_id", ID, sa.ForeignKey("team.id"), nullable=True),
        sa.Column("plan_id", ID, sa.ForeignKey("countplan.id"), nullable=True),
        sa.Column("session_id", ID, sa.ForeignKey("countsession.id"), nullable=True),
        sa.Column("abc_class", sa.String(1), nullable=True),
        sa.Column("sample", WORD, nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("is_rated", sa.Boolean(), nullable=False),
        sa.Column("first_expected", Quantity(), nullable=False),
        sa.Column("first_counted", Quantity(), nullable=False),
        sa.Column("hit", sa.Boolean(), nullable=False),
        sa.Column("exact", sa.Boolean(), nullable=False),
        sa.Column("last_at", UtcDateTime(), nullable=False),
        sa.Column("expected", Quantity(), nullable=False),
        sa.Column("counted", Quantity(), nullable=False),
        sa.Column("variance", Quantity(), nullable=False),
        sa.Column("variance_value", Money(), nullable=True),
        sa.Column("net_value", Money(), nullable=True),
        sa.Column("book_value", Money(), nullable=True),
        sa.Column("decision", WORD, nullable=True),
        sa.Column("decided_by_id", ID, sa.ForeignKey("member.id"), nullable=True),
        sa.Column("cause", sa.String(40), nullable=False),
        sa.Column("accepted", Quantity(), nullable=True),
        sa.Column("posted", Quantity(), nullable=False),
        sa.Column("posted_later", Quantity(), nullable=True),
        sa.Column("has_variance", sa.Boolean(), nullable=False),
        sa.Column("is_adjusted", sa.Boolean(), nullable=False),
    )
    for name in ("time", "item", "location", "team", "plan"):
        _index("countrecord", name, [] if name == "time" else [f"{name}_id"], "id")
    for kind, flag in (("variance", "has_variance"), ("adjusted", "is_adjusted")):
        for name in ("time", "team", "plan"):
            _index("countrecord", f"{kind}_{name}", [] if name == "time" else [f"{name}_id"], "id", flag)
    op.create_table(
        "recordperson",
        sa.Column("record_id", ID, sa.ForeignKey("countrecord.id"), primary_key=True, autoincrement=False),
        sa.Column("place", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("member_id", ID, sa.ForeignKey("member.id"), nullable=False),
        sa.Column("counted_at", UtcDateTime(), nullable=False),
        sa.Column("has_variance", sa.Boolean(), nullable=False),
        sa.Column("is_adjusted", sa.Boolean(), nullable=False),
    )
    _index("recordperson", "time", ["member_id"], "record_id")
    for name, flag in (("variance", "has_variance"), ("adjusted", "is_adjusted")):
        _index("recordperson", name, ["member_id"], "record_id", flag)
    op.create_table(
        "recordchange",
        sa.Column("id", ID, primary_key=True),
        sa.Column("day", sa.Date(), nullable=False, index=True),
    )
    _sums("recordsum", sa.Column("sample", WORD, primary_key=True), "counts", "variances", "adjusted", "lines", "hits",
          "exact", "unknown_cost", values=("net_value", "gross_value", "book_value"))  # fmt: skip
    _sums("causesum", sa.Column("cause", sa.String(40), primary_key=True), "lines",
          values=("net_value", "gross_value"))  # fmt: skip

    switch: sa.Column[bool] = sa.Column(
        "accuracy_of_people", sa.Boolean(), nullable=False, server_default=sa.text("false")
    )
    op.add_column("company", switch)


def _index(table: str, name: str, leading: list[str], last: str, flag: str | None = None) -> None:
    op.create_index(
        f"ix_{table}_{name}",
        table,
        [*leading, "counted_at", last],
        sqlite_where=None if flag is None else sa.text(f"{flag} = 1"),
        postgresql_where=None if flag is None else sa.text(flag),
    )


def _sums(table: str, last_key: sa.Column[str], *numbers: str, values: tuple[str, ...]) -> None:
    op.create_table(
        table,
        sa.Column("span", WORD, primary_key=True),
        sa.Column("start", sa.Date(), primary_key=True),
        sa.Column("team_id", ID, primary_key=True, autoincrement=False),
        sa.Column("plan_id", ID, primary_key=True, autoincrement=False),
        sa.Column("abc_class", sa.String(1), primary_key=True),
        last_key,
        *(sa.Column(number, sa.Integer(), nullable=False) for number in numbers),
        *(sa.Column(value, Money(), nullable=False) for value in values),
    )
    for name in ("team", "plan"):
        op.create_index(f"ix_{table}_{name}", table, [f"{name}_id", "span", "start"])
