"""Column types that keep numbers exact and times unambiguous on both engines.

A Decimal column on SQLite is a binary float, so sums of a ledger would drift. Quantities are therefore stored as
whole thousandths and money as whole ten-thousandths: integers add up exactly. Times are stored in UTC and are
always timezone-aware in Python; a naive one is a mistake and is refused on its way in.
"""

from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar, TypedDict  # Any: SQLAlchemy passes untyped driver values through a TypeDecorator

from sqlalchemy import BigInteger, DateTime, Dialect, Enum, Integer, TextClause, text
from sqlalchemy.types import TypeDecorator

# SQLite only gives automatic ids to a column declared INTEGER; PostgreSQL wants 64 bits for a ledger.
BigId = BigInteger().with_variant(Integer, "sqlite")


class _ScaledDecimal(TypeDecorator[Decimal]):
    """A Decimal stored as an integer count of its smallest unit; refuses what does not fit exactly."""

    impl = BigInteger
    cache_ok = True
    decimals: ClassVar[int] = 0

    def process_bind_param(self, value: Decimal | int | None, dialect: Dialect) -> int | None:
        """Turn a Decimal into whole units; raise ValueError when it is finer than the column."""
        del dialect
        if value is None:
            return None
        scaled = Decimal(value).scaleb(self.decimals)
        if scaled != scaled.to_integral_value():
            raise ValueError(f"{value} has more than {self.decimals} decimals")
        return int(scaled)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Decimal | None:  # noqa: ANN401 - see import
        """Turn whole units back into a Decimal; sums arrive as int (SQLite) or Decimal (PostgreSQL)."""
        del dialect
        if value is None:
            return None
        return Decimal(value).scaleb(-self.decimals).quantize(Decimal(1).scaleb(-self.decimals))


class Quantity(_ScaledDecimal):
    """A quantity in the item's base unit, three decimals."""

    cache_ok = True
    decimals = 3


class Money(_ScaledDecimal):
    """An amount in the company's currency, four decimals (a washer may cost 0.0125)."""

    cache_ok = True
    decimals = 4


class UtcDateTime(TypeDecorator[datetime]):
    """A timezone-aware instant, stored in UTC with microseconds (a Slack `ts` has as many)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Convert to UTC; raise ValueError for a naive time."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without a zone is ambiguous: {value.isoformat()}")
        instant = value.astimezone(UTC)
        # SQLite keeps the text it is given: without an offset it sorts and compares as it should.
        return instant.replace(tzinfo=None) if dialect.name == "sqlite" else instant

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back an aware time in UTC."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class SinceRevision(TypedDict):
    """Column arguments of `since_revision`."""

    server_default: TextClause


def since_revision(default: str) -> SinceRevision:
    """Column arguments of a NOT NULL column that came after its table: what the rows of before say (SQL text).

    With it the column is added without copying the table, and a process of the version before can go on inserting.
    """
    return {"server_default": text(default)}


def enum_type(enum: type[StrEnum], *, constraint: str | None = None) -> Enum:
    """Column type for a StrEnum that stores its *value* (SQLAlchemy would store the member name).

    `constraint` names a CHECK that refuses other values in the database; leave it out for kinds that will grow.
    """
    return Enum(
        enum,
        values_callable=lambda members: [member.value for member in members],
        native_enum=False,
        length=32,
        create_constraint=constraint is not None,
        name=constraint,
    )
