"""`/count history`: what was counted, page by page, and what is left out for whom."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from bot.views.history import query_value, read_query
from models.errors import BadInput
from models.rules.periods import Period
from models.services import history as histories
from models.services.history import Key, Only, Query
from models.services.lookup import Subject
from tests.bot.test_commands import counted
from tests.bot.workplace import Workplace


def test_history_of_an_item_a_bin_a_team_and_since_a_day(place: Workplace) -> None:
    bolts = counted(place)
    fuses = place.world.stock("FUSE-15", "B-01", 50)
    place.world.count(place.world.line(fuses), "fay", 50)
    bolts_line = place.line(bolts)  # the fuses' session opened it again: Ana is blind until it is counted
    place.world.count(bolts_line, "ana", 90)
    text = place.count("ana", "history BOLT-10")
    assert text.split("\n")[0] == "BOLT-10 Bolt-10 · 4 counts · 2 right at the first count"
    assert "FUSE-15" not in text
    assert "BOLT-10 A-01-03" in place.count("ana", "history a-01-03")
    assert "FUSE-15 B-01" in place.count("ana", "history Fleet Parts")
    assert "FUSE-15 B-01" in place.count("ana", "history")
    assert place.count("ana", "history until 2026-11-01") == "All counts · no counts"
    assert "since 1 Nov" in place.count("ana", "history BOLT-10 since 2026-11-01").split("\n")[0]
    assert place.count("ana", "history B-01 since 2026-11-23").split("\n")[0].startswith("B-01 · ")


def test_history_pages_are_turned_in_place_and_stay_put_while_counts_come_in(place: Workplace) -> None:
    bolts = place.world.stock("BOLT-10", "A-01-03", 0)
    for number in range(1, 26):
        place.world.receive(bolts, 1)
        place.world.count(place.world.line(bolts), "ana", number)

    def page() -> list[str]:
        text = place.read(place.ana.ephemerals()[-1], "ana").split("\n")
        return [line.split("·")[1].strip().split(" → ")[1] for line in text if "→" in line]

    place.count("ana", "history BOLT-10")
    newest = len(place.ana.ephemerals())
    assert page() == [f"{number} pcs" for number in range(25, 15, -1)]
    place.world.receive(bolts, 1)
    place.world.count(place.world.line(bolts), "ana", 26)
    place.now()
    place.ana.click_ephemeral(text="Next")
    assert page() == [f"{number} pcs" for number in range(15, 5, -1)]
    place.ana.click_ephemeral(text="Next")
    assert page() == [f"{number} pcs" for number in range(5, 0, -1)]
    with pytest.raises(LookupError):
        place.ana.click_ephemeral(text="Next")
    place.ana.click_ephemeral(text="Previous")
    place.ana.click_ephemeral(text="Previous")
    assert page() == [f"{number} pcs" for number in range(25, 15, -1)]
    assert len(place.ana.ephemerals()) == newest


def test_a_page_that_cannot_be_turned_any_more_says_so(place: Workplace) -> None:
    bolts = place.world.stock("BOLT-10", "A-01-03", 0)
    for _ in range(11):
        place.world.count(place.world.line(bolts), "ana", 0)
    place.count("ana", "history")
    place.ws.faults.on(method="response_url", action="500")
    assert place.ana.click_ephemeral(text="Next").ok
    assert place.told("ana") == "This page cannot be turned any more. Type “/count history” again."


def test_a_line_that_is_open_shows_no_number_to_anybody_in_history(place: Workplace) -> None:
    bolts = place.world.stock("BOLT-10", "A-01-03", 100)
    line = place.world.line(bolts)
    place.world.count(line, "ana", 77)
    assert "77" not in place.count("kim", "history")
    assert "Ana · recount asked" in place.count("kim", "history")
    place.world.count(line, "dan", 77)
    assert "Ana, Dan · waits for a decision" in place.count("kim", "history BOLT-10")
    assert "77" not in place.count("kim", "history BOLT-10")


def test_a_history_button_with_another_value_shows_nothing_hidden(place: Workplace) -> None:
    counted(place)
    place.world.start()
    with place.database.read() as session:
        page = histories.history(
            session, place.world.person("ana"), Query(Subject(item_id=1), older_than=Key(place.world.now, 10**9))
        )
    assert page.rows == ()
    assert page.hidden == ("BOLT-10",)


def test_a_late_movement_does_not_rewrite_what_history_says_was_found(place: Workplace) -> None:
    bolts = place.world.stock("BOLT-10", "A-01-03", 100)
    line = place.world.line(bolts)
    before = place.world.now - timedelta(minutes=5)
    place.world.count(line, "ana", 90)
    place.world.count(line, "dan", 90)
    place.world.approve(line, "ben")
    place.world.issue(bolts, 10, occurred_at=before)
    assert place.world.proposal(line).variance == Decimal(10)
    place.world.approve(line, "ben")
    said = "100 → 90 pcs · -10 · -10.00 EUR · later +10, 0 posted in all · Ana, Dan · approved, Ben"
    assert said in place.count("kim", "history BOLT-10")
    assert said in place.count("kim", "item BOLT-10")
    assert place.world.problems() == []


def test_what_was_posted_in_all_is_said_whatever_the_second_decision_was(place: Workplace) -> None:
    bolts = place.world.stock("BOLT-10", "A-01-03", 100)
    line = place.world.line(bolts)
    before = place.world.now - timedelta(minutes=5)
    place.world.count(line, "ana", 90)
    place.world.count(line, "dan", 90)
    place.world.reject(line, "ben")
    assert "posted" not in place.count("kim", "history BOLT-10")
    place.world.issue(bolts, 4, occurred_at=before)
    place.world.approve(line, "ben")
    assert "-10.00 EUR · later -6, -6 posted in all" in place.count("kim", "history BOLT-10")
    place.world.issue(bolts, 1, occurred_at=before)
    assert "posted" not in place.count("kim", "history BOLT-10"), "open again, so its numbers are hidden"
    place.world.reject(line, "ben")
    assert "-10.00 EUR · later -6, -6 posted in all" in place.count("kim", "history BOLT-10")


def test_a_later_decision_that_posts_nothing_leaves_what_was_posted_to_be_seen(place: Workplace) -> None:
    bolts = place.world.stock("BOLT-10", "A-01-03", 100)
    line = place.world.line(bolts)
    before = place.world.now - timedelta(minutes=5)
    place.world.count(line, "ana", 90)
    place.world.count(line, "dan", 90)
    place.world.approve(line, "ben")
    place.world.issue(bolts, 4, occurred_at=before)
    place.world.reject(line, "ben")
    text = place.count("kim", "history BOLT-10")
    assert "-10.00 EUR · -10 posted in all · Ana, Dan · rejected, Ben" in text
    assert "later" not in text


def test_without_any_count_history_says_so_at_once(place: Workplace) -> None:
    place.world.stock("BOLT-10", "A-01-03", 100)
    assert place.count("kim", "history") == "No counts yet"
    assert place.count("kim", "history BOLT-10") == "BOLT-10 Bolt-10 · no counts yet"


def test_history_of_a_plan_a_person_and_a_period(place: Workplace) -> None:
    counted(place)
    place.now()
    assert place.count("kim", "history Daily parts").split("\n")[0] == (
        "Daily parts · 3 counts · 1 right at the first count"
    )
    by_dan = place.count("kim", "history @Dan this month").split("\n")
    assert by_dan[0] == "Dan · 1 count in Nov 2026"
    assert [row for row in by_dan if "Ana, Dan · approved, Ben" in row] == by_dan[1:2]
    assert place.count("kim", "history BOLT-10 A-01-03 @ana today").split("\n")[0] == (
        "BOLT-10 Bolt-10 · A-01-03 · Ana · 3 counts on 23 Nov"
    )
    assert place.count("kim", "history last week") == "All counts · no counts"


def test_only_variances_and_only_adjusted_by_command_and_by_button(place: Workplace) -> None:
    counted(place)
    place.now()
    said = place.count("kim", "history BOLT-10 only variances")
    assert said.split("\n")[0] == "BOLT-10 Bolt-10 · 2 counts with a variance"
    assert said.split("\n")[-1] == "[ All counts ] [ Export ]"
    assert place.count("kim", "history only adjusted").split("\n")[0] == "All counts · 2 counts adjusted"
    assert place.count("kim", "history BOLT-10 since monday").split("\n")[-1] == "[ Only variances ] [ Export ]"
    place.kim.click_ephemeral(text="Only variances")
    shown = place.read(place.kim.ephemerals()[-1], "kim")
    assert shown.split("\n")[0] == "BOLT-10 Bolt-10 · 2 counts with a variance since 23 Nov"
    assert len([row for row in shown.split("\n") if "→" in row]) == 2
    place.kim.click_ephemeral(text="All counts")
    assert (
        place.read(place.kim.ephemerals()[-1], "kim")
        .split("\n")[0]
        .endswith("3 counts since 23 Nov · 1 right at the first count")
    )


def test_export_is_for_those_who_may_have_it(place: Workplace) -> None:
    counted(place)
    place.now()
    assert "Export" not in place.count("ana", "history BOLT-10")
    place.count("ben", "history BOLT-10 since monday")
    place.ben.click_ephemeral(text="Export")
    assert place.told("ben") == "It comes in our direct messages, in a moment."


def test_a_line_that_is_open_is_no_variance_yet(place: Workplace) -> None:
    bolts = place.world.stock("BOLT-10", "A-01-03", 100)
    line = place.world.line(bolts)
    place.world.count(line, "ana", 77)
    place.now()
    assert place.count("kim", "history only variances") == "All counts · no counts with a variance\n[ All counts ]"
    place.world.count(line, "dan", 77)
    place.now()
    assert "Bolt" not in place.count("kim", "history only variances")


@pytest.mark.parametrize(
    "value",
    ["", "[]", "{", '{"i": "1"}', '{"i": true}', '{"v": "all"}', '{"o": 1}', '{"o": [1]}', '{"o": ["a", 1]}',
     '{"f": 0}', '{"e": 99999999}', '{"o": [99999999999999999999, 1]}', '{"n": [true, 1]}'],
)  # fmt: skip
def test_a_value_that_is_no_query_of_ours_is_refused(value: str) -> None:
    with pytest.raises(BadInput):
        read_query(value)


def test_a_query_survives_its_button() -> None:
    key = Key(datetime(2026, 11, 23, 7, 0, 1, 123456, tzinfo=UTC), 2**40)
    for query in (
        Query(),
        Query(Subject(1, 2, 3, 4, 5), Period(date(2026, 9, 1), date(2026, 9, 30)), Only.ADJUSTED, older_than=key),
        Query(Subject(member_id=5), Period(None, date(2026, 9, 30)), Only.VARIANCES, newer_than=key),
    ):
        assert read_query(query_value(query)) == query
        assert len(query_value(query)) < 2000
