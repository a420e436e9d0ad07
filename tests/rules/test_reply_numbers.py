"""Replies about items with packs: whatever is written, and whatever was asked before."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import example, given
from hypothesis import strategies as st

from models.rules import reply_numbers
from models.rules.quantities_meaning import Counted, Done, Part
from models.rules.quantities_units import Pack
from models.rules.replies import SheetLine, understand

PACKS = (Pack("box", Decimal(50)), Pack("case", Decimal(600)))
LINE = SheetLine(1, "BOLT-10", "Bolt", "A-01-03", "pcs", countable=True, packs=PACKS)
OTHER = SheetLine(2, "NUT", "Hex nut", "A-01-04", "pcs", countable=True, packs=(Pack("bag", Decimal(10)),))
HOSE = SheetLine(3, "HOSE", "Coolant hose", "B 1", "m", countable=True)
PIECES = st.sampled_from(
    [
        *(
            "BOLT-10",
            "NUT",
            "HOSE",
            "A-01-03",
            "12",
            "3",
            "1,234",
            "1.5",
            "boxes",
            "bag",
            "pcs",
            "m",
            "+",
            "x",
            "=",
            "\n",
        ),
        *("done", "more to come", "blocked", "in use", "½", "\t", "\u202f", "-", "thanks", ":", ","),
    ]
)
ASKED = st.sampled_from(["", "12", "+12", "3", "1.5"])


@given(st.lists(PIECES, max_size=8).map(" ".join) | st.text(max_size=40), ASKED, ASKED, st.sets(st.integers(1, 3)))
@example("more to come", "12", "", {1, 2, 3})
def test_whatever_is_written_a_line_gets_one_answer_or_a_question(
    text: str, asked: str, asked_other: str, open_ids: set[int]
) -> None:
    lines = (replace(LINE, asked=asked), replace(OTHER, asked=asked_other), HOSE)
    sheet = {line.line_id: replace(line, countable=line.line_id in open_ids) for line in lines}
    found = understand(text, tuple(sheet.values()))
    ids = [*(count.line_id for count in found.counts), *(question.line_id for question in found.asked)]
    ids += [skip.line.line_id for skip in found.skips]
    assert len(ids) == len(set(ids))
    for count in found.counts:
        assert isinstance(count.given, Counted | Part | Done)
        if not isinstance(count.given, Done) and count.line_id != HOSE.line_id:
            assert count.given.quantity == count.given.quantity.to_integral_value()
    for question in found.asked:
        assert question.number.removeprefix("+") != sheet[question.line_id].asked.removeprefix("+")
        assert " what? " in question.sentence


def test_a_pasted_page_is_not_tried_with_every_item_of_a_long_sheet() -> None:
    sheet = [
        SheetLine(n, f"PART-{n}", "", f"A-{n}", "pcs", countable=True, packs=(Pack("box", Decimal(n + 2)),))
        for n in range(60)
    ]
    before = reply_numbers._given.cache_info().misses
    found = understand("\n".join(f"row {n} of a table with 12 columns" for n in range(500)), sheet)
    assert found.counts == ()
    assert reply_numbers._given.cache_info().misses - before < 60 * 20
