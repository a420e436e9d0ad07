"""The list of what could not be counted, as approvers read it."""

from dataclasses import replace
from zoneinfo import ZoneInfo

from bot.gateway import check_message
from bot.views.skip_list import SHOWN, skip_list
from models.rules.skips import CLOSED
from models.services.photos import PhotoFacts
from models.services.skip_lists import SkipList, SkippedLine
from tests.bot.outbound import shown
from tests.conftest import NOW


def line(number: int, who: str | None = "Ana") -> SkippedLine:
    reason = "not counted by the due time" if who is None else "in use"
    return SkippedLine(f"A-{number:02}", f"Bolt M{number}", f"BOLT-{number}", reason, who)


FACTS = SkipList("Daily <parts>", ZoneInfo("UTC"), (line(1), line(2, "Dan")), is_open=False, unnamed=())


def read(facts: SkipList) -> str:
    message = skip_list(facts)
    check_message(message)
    return shown(message, NOW)


def test_each_skip_is_a_line() -> None:
    assert read(FACTS) == (
        "Daily <parts>: 2 lines could not be counted and come back with a later count.\n"
        "A-01  Bolt M1 · BOLT-1 — in use (Ana)\n"
        "A-02  Bolt M2 · BOLT-2 — in use (Dan)"
    )


def test_a_skip_with_photos_links_them() -> None:
    photo = PhotoFacts("Ana", NOW, "https://slack/files/F1", is_deleted=False)
    facts = replace(FACTS, lines=(replace(line(1), photos=(photo, replace(photo, is_deleted=True))), line(2, "Dan")))
    assert read(facts).split("\n")[1:] == [
        f"A-01  Bolt M1 · BOLT-1 — in use (Ana) · Photos: Ana {NOW:%H:%M} · Ana {NOW:%H:%M} (photo deleted)",
        "A-02  Bolt M2 · BOLT-2 — in use (Dan)",
    ]
    assert "https://slack/files/F1" in str(skip_list(facts))


def test_of_very_many_the_first_are_shown() -> None:
    said = [line(number) for number in range(1, SHOWN + 4)]
    expired = [line(number, None) for number in range(50, 50 + SHOWN + 2)]
    rows = read(replace(FACTS, lines=(*said, *expired))).split("\n")
    assert len(rows) == SHOWN + 3
    assert rows[-2] == "… 3 more"
    assert rows[-1].startswith("Not counted by the due time: A-50, A-51,")
    assert rows[-1].endswith(" and 2 more.")


def test_bins_that_were_closed_are_named_with_who_closed_them() -> None:
    closed = [replace(line(number, "Eva <3"), reason=CLOSED) for number in (7, 8, 8)]
    assert read(replace(FACTS, lines=(*FACTS.lines, *closed, line(9, None)))).split("\n")[3:] == [
        "Closed without a count by Eva <3: A-07 and A-08.",
        "Not counted by the due time: A-09.",
    ]


def test_a_session_that_is_open_or_has_no_skips_has_nothing_worth_posting() -> None:
    assert FACTS.is_worth_posting
    assert not replace(FACTS, is_open=True).is_worth_posting
    assert not replace(FACTS, lines=(line(1, None),)).is_worth_posting
    assert not replace(FACTS, lines=(replace(line(1), reason=CLOSED),)).is_worth_posting
    assert read(replace(FACTS, lines=())) == ("Daily <parts>: everything that could not be counted was counted since.")
