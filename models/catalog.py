"""The catalogue: what is stored (items and their packs) and where (locations, which the trade also calls bins)."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.columns import BigId, Money, Quantity, UtcDateTime


class Item(SQLModel, table=True):
    """A stocked item (SKU). Quantities are in `unit`; a missing `unit_cost` is unknown, not zero.

    `abc_class` is the class in force: `pinned_class` (the set-up says so), else `file_class` (the stock file says so),
    else what the last classification computed. `reorder_point` is for all bins of the item together.
    """

    __table_args__ = (Index("ix_item_lower_sku", text("lower(sku)")),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    sku: str = Field(unique=True, max_length=80)
    name: str = Field(max_length=200)
    category: str = Field(default="", max_length=80, index=True)
    unit: str = Field(default="pcs", max_length=20)
    unit_cost: Decimal | None = Field(default=None, sa_type=Money)
    abc_class: str | None = Field(default=None, max_length=1)
    pinned_class: str | None = Field(default=None, max_length=1)
    file_class: str | None = Field(default=None, max_length=1)
    barcode: str | None = Field(default=None, max_length=80)
    lead_time_days: int | None = None
    reorder_point: Decimal | None = Field(default=None, sa_type=Quantity)
    created_at: datetime = Field(sa_type=UtcDateTime)


class PackSize(SQLModel, table=True):
    """A pack an item comes in: `factor` base units each (a box of 50)."""

    __table_args__ = (UniqueConstraint("item_id", "name"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    item_id: int = Field(foreign_key="item.id", sa_type=BigId)
    name: str = Field(max_length=20)
    factor: Decimal = Field(sa_type=Quantity)


class Location(SQLModel, table=True):
    """A place stock lies in (bin). `walk_order` is its turn on the walk; those without one follow, by code."""

    __table_args__ = (Index("ix_location_lower_code", text("lower(code)")),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    code: str = Field(unique=True, max_length=80)
    walk_order: int | None = None
