"""A company that says which causes its decisions may carry: for the tests of decisions."""

from collections.abc import Collection
from decimal import Decimal

from models.causes import CauseSettings, OwnCause
from models.database import Database
from tests.builders import Number


def say_causes(
    database: Database,
    *,
    offered: str = "all",
    required_above: Number | None = None,
    own: Collection[str] = (),
    consuming: Collection[str] = (),
    withdrawn: Collection[str] = (),
) -> None:
    """Have the tables say so, in place of what they said before; causes of before stay unless named."""
    above = None if required_above is None else Decimal(required_above)
    with database.write() as session:
        session.merge(CauseSettings(id=1, offered=offered, required_above=above))
        for name in {*own, *consuming, *withdrawn}:
            session.merge(OwnCause(name=name, consuming=name in consuming, is_active=name not in withdrawn))
