"""What ordering rests on beside the ledger: orders and reservations, the company's terms, and forecasts."""

from datetime import datetime
from decimal import Decimal

from sqlmodel import Field, SQLModel

from models.columns import BigId, Money, Quantity, UtcDateTime


class ItemSupply(SQLModel, table=True):
    """What the stock file last said of an item, in base units, and as of when. None: nobody has said, which is not 0.

    Orders come in multiples of `order_multiple`. Each figure that ages has its own time: a file may have one column
    and not the other.
    """

    item_id: int = Field(primary_key=True, foreign_key="item.id", sa_type=BigId)
    on_order: Decimal | None = Field(default=None, sa_type=Quantity)
    on_order_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    reserved: Decimal | None = Field(default=None, sa_type=Quantity)
    reserved_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    order_multiple: Decimal | None = Field(default=None, sa_type=Quantity)


class ReorderSettings(SQLModel, table=True):
    """The one row of the company's terms of ordering (`models.rules.reorder.Terms`); `service_level` in percent.

    `lead_time_days` is for items of which the stock file says none.
    """

    id: int = Field(default=1, primary_key=True)
    lead_time_days: int = 14
    service_level: Decimal = Field(default=Decimal(95), sa_type=Money)
    order_days: int = 30
    overstock_days: int = 180
    dead_days: int = 180


class ItemForecast(SQLModel, table=True):
    """What was last forecast of an item, at `at`: a demand of `rate` a week (`models.rules.backtest.Choice`).

    `last_at` is when something was last taken, or when its record began. The *plain* ones are by the record without
    what counts have posted since the last import (`by_counts`, in base units); None where that changes nothing.
    """

    item_id: int = Field(primary_key=True, foreign_key="item.id", sa_type=BigId)
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    method: str = Field(max_length=20)
    rate: float
    spread: float | None = None
    horizon: int
    errors: int
    last_at: datetime = Field(sa_type=UtcDateTime)
    plain_rate: float | None = None
    plain_spread: float | None = None
    plain_last_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    by_counts: Decimal = Field(default=Decimal(0), sa_type=Quantity)
