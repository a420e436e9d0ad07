"""History with the counts that were made before: each of these is a row of its own, in its place in time."""

from collections.abc import Iterator
from datetime import datetime
from heapq import merge
from typing import Any  # Any: the types of many columns are more than a checker follows

from sqlalchemy import ColumnElement, Select, or_, select
from sqlmodel import Session, col

from models.catalog import Item, Location
from models.people import Team
from models.records import CountRecord, RecordSource
from models.services import export_tables
from models.services.export_tables import BEGINNING, EVERYTHING, Wanted
from models.services.history_export import HistoryRow, history_rows
from models.services.history_queries import Only


def whole_history_rows(
    session: Session, *, since: datetime = BEGINNING, wanted: Wanted = EVERYTHING
) -> Iterator[HistoryRow]:
    """The count entries and the imported counts that are wanted, counted at or after `since`, oldest first."""
    entries = history_rows(session, since=since, wanted=wanted)
    imported = imported_rows(session, since=since, wanted=wanted)
    return merge(entries, imported, key=lambda row: row.counted_at)


def imported_rows(session: Session, *, since: datetime, wanted: Wanted) -> Iterator[HistoryRow]:
    """The imported counts that are wanted; they are of no plan and of no member, and adjusted nothing."""
    if wanted.plan_id is not None or wanted.member_id is not None or wanted.only is Only.ADJUSTED:
        return
    is_imported = col(CountRecord.import_key).is_not(None)
    if session.execute(select(col(CountRecord.id)).where(is_imported).limit(1)).first() is None:
        return  # else all records would be looked at for nothing
    statement: Select[*tuple[Any, ...]] = (
        select(CountRecord, col(Item.sku), col(Item.name), col(Item.unit), col(Location.code), col(Team.name))
        .join(Item, col(Item.id) == col(CountRecord.item_id))
        .join(Location, col(Location.id) == col(CountRecord.location_id))
        .outerjoin(Team, col(Team.id) == col(CountRecord.team_id))
        .where(is_imported, *_bounds(wanted))
        .order_by(col(CountRecord.counted_at), col(CountRecord.id))
        .limit(export_tables.PAGE)
    )
    counted_at, record_id = col(CountRecord.counted_at), col(CountRecord.id)
    after, last_id = since, 0
    while True:
        page = session.execute(statement.where(counted_at >= after, or_(counted_at > after, record_id > last_id))).all()
        for record, *names in page:
            yield _row(record, *names)
        if len(page) < export_tables.PAGE:
            return
        after, last_id = page[-1][0].counted_at, page[-1][0].id


def _row(record: CountRecord, sku: str, item: str, unit: str, location: str, team: str | None) -> HistoryRow:
    return HistoryRow(
        entry_id=None,
        counted_at=record.counted_at,
        session_id=None,
        plan="",
        team=team or "",
        sku=sku,
        item=item,
        location=location,
        unit=unit,
        attempt=None,
        counter=record.counter,
        counter_id="",
        source=RecordSource.IMPORT,
        settles="yes",
        line_id=None,
        line_state="",
        expected=record.expected,
        counted=record.counted,
        variance=record.variance,
        unit_cost=None,
        value=record.variance_value,
        within_tolerance="",
        limit=None,
        decision=None,
        decided_by=None,
        decided_at=None,
        posted=None,
        reason=None,
        note=None,
        policy="",
        chosen_because="",
        # Only for those that say something about accuracy it is known, and kept.
        posting_date=None,
        asked=None,
        confirmed_by=None,
        authority=None,
        blind="yes" if record.is_rated else "",
    )


def _bounds(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    columns = {name: getattr(CountRecord, name) for name in ("item_id", "location_id", "team_id")}
    yield from export_tables.matching(wanted, col(CountRecord.counted_at), **columns)
    if wanted.only is Only.VARIANCES:
        yield col(CountRecord.has_variance).is_(True)
    if wanted.hidden:
        yield col(CountRecord.item_id).not_in(wanted.hidden)
