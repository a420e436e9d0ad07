"""The line that a command ends with: what to do next."""

from collections.abc import Mapping
from types import MappingProxyType

from models.database import Database
from models.services.readiness import Need, first_need

_STEPS: Mapping[Need | None, str] = MappingProxyType(
    {
        Need.ITEMS: "Next: python -m bot import stock.csv",
        Need.PLANS: "Next: python -m bot apply setup.toml",
        None: "Next: python -m bot schedule",
    }
)


def next_step(database: Database) -> str:
    """What a warehouse needs first; when it has that, where to see what is counted when."""
    with database.read() as session:
        return _STEPS[first_need(session)]
