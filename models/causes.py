"""The causes that decisions may carry (`models.rules.causes`), where a company says something of its own."""

from decimal import Decimal

from sqlmodel import Field, SQLModel

from models.columns import Money

LONGEST_CAUSE = 40
"""Characters; so many the ledger and the decisions keep."""


class CauseSettings(SQLModel, table=True):
    """The one row that says which standard causes are offered, and above which value (in currency) one is needed.

    `offered` is "all", "none", or their texts with commas between; `required_above` None: never needed.
    """

    id: int = Field(default=1, primary_key=True)
    offered: str = Field(default="all", max_length=200)
    required_above: Decimal | None = Field(default=None, sa_type=Money)


class OwnCause(SQLModel, table=True):
    """A cause of the company's own. The ledger names it, so it is never deleted; one that ended is inactive.

    What was `consuming` was demand, and goes on being so after the cause ended.
    """

    name: str = Field(primary_key=True, max_length=LONGEST_CAUSE)
    consuming: bool = False
    is_active: bool = True
