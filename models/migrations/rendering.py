"""How our column types are written down in a revision that Alembic drafts.

A revision names the types in `models.columns`, so that a quantity stays readable as a quantity.
"""

from typing import Any, Literal  # Any: Alembic hands over whatever schema item it is about to write

from alembic.autogenerate.api import AutogenContext
from sqlmodel.sql.sqltypes import AutoString

from models.columns import Money, Quantity, UtcDateTime


def render_item(kind: str, item: Any, context: AutogenContext) -> str | Literal[False]:  # noqa: ANN401 - see import
    """Return the source text of a type of ours; False lets Alembic write the rest its own way."""
    if kind != "type":
        return False
    if isinstance(item, (Money, Quantity, UtcDateTime)):
        context.imports.add("from models.columns import Money, Quantity, UtcDateTime")
        return f"{type(item).__name__}()"
    if isinstance(item, AutoString):
        return f"sa.String({item.length or ''})"
    return False
