"""Why items cannot be ranked: with nothing used, moved or worth anything, every one of them would be in the last class.

Asked only when the values of all items add up to nothing; each sentence says what to import, or by what else to rank.
"""

from datetime import datetime

from sqlmodel import Session, col, select

from models.catalog import Item
from models.rules.classes import ClassMeasure
from models.services import item_values
from models.services.class_settings import Basis


def nothing_to_rank(session: Session, basis: Basis, now: datetime) -> str:
    """The sentence for a ranking without any value up to `now`."""
    window = f"in the last {basis.window_days} days"
    moves = basis.measure is ClassMeasure.MOVEMENTS
    if not moves and session.exec(select(Item.id).where(col(Item.unit_cost) > 0).limit(1)).first() is None:
        why, instead = "No item has a unit cost", "Import unit costs, or rank by movements."
    elif moves:
        why, instead = f"No movement {window}", "Import movements, or rank by on-hand value or unit cost."
    elif basis.measure is ClassMeasure.ON_HAND_VALUE:
        why, instead = "Nothing with a unit cost is on hand", "Import the stock, or rank by usage value or unit cost."
    elif item_values.any_use(session, basis.window_days, now):
        why, instead = f"Nothing that was issued {window} has a unit cost", "Import unit costs, or rank by movements."
    else:
        why, instead = f"No issue {window}", "Import movements, or rank by on-hand value or unit cost."
    return f"{why}, so there is nothing to rank. {instead}"
