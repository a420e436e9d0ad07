"""Replies that say that a line cannot be counted."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest

from models.errors import BadInput
from models.rules.quantities_units import Pack
from models.rules.references import SheetLine
from models.rules.replies import understand
from models.rules.skips import LONGEST_NOTE, SkipReason, skip_text, spoken_reason
from tests.rules.test_replies import SHEET, line

TWO_IN_A_BIN = (line(1, "BOLT-10", "A-01-03"), line(2, "NUT-10", "A-01-03"), line(3, "DOCK-1", "B-01"))
BOXED = replace(line(1, "BOLT-10", "A-01-03"), packs=(Pack("box", Decimal(50)),))


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("blocked", "blocked"),
        ("Can\u2019t reach it.", "blocked"),
        ("blocked by a pallet", "blocked: by a pallet"),
        ("missing", "bin missing"),
        ("unsafe", "unsafe to reach"),
        ("in use", "in use"),
        ("behind a  pallet", "behind a pallet"),
        ("other", ""),
        ("can't count", ""),
        ("", ""),
        ("x" * 200, "x" * (LONGEST_NOTE - 1) + "…"),
    ],
)
def test_what_is_kept_of_a_reason_in_own_words(text: str, kept: str) -> None:
    assert spoken_reason(text) == kept


@pytest.mark.parametrize(
    ("text", "skips"),
    [
        ("BOLT-10 blocked", {1: "blocked"}),
        ("bolt-10: Blocked.", {1: "blocked"}),
        ("A-01-03 can't reach", {1: "blocked"}),
        ("A-01-03 can\u2019t reach it", {1: "blocked"}),
        ("A-01-03 is blocked by a pallet", {1: "blocked: by a pallet"}),
        ("A-01-03 blocked by 2 pallets", {1: "blocked: by 2 pallets"}),
        ("A-01-03 BOLT-10 blocked - forklift", {1: "blocked: forklift"}),
        ("A-01-03 blocked (forklift)", {1: "blocked: forklift"}),
        ("A-01-03 unsafe", {1: "unsafe to reach"}),
        ("A-01-03 unsafe to reach", {1: "unsafe to reach"}),
        ("A-01-03 not safe", {1: "unsafe to reach"}),
        ("A-01-03 bin missing", {1: "bin missing"}),
        ("A-01-03: no bin", {1: "bin missing"}),
        ("A-01-03 in use", {1: "in use"}),
        ("A-01-03 being used because of a repair", {1: "in use: because of a repair"}),
        ("A-01-03 skip: wasps", {1: "wasps"}),
        ("A-01-03 can't count, wasps", {1: "wasps"}),
        ("can't reach A-01-03", {1: "blocked"}),
        ("blocked: A-01-04", {2: "blocked"}),
        ("- *A-01-03* blocked", {1: "blocked"}),
        ("A-01-03 blocked\nA-01-04 in use", {1: "blocked", 2: "in use"}),
        ("FUSE-15 A-01-05 blocked", {3: "blocked"}),
    ],
)
def test_what_is_a_skip(text: str, skips: dict[int, str]) -> None:
    found = understand(text, SHEET)
    assert found.questions == ()
    assert found.counts == ()
    assert {skip.line.line_id: skip.reason for skip in found.skips} == skips


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("A-01-03 blocked?", "Can't BOLT-10 (A-01-03) be counted? Send “A-01-03 BOLT-10 blocked” if so."),
        ("A-01-03 may be in use", "Can't BOLT-10 (A-01-03) be counted? Send “A-01-03 BOLT-10 in use” if so."),
        ("A-01-03 looks unsafe", "Can't BOLT-10 (A-01-03) be counted? Send “A-01-03 BOLT-10 unsafe to reach” if so."),
        ("A-01-03 skip", "Why can't BOLT-10 (A-01-03) be counted? Send “A-01-03 BOLT-10 blocked”, or what it is."),
        (
            "A-01-03 missing",
            "Is the bin missing? Send “A-01-03 bin missing” then, or send “BOLT-10 (A-01-03) 0” if nothing is in it.",
        ),
        (
            "FUSE-15 blocked",
            "Which one can't be counted: FUSE-15 (A-01-05) or FUSE-15 (B-02-01)? Write bin and SKU, and why.",
        ),
        ("A-01-03 not blocked any more", "I found no number for BOLT-10 (A-01-03). Write BOLT-10 and the quantity."),
    ],
)
def test_what_may_be_a_skip_is_asked_about(text: str, question: str) -> None:
    found = understand(text, SHEET)
    assert (found.skips, found.counts) == ((), ())
    assert found.questions == (question,)


@pytest.mark.parametrize("text", ["blocked", "can't reach it, sorry", "the gate is in use", "skip lunch?"])
def test_talk_is_talk(text: str) -> None:
    found = understand(text, SHEET)
    assert (found.skips, found.counts, found.questions) == ((), (), ())


@pytest.mark.parametrize("text", ["A-01-03 42", "BOLT-10 42 pcs", "A-01-03: 0"])
def test_a_count_stays_a_count(text: str) -> None:
    found = understand(text, SHEET)
    assert (found.skips, len(found.counts)) == ((), 1)


def test_every_sentence_that_is_offered_is_understood() -> None:
    for reason in SkipReason:
        if reason is not SkipReason.OTHER:
            (skip,) = understand(f"A-01-03 BOLT-10 {reason}", SHEET).skips
            assert skip.reason == reason
    assert [count.quantity for count in understand("BOLT-10 (A-01-03) 0", SHEET).counts] == [0]
    (skip,) = understand("A-01-03 bin missing", SHEET).skips
    assert skip.reason == SkipReason.MISSING


def test_a_line_that_is_counted_and_skipped_in_one_message_is_neither() -> None:
    found = understand("A-01-03 42\nBOLT-10 blocked\nA-01-04 3", SHEET)
    assert [count.line_id for count in found.counts] == [2]
    assert found.skips == ()
    assert found.questions == (
        "BOLT-10 (A-01-03) comes more than once in this message. Write it once, with one number.",
    )


def test_a_number_that_would_be_asked_about_is_not_when_its_line_is_skipped_too() -> None:
    found = understand("BOLT-10 12\nA-01-03 blocked", (BOXED,))
    assert (found.counts, found.asked, found.skips) == ((), (), ())
    assert found.questions == (
        "BOLT-10 (A-01-03) comes more than once in this message. Write it once, with one number.",
    )


def test_what_answers_a_question_skips_nothing() -> None:
    found = understand("boxes", (replace(BOXED, asked="12"),))
    assert [count.quantity for count in found.counts] == [600]
    found = understand("A-01-03 blocked", (replace(BOXED, asked="12"),))
    assert (found.counts, [skip.reason for skip in found.skips]) == ((), ["blocked"])


def test_of_a_bin_it_is_said_of_all_that_is_left_to_count_in_it() -> None:
    def skipped(text: str, lines: Sequence[SheetLine]) -> list[int]:
        found = understand(text, lines)
        assert found.questions == ()
        return [skip.line.line_id for skip in found.skips]

    assert skipped("A-01-03 blocked", TWO_IN_A_BIN) == [1, 2]
    assert skipped("can't reach A-01-03", TWO_IN_A_BIN) == [1, 2]
    assert skipped("A-01-03 NUT-10 blocked", TWO_IN_A_BIN) == [2]
    counted = (replace(TWO_IN_A_BIN[0], countable=False), *TWO_IN_A_BIN[1:])
    assert skipped("A-01-03 blocked", counted) == [2]
    assert skipped("A-01-03 blocked", [replace(line, countable=False) for line in counted]) == [1, 2]


def test_what_is_kept_of_a_reason() -> None:
    assert skip_text(SkipReason.IN_USE, "  by\n Eva ") == "in use: by Eva"
    assert skip_text(SkipReason.OTHER, "wasps") == "wasps"
    assert len(skip_text(SkipReason.OTHER, "x" * 500)) == LONGEST_NOTE
    with pytest.raises(BadInput, match="Say why"):
        skip_text(SkipReason.OTHER, " ")
