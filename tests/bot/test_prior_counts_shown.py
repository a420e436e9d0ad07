"""Counts that were made before, as history and accuracy show them."""

from pathlib import Path

from models.services import record_sums
from models.services.record_sums import Scope
from tests.bot.workplace import Workplace
from tests.services.test_prior_counts import brought_in

ROWS = (
    "BOLT-10,A-01,97,100,2026-03-02T08:00,Old <!channel> Ben,yes",
    "BOLT-10,A-01,97,,2026-04-02T08:00,,yes",
    "BOLT-10,A-01,0,,2026-05-02T08:00,Ana,",
)


def test_history_says_that_they_are_imported_and_what_is_not_known(place: Workplace, tmp_path: Path) -> None:
    place.world.stock("BOLT-10", "A-01", 100)
    brought_in(place.world, tmp_path, *ROWS)
    newest, second, oldest = place.count("kim", "history BOLT-10").split("\n")[1:4]
    assert newest.endswith("A-01 · 0 pcs, expected not known · Ana · imported")
    assert second.endswith("A-01 · 97 pcs, expected not known · imported")
    assert oldest.endswith("A-01 · 100 → 97 pcs · -3 · -3.00 EUR · Old <!channel> Ben · imported")
    assert "→" in place.count("kim", "history BOLT-10 only variances")
    assert "not known" not in place.count("kim", "history BOLT-10 only variances")


def test_accuracy_counts_only_what_was_blind_and_expected(place: Workplace, tmp_path: Path) -> None:
    place.world.stock("BOLT-10", "A-01", 100)
    brought_in(place.world, tmp_path, *ROWS)
    with place.database.read() as session:
        sums = record_sums.read(session, Scope(), None, None)[()]
    assert (sums.counts, sums.variances, sums.lines, sums.hits, sums.net_value, sums.unknown_cost) == (
        3,
        1,
        1,
        0,
        -3,
        0,
    )


def test_who_counts_the_item_sees_none_of_it(place: Workplace, tmp_path: Path) -> None:
    bolts = place.world.stock("BOLT-10", "A-01", 100)
    brought_in(place.world, tmp_path, *ROWS)
    place.world.line(bolts)
    said = place.count("ana", "history")
    assert "97" not in said
    assert "BOLT-10" in said
