"""Replies that tell of something found: which words they hold, and how much of it there is."""

from decimal import Decimal

import pytest

from models.errors import BadQuantity
from models.rules.finds import MOST_WORDS, read_find
from models.rules.quantities_asked import certain_quantity
from models.rules.quantities_units import Measure, Pack

BOXES = Measure("pcs", (Pack("box", Decimal(50)),))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("found BOLT-10 A-01 4", "BOLT-10 A-01 4"),
        ("I found BOLT-10 in A-01: 4 pcs", "BOLT-10 in A-01 4 pcs"),
        ("Found: BOLT-10, A-01, 1,234", "BOLT-10 A-01 1,234"),
        ("found BOLT-10 A-01 +4", "BOLT-10 A-01 +4"),
        ("found BOLT-10 A-01 −4", "BOLT-10 A-01 −4"),  # noqa: RUF001 - a minus sign
    ],
)
def test_the_words_of_a_find(text: str, words: str) -> None:
    find = read_find(text)
    assert find is not None
    assert (" ".join(find.words), find.typed) == (words, text)


@pytest.mark.parametrize(
    "text", ["found the key!", "found 4", "founded 2 clubs", "BOLT-10 4", "found " + "x 1 " * MOST_WORDS]
)
def test_what_tells_of_no_find(text: str) -> None:
    assert read_find(text) is None


def test_a_quantity_is_certain_or_refused() -> None:
    assert certain_quantity("2 boxes + 3", BOXES, begin="").quantity == 103
    assert certain_quantity("12", Measure("pcs"), begin="").quantity == 12
    assert certain_quantity("0", BOXES, begin="").quantity == 0
    for text in ("+12", "+2 boxes", "done"):
        with pytest.raises(BadQuantity, match="Write the whole quantity, as one number"):
            certain_quantity(text, BOXES, begin="")


@pytest.mark.parametrize(
    ("measure", "answers"),
    [
        (BOXES, ["12 pcs", "12 boxes"]),
        (Measure("5 m roll", (Pack("box", Decimal(50)),)), ["12 boxes", "1x12"]),  # a unit that no text can name
    ],
)
def test_every_answer_that_the_question_offers_is_understood(measure: Measure, answers: list[str]) -> None:
    with pytest.raises(BadQuantity) as refused:
        certain_quantity("12", measure, begin="found X A-01")
    offered = " or ".join(f"“found X A-01 {answer}”" for answer in answers)
    assert str(refused.value).endswith(f"Write {offered}.")
    assert {certain_quantity(answer, measure, begin="").quantity for answer in answers} == {12, 600}
