"""Earlier counts that came from a file: records without a line, shown and rated like others, and marked."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from models.records import CountRecord, RecordSource
from models.rules.lines import LineState
from models.services import accuracy_facts, history, records
from models.services.history import Query
from models.services.history_words import Asked
from models.services.lookup import Subject
from scheduler.folding import fold
from tests.world import World


@pytest.fixture
def imported(world: World) -> World:
    """One earlier count of bolts, two short of 100 at 2 EUR, by somebody who is no member."""
    bolts = world.stock("BOLT-10", "A-01", 98, unit_cost=2, abc_class="A")
    at = world.now - timedelta(days=3)
    with world.database.write() as session:
        session.add(
            CountRecord(
                source=RecordSource.IMPORT, counter="J. Doe", counted_at=at, day=at.date(), item_id=bolts.item_id,
                location_id=bolts.location_id, abc_class="A", state=LineState.RECONCILED, is_rated=True,
                first_expected=Decimal(100), first_counted=Decimal(98), hit=False, exact=False, last_at=at,
                expected=Decimal(100), counted=Decimal(98), variance=Decimal(-2), variance_value=Decimal(-4),
                net_value=Decimal(-4), book_value=Decimal(200), has_variance=True, is_adjusted=False,
            )
        )  # fmt: skip
        records.note_days(session, [at.date()])
    return world


def test_it_is_shown_with_its_counter_and_rated(imported: World) -> None:
    kim = imported.person("kim")
    for _ in range(2):
        with imported.database.read() as session:
            page = history.history(session, kim, Query(Subject(item_id=1)))
            found = accuracy_facts.accuracy_facts(session, kim, Asked(), imported.now)
        (row,) = page.rows
        assert (row.counters, row.is_imported, row.variance, row.settled) == (("J. Doe",), True, -2, None)
        assert (page.counts, page.right_at_first) == (1, 0)
        assert (found.chosen.lines, found.chosen.net_value, found.by_team[0].name) == (1, -4, "no team")
        assert [(one.cause, one.gross_value) for one in found.causes] == [("", 4)]
        assert fold(imported.database, imported.now) in ((date(2026, 11, 20),), ())


def test_it_goes_with_counts_of_lines_in_the_order_of_time(imported: World) -> None:
    line = imported.line(imported.stock("NUT-10", "A-02", 5))
    imported.count(line, "ana", 5)
    with imported.database.read() as session:
        rows = history.history(session, imported.person("kim"), Query()).rows
    assert [row.sku for row in rows] == ["NUT-10", "BOLT-10"]
