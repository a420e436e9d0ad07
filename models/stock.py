"""Stock: an append-only ledger, and a cache of its sums.

On-hand is never set; it is the sum of `StockEntry` rows for an item and a location. `StockLevel` caches that sum so
that reading it costs one row. A ledger row is never changed and never deleted: the ORM refuses (below) and a
database trigger refuses (the first migration), because a count is judged against what the ledger said at an
instant, and that answer must not move under it.

Each row has two times. `occurred_at` is when the stock really moved; `recorded_at` is when the books heard of it.
"""

from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, NoReturn  # Any: SQLAlchemy's mapper events are untyped

from sqlalchemy import Column, Index, UniqueConstraint, event, text
from sqlmodel import Field, SQLModel

from models.columns import BigId, Money, Quantity, UtcDateTime, enum_type, since_revision

# A level whose `due_from` is this instant is due before everything else: its last count was rejected.
DUE_AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)

NONE_LEFT = text("on_hand <= 0")
"""The condition of an index on what is empty or less. A query has to repeat it word for word to be answered from it."""

NEVER_COUNTED = text("last_counted_at IS NULL")
"""The condition of an index on what was never counted."""

LONGEST_MOVER = 80
"""Characters of a name, a badge or a Slack id."""

_IS_REVERSAL = text("reverses_id IS NOT NULL")


class EntryKind(StrEnum):
    """Why on-hand changed."""

    OPENING = "OPENING"
    RECEIPT = "RECEIPT"
    ISSUE = "ISSUE"
    TRANSFER_IN = "TRANSFER_IN"
    TRANSFER_OUT = "TRANSFER_OUT"
    ADJUSTMENT = "ADJUSTMENT"
    IMPORT = "IMPORT"


class StockLevel(SQLModel, table=True):
    """On-hand of one item at one location: the cached sum of its ledger.

    `due_from` is when its waiting for a count began: the last count, else its creation. The longest uncounted is the
    smallest, read from an index: of all stock, or of one ABC class (`abc_class` is a copy of the item's, "" for none,
    because an index cannot reach into another table). `imported_on_hand` is what the stock file last said (not what
    the ledger holds).
    """

    __table_args__ = (
        UniqueConstraint("item_id", "location_id"),
        Index("ix_stocklevel_due", "due_from", "id"),
        Index("ix_stocklevel_class_due", "abc_class", "due_from", "id"),
        Index("ix_stocklevel_bin_class", "location_id", "abc_class"),
        Index("ix_stocklevel_none_left", "on_hand", sqlite_where=NONE_LEFT, postgresql_where=NONE_LEFT),
        Index(
            "ix_stocklevel_never_counted",
            "due_from",
            "id",
            sqlite_where=NEVER_COUNTED,
            postgresql_where=NEVER_COUNTED,
        ),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    item_id: int = Field(foreign_key="item.id", sa_type=BigId)
    location_id: int = Field(foreign_key="location.id", sa_type=BigId)
    on_hand: Decimal = Field(default=Decimal(0), sa_type=Quantity)
    abc_class: str = Field(default="", max_length=1, sa_column_kwargs=since_revision("''"))
    created_at: datetime = Field(sa_type=UtcDateTime)
    last_counted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    due_from: datetime = Field(sa_type=UtcDateTime)
    imported_on_hand: Decimal | None = Field(default=None, sa_type=Quantity)
    imported_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class StockEntry(SQLModel, table=True):
    """One row of the ledger: a signed quantity. An ADJUSTMENT names the count line it closes and its reason.

    `reverses_id` is the row whose opposite this one is; a row has one opposite at most. `posting_date` is the day on
    which the books take it, in the company's zone, where that is not the day of `occurred_at`, because that is in a
    locked period. `moved_by` is who moved it, in the words of the file it came from.
    """

    __table_args__ = (
        Index("ix_stockentry_stock", "item_id", "location_id", "occurred_at"),
        Index("ix_stockentry_kind", "kind", "recorded_at", "id"),
        Index(
            "uq_stockentry_reverses",
            "reverses_id",
            unique=True,
            sqlite_where=_IS_REVERSAL,
            postgresql_where=_IS_REVERSAL,
        ),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    item_id: int = Field(foreign_key="item.id", sa_type=BigId)
    location_id: int = Field(foreign_key="location.id", sa_type=BigId)
    kind: EntryKind = Field(sa_column=Column(enum_type(EntryKind, constraint="ck_stockentry_kind"), nullable=False))
    quantity: Decimal = Field(sa_type=Quantity)
    unit_cost: Decimal | None = Field(default=None, sa_type=Money)
    occurred_at: datetime = Field(sa_type=UtcDateTime)
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    reference: str = Field(default="", max_length=200)
    reason: str | None = Field(default=None, max_length=40)
    line_id: int | None = Field(default=None, foreign_key="countline.id", index=True, sa_type=BigId)
    import_key: str | None = Field(default=None, unique=True, max_length=80)
    reverses_id: int | None = Field(default=None, foreign_key="stockentry.id", sa_type=BigId)
    posting_date: date | None = None
    moved_by: str | None = Field(default=None, max_length=LONGEST_MOVER)


def _refuse(_mapper: Any, _connection: Any, entry: StockEntry) -> NoReturn:  # noqa: ANN401 - see import
    raise RuntimeError(f"ledger row {entry.id} is never changed or deleted; post an opposite entry")


event.listen(StockEntry, "before_update", _refuse)
event.listen(StockEntry, "before_delete", _refuse)
