"""Everything that can be exported: its rows, and what they can be filtered by.

Rows stream, so that a large export needs little memory; read them in `Database.snapshot`, else rows that arrive
meanwhile may be there twice or not at all.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from sqlmodel import Session

from models.services.accuracy_export import AccuracyRow, accuracy_rows
from models.services.adjustment_export import AdjustmentRow, adjustment_rows
from models.services.audit_export import AuditRow, audit_rows
from models.services.export_csv import write_csv
from models.services.export_tables import BEGINNING, EVERYTHING, Cell, Table, Wanted, columns_of
from models.services.history_export import HistoryRow, history_rows

__all__ = [
    "EXPORTS",
    "AdjustmentRow",
    "Export",
    "HistoryRow",
    "adjustment_rows",
    "history_rows",
    "table",
    "write_csv",
]

Rows = Callable[..., Iterator[tuple[Cell, ...]]]
"""Called with the session, `since` and `wanted`."""

_TIMES = frozenset({"since", "until"})


@dataclass(frozen=True)
class Export:
    """A kind of export. `filters` are the options it knows."""

    row_type: type[tuple[Cell, ...]]
    rows: Rows
    filters: frozenset[str]


EXPORTS: Mapping[str, Export] = MappingProxyType(
    {
        "history": Export(HistoryRow, history_rows, _TIMES | {"sku", "bin", "team", "plan", "person", "only"}),
        "adjustments": Export(AdjustmentRow, adjustment_rows, _TIMES | {"sku", "bin"}),
        "accuracy": Export(AccuracyRow, accuracy_rows, _TIMES | {"team", "plan"}),
        "audit": Export(AuditRow, audit_rows, _TIMES),
    }
)
"""By the word that asks for it."""


def table(session: Session, what: str, *, since: datetime = BEGINNING, wanted: Wanted = EVERYTHING) -> Table:
    """The columns and rows of an export."""
    export = EXPORTS[what]
    return Table(columns_of(export.row_type), export.rows(session, since=since, wanted=wanted))
