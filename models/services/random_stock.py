"""A random sample of stock that can be drawn again: the same seed and stock give the same sample.

Ids are drawn from all numbers a level may have (`models.rules.draws`) and kept when there is such a stock in reach, so
every stock in reach is as likely as every other, and nothing is read but what was drawn. Where a plan reaches little
of the stock most draws miss; then the ids in reach are listed instead, and drawn from.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from zlib import crc32

from sqlmodel import Session, col, func, select

from models.rules.draws import draw_ids
from models.services.reach import Candidate, Reach, candidates, free_stock
from models.stock import StockLevel

REASON = "random sample"
BATCH = 500
MOST_BATCHES = 20


def seed_of(plan_id: int, occurrence: datetime) -> int:
    """The seed of a run: nobody chooses it, and whoever doubts a sample can draw it again."""
    return crc32(f"{plan_id} {occurrence.isoformat()}".encode())


def random_stock(
    session: Session, reach: Reach, seed: int, size: int, without: Sequence[int] = ()
) -> list[tuple[Candidate, str]]:
    """Draw `size` stocks, fewer when there are not as many."""
    if size <= 0:
        return []
    largest = session.exec(select(func.max(StockLevel.id))).one() or 0
    found: list[Candidate] = []
    drawn = draw_ids(seed, largest)
    for batch in islice(_batches(drawn, BATCH), MOST_BATCHES):
        found += _in_order(session, reach, batch, without)
        if len(found) >= size:
            return [(one, REASON) for one in found[:size]]
    if largest > BATCH * MOST_BATCHES:
        found = _from_list(session, reach, seed, size, without)
    return [(one, REASON) for one in found]


def _batches(ids: Iterator[int], size: int) -> Iterator[list[int]]:
    while batch := list(islice(ids, size)):
        yield batch


def _in_order(session: Session, reach: Reach, ids: list[int], without: Sequence[int]) -> list[Candidate]:
    found = candidates(session, free_stock(reach, without).where(col(StockLevel.id).in_(ids)))
    by_id = {one.level_id: one for one in found}
    return [by_id[one] for one in ids if one in by_id]


def _from_list(session: Session, reach: Reach, seed: int, size: int, without: Sequence[int]) -> list[Candidate]:
    listed = free_stock(reach, without).with_only_columns(col(StockLevel.id)).order_by(col(StockLevel.id))
    ids = list(session.execute(listed).scalars())
    drawn = [ids[place - 1] for place in islice(draw_ids(seed, len(ids)), size)]
    return _in_order(session, reach, drawn, without)
