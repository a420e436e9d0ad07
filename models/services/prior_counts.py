"""Taking over counts that were made before: they begin history, accuracy and due dates, and never touch the stock.

Each row becomes a count record (`models.records`) that is marked as imported. It says something about accuracy only
when it is known what was expected, and the file says that its counter did not see that: a list with the expected
quantity printed on it is copied, and an accuracy made of copies would be believed. Values are at today's unit cost, and
the class and the team are those that the item and the bin have now; a file knows no other.

What the file says of the last count of a stock is believed where nothing later is known. A stock whose count was
rejected stays due.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import and_, func, insert, update
from sqlalchemy.orm import Mapped
from sqlmodel import Session, col, select

from models.catalog import Item, Location
from models.records import CountRecord, RecordSource, Sample
from models.rules import accuracy
from models.rules.lines import LineState
from models.rules.nearest import nearest
from models.rules.records import value_of
from models.services import lookup, records
from models.services.catalogue import chunks
from models.services.last_counts import Pair
from models.services.locks import Work, one_at_a_time
from models.services.movement_imports import locked_levels
from models.services.prior_count_files import PriorCount, PriorCountFile
from models.services.spot_ground import prefixes_of_teams
from models.stock import DUE_AT_ONCE, StockLevel
from models.tables import METADATA

BATCH = 20_000
"""Rows to store in one transaction: others wait for a second, not for the whole file."""

MOST_HINTS = 50
"""Unknown names that the nearest known one is looked for."""

RECORD = METADATA.tables["countrecord"]


class KnownItem(NamedTuple):
    """An item of the file, as it is now."""

    id: int
    abc_class: str | None
    unit_cost: Decimal | None


class KnownBin(NamedTuple):
    """A bin of the file, and whose it is now."""

    id: int
    team_id: int | None


@dataclass(frozen=True)
class Names:
    """What the names of a file stand for."""

    items: Mapping[str, KnownItem]
    bins: Mapping[str, KnownBin]


@dataclass
class PriorImport:
    """What an import of counts did.

    `rated` of the imported say something about accuracy. `rated_anew`: rows that were there already, whose file now
    says otherwise whether their counter saw what was expected.
    """

    imported: int = 0
    known: int = 0
    rated: int = 0
    unexpected: int = 0
    rated_anew: int = 0

    def add(self, other: "PriorImport") -> None:
        """Count another part of the same file."""
        self.imported += other.imported
        self.known += other.known
        self.rated += other.rated
        self.unexpected += other.unexpected
        self.rated_anew += other.rated_anew


def names_of(session: Session, file: PriorCountFile) -> Names:
    """Find the items and bins that the file names.

    Raises:
        BadFile: with everything that is wrong with the file, unknown items and bins among it.
    """
    items = {
        sku: KnownItem(item_id, abc_class, unit_cost)
        for chunk in chunks(file.skus)
        for sku, item_id, abc_class, unit_cost in session.exec(
            select(Item.sku, col(Item.id), Item.abc_class, col(Item.unit_cost)).where(col(Item.sku).in_(chunk))
        )
        if item_id is not None
    }
    prefixes = prefixes_of_teams(session)
    bins = {
        code: KnownBin(location_id, _team_of(code, [(prefix, team.id) for prefix, team in prefixes]))
        for chunk in chunks(file.bins)
        for code, location_id in session.exec(
            select(Location.code, col(Location.id)).where(col(Location.code).in_(chunk))
        )
        if location_id is not None
    }
    _note_unknown(session, file, "item", file.skus, items.keys(), col(Item.sku))
    _note_unknown(session, file, "bin", file.bins, bins.keys(), col(Location.code))
    file.problems.raise_if_any()
    return Names(items, bins)


def store(session: Session, counts: Iterable[PriorCount], names: Names, *, zone: ZoneInfo) -> PriorImport:
    """Store some of a file's counts, those that are not there yet. `zone` is the company's."""
    one_at_a_time(session, Work.IMPORT)
    done = PriorImport()
    newest: dict[Pair, datetime] = {}
    days: set[date] = set()
    for chunk in chunks(counts):
        keys = [count.key for count in chunk]
        there = dict(
            session.exec(
                select(CountRecord.import_key, CountRecord.is_rated).where(col(CountRecord.import_key).in_(keys))
            ).all()
        )
        new = [count for count in chunk if count.key not in there]
        if new:
            session.execute(insert(RECORD), [_record(count, names, zone) for count in new])
        changed = [count for count in chunk if there.get(count.key, _is_rated(count)) != _is_rated(count)]
        for count in changed:
            session.execute(update(RECORD).where(RECORD.c.import_key == count.key).values(is_rated=_is_rated(count)))
        days |= {_day(count, zone) for count in (*new, *changed)}
        for count in new:
            pair = names.items[count.sku].id, names.bins[count.location].id
            newest[pair] = max(newest.get(pair, count.counted_at), count.counted_at)
        done.imported += len(new)
        done.known += len(there)
        done.rated += sum(map(_is_rated, new))
        done.unexpected += sum(count.expected is None for count in new)
        done.rated_anew += len(changed)
    _mark_counted(session, newest)
    records.note_days(session, days)
    session.flush()
    return done


def _note_unknown(
    session: Session,
    file: PriorCountFile,
    what: str,
    named: Mapping[str, tuple[int, int]],
    known: Collection[str],
    column: Mapped[str],
) -> None:
    """Note each name that there is not, once, with the nearest that there is."""
    unknown = [name for name in named if name not in known]
    similar = session.exec(select(column).limit(lookup.MOST_COMPARED)).all() if unknown else ()
    for number, name in enumerate(unknown):
        line, rows = named[name]
        close = nearest(name, similar) if number < MOST_HINTS else None
        hint = f"did you mean {close}?" if close else "import a stock.csv with it first"
        more = f" ({rows:,} rows)" if rows > 1 else ""
        file.problems.add(line, f'there is no {what} "{name}"{more}; {hint}')


def mark_new_stock(session: Session) -> None:
    """Have stock that has come since its counts were imported say when it was last counted."""
    if session.exec(select(CountRecord.id).where(col(CountRecord.import_key).is_not(None)).limit(1)).first() is None:
        return
    rows = session.exec(
        select(StockLevel.item_id, StockLevel.location_id, func.max(CountRecord.counted_at))
        .join(
            CountRecord,
            and_(
                col(CountRecord.item_id) == col(StockLevel.item_id),
                col(CountRecord.location_id) == col(StockLevel.location_id),
            ),
        )
        .where(col(StockLevel.last_counted_at).is_(None), CountRecord.source == RecordSource.IMPORT)
        .group_by(col(StockLevel.item_id), col(StockLevel.location_id))
    )
    _mark_counted(session, {(item_id, location_id): at for item_id, location_id, at in rows})
    session.flush()


def _is_rated(count: PriorCount) -> bool:
    return count.blind and count.expected is not None


def _day(count: PriorCount, zone: ZoneInfo) -> date:
    return count.counted_at.astimezone(zone).date()


def _record(count: PriorCount, names: Names, zone: ZoneInfo) -> dict[str, object]:
    """The row of a count record. What was found was believed then: nobody says otherwise."""
    item, place = names.items[count.sku], names.bins[count.location]
    expected = count.expected
    variance = None if expected is None else count.counted - expected
    value = None if variance is None else value_of(variance, item.unit_cost)
    percent = accuracy.accuracy_percent(item.abc_class)
    return {
        "line_id": None,
        "source": RecordSource.IMPORT,
        "counter": count.counter,
        "import_key": count.key,
        "counted_at": count.counted_at,
        "last_at": count.counted_at,
        "day": _day(count, zone),
        "item_id": item.id,
        "location_id": place.id,
        "team_id": place.team_id,
        "abc_class": item.abc_class,
        "sample": Sample.NORMAL,
        "state": LineState.RECONCILED,
        "is_rated": _is_rated(count),
        "first_expected": expected,
        "first_counted": count.counted,
        "hit": expected is not None and accuracy.is_hit(expected, count.counted, percent),
        "exact": variance == 0,
        "expected": expected,
        "counted": count.counted,
        "variance": variance,
        "variance_value": value,
        "net_value": value,
        "book_value": None if expected is None else value_of(abs(expected), item.unit_cost),
        "cause": "",
        "posted": Decimal(0),
        "has_variance": bool(variance),
        "is_adjusted": False,
    }


def _mark_counted(session: Session, newest: Mapping[Pair, datetime]) -> None:
    """Have the stock levels that there are say when they were last counted, where nothing later is known."""
    wanted = [
        level_id
        for items in chunks(sorted({item_id for item_id, _ in newest}))
        for level_id, item_id, location_id in session.exec(
            select(col(StockLevel.id), StockLevel.item_id, StockLevel.location_id).where(
                col(StockLevel.item_id).in_(items)
            )
        )
        if level_id is not None and (item_id, location_id) in newest
    ]
    # Everybody who locks several levels does it in the order of their ids.
    for level_ids in chunks(sorted(wanted)):
        for level in locked_levels(session, level_ids):
            at = newest[level.item_id, level.location_id]
            if level.last_counted_at is None or level.last_counted_at < at:
                level.last_counted_at = at
                if level.due_from != DUE_AT_ONCE:
                    level.due_from = at
                session.add(level)


def _team_of(code: str, prefixes: Sequence[tuple[str, int | None]]) -> int | None:
    """The team whose bin it is; where the bins of two teams overlap, the nearer prefix says whose."""
    return max(((len(prefix), team) for prefix, team in prefixes if code.startswith(prefix)), default=(0, None))[1]
