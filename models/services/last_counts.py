"""When stock was last counted: by the newest count that was accepted and stands, or that was imported from before."""

from collections.abc import Collection
from datetime import datetime

from sqlmodel import Session, col, func, select

from models.counts import CountLine, Decision
from models.records import CountRecord, RecordSource
from models.services.standing import is_standing

Pair = tuple[int, int]  # item id, location id


def last_count(session: Session, item_id: int, location_id: int) -> datetime | None:
    """When one stock was last counted; None for never."""
    return last_counts(session, [item_id], [location_id]).get((item_id, location_id))


def last_counts(
    session: Session,
    item_ids: Collection[int] | None = None,
    location_ids: Collection[int] | None = None,
    *,
    with_imported: bool = True,
) -> dict[Pair, datetime]:
    """When each stock that was ever counted was so last: of all items and bins, or of these."""
    accepted = (
        select(CountLine.item_id, CountLine.location_id, func.max(Decision.count_instant))
        .join(Decision, col(Decision.line_id) == col(CountLine.id))
        .where(col(Decision.quantity).is_not(None), is_standing())
        .group_by(col(CountLine.item_id), col(CountLine.location_id))
    )
    imported = (
        select(CountRecord.item_id, CountRecord.location_id, func.max(CountRecord.counted_at))
        .where(CountRecord.source == RecordSource.IMPORT)
        .group_by(col(CountRecord.item_id), col(CountRecord.location_id))
    )
    if item_ids is not None:
        accepted = accepted.where(col(CountLine.item_id).in_(item_ids))
        imported = imported.where(col(CountRecord.item_id).in_(item_ids))
    if location_ids is not None:
        accepted = accepted.where(col(CountLine.location_id).in_(location_ids))
        imported = imported.where(col(CountRecord.location_id).in_(location_ids))
    found: dict[Pair, datetime] = {}
    for item_id, location_id, at in [*session.exec(accepted), *(session.exec(imported) if with_imported else ())]:
        if at is not None:
            found[item_id, location_id] = max(found.get((item_id, location_id), at), at)
    return found
