"""First blind counts in the database: which entries they are, and whether the record was right (a hit).

Accuracy is asked of the record at the moment somebody first looked, and judged as it was when the count came in: a
movement recorded later does not make a record right that was wrong. Counts of sessions that were not blind say
nothing about it, and neither do those of somebody who had asked for the count, nor parts that nobody closed.
"""

from collections.abc import Sequence

from sqlalchemy import BigInteger, ColumnElement, case, type_coerce
from sqlmodel import col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from models.catalog import Item
from models.counts import CountEntry, CountLine, CountSession, Judgement
from models.rules.accuracy import ACCURACY_TOLERANCE
from models.rules.lines import LineState
from models.services import askers, parts


def first_counts(found: Sequence[ColumnElement[bool]]) -> SelectOfScalar[int | None]:
    """Ids of the first counts, or of their counters' own corrections, of the closed lines that are found."""
    return (
        select(func.max(CountEntry.id))
        .join(CountLine, col(CountLine.id) == col(CountEntry.line_id))
        .join(CountSession, col(CountSession.id) == col(CountLine.session_id))
        .where(
            col(CountEntry.attempt) == 1,
            col(CountEntry.settles),
            col(CountLine.state).in_([LineState.RECONCILED, LineState.REJECTED]),
            col(CountSession.blind),
            askers.by_other(),
            parts.is_full_count(),
            *found,
        )
        .group_by(col(CountEntry.line_id))
    )


def first_judgements(found: Sequence[ColumnElement[bool]]) -> SelectOfScalar[int | None]:
    """Ids of the judgements that those counts got when they came in."""
    counted = first_counts(found)
    return select(func.min(Judgement.id)).where(col(Judgement.entry_id).in_(counted)).group_by(col(Judgement.entry_id))


def is_hit() -> ColumnElement[int]:
    """1 where a `Judgement` (joined to its `Item`) was within the accuracy tolerance of the item's class, else 0."""
    tenths = case(
        *((col(Item.abc_class) == name, int(percent * 10)) for name, percent in ACCURACY_TOLERANCE.items()), else_=0
    )
    # Both sides in thousandths of a unit, as they are stored: |variance| * 100 <= |expected| * percent.
    variance = func.abs(type_coerce(col(Judgement.variance), BigInteger))
    expected = func.abs(type_coerce(col(Judgement.expected), BigInteger))
    return case((variance * 1000 <= expected * tenths, 1), else_=0)
