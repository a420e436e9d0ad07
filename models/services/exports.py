"""Everything that can be exported: its rows, and what they can be filtered by.

Rows stream, so that a large export needs little memory; read them in `Database.snapshot`, else rows that arrive
meanwhile may be there twice or not at all.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import ColumnElement, and_, true
from sqlmodel import Session

from models.services import reorder_reports
from models.services.accuracy_export import AccuracyRow, accuracy_rows
from models.services.adjustment_export import AdjustmentRow, adjustment_rows
from models.services.audit_export import AuditRow, audit_rows
from models.services.export_csv import write_csv
from models.services.export_tables import BEGINNING, EVERYTHING, Cell, Table, Wanted, columns_of
from models.services.history_export import HistoryRow, history_rows
from models.services.prior_count_export import whole_history_rows
from models.services.reorder_export import ReorderCells, reorder_cells

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


def _reorder_rows(session: Session, *, since: datetime, wanted: Wanted) -> Iterator[ReorderCells]:
    """The advice on items as it is; what was counted when is none of its business."""
    del since
    teams = wanted.in_teams
    if wanted.team_id is not None:
        teams = (wanted.team_id,) if teams is None or wanted.team_id in teams else ()
    of_teams = reorder_reports.items_of(session, teams)

    def which(item_id: ColumnElement[int]) -> ColumnElement[bool]:
        named = true() if wanted.item_id is None else item_id == wanted.item_id
        return and_(of_teams(item_id), named, item_id.not_in(wanted.hidden))

    return reorder_cells(session, wanted.at, which)


_TIMES = frozenset({"since", "until"})


@dataclass(frozen=True)
class Export:
    """A kind of export. `filters` are the options it knows."""

    row_type: type[tuple[Cell, ...]]
    rows: Rows
    filters: frozenset[str]


EXPORTS: Mapping[str, Export] = MappingProxyType(
    {
        "history": Export(HistoryRow, whole_history_rows, _TIMES | {"sku", "bin", "team", "plan", "person", "only"}),
        "adjustments": Export(AdjustmentRow, adjustment_rows, _TIMES | {"sku", "bin"}),
        "accuracy": Export(AccuracyRow, accuracy_rows, _TIMES | {"team", "plan"}),
        "reorder": Export(ReorderCells, _reorder_rows, frozenset({"sku", "team"})),
        "audit": Export(AuditRow, audit_rows, _TIMES),
    }
)
"""By the word that asks for it."""


def table(session: Session, what: str, *, since: datetime = BEGINNING, wanted: Wanted = EVERYTHING) -> Table:
    """The columns and rows of an export."""
    export = EXPORTS[what]
    return Table(columns_of(export.row_type), export.rows(session, since=since, wanted=wanted))
