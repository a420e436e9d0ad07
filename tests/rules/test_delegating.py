"""The words behind `/count delegate`."""

from datetime import date

import pytest

from models.errors import BadInput
from models.rules.delegating import End, HandOver, Who, parse

EVA, BEN = Who("U04EVA", "<@U04EVA|eva>", is_sure=True), Who("U03BEN", "<@U03BEN>", is_sure=True)
FIRST, LAST = date(2026, 12, 1), date(2026, 12, 5)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("<@U04EVA|eva> 2026-12-01 to 2026-12-05", HandOver(None, "", EVA, FIRST, LAST)),
        ("<@U04EVA|eva> 2026-12-01 until 2026-12-05", HandOver(None, "", EVA, FIRST, LAST)),
        ("<@U04EVA|eva> until 2026-12-05", HandOver(None, "", EVA, None, LAST)),
        ("Fleet Parts <@U04EVA|eva> until 2026-12-05", HandOver(None, "Fleet Parts", EVA, None, LAST)),
        ("for <@U03BEN> to <@U04EVA|eva> until 2026-12-05", HandOver(BEN, "", EVA, None, LAST)),
        ("for <@U03BEN> to Tyres <@U04EVA|eva> until 2026-12-05", HandOver(BEN, "Tyres", EVA, None, LAST)),
        ("@Eva Smith until 2026-12-05", HandOver(None, "", Who(None, "Eva Smith"), None, LAST)),
        ("U04EVA 2026-12-01 to 2026-12-05", HandOver(None, "", Who("U04EVA", "U04EVA"), FIRST, LAST)),
        ("end", End(None, None)),
        ("END", End(None, None)),
        ("end <@U04EVA|eva>", End(None, EVA)),
        ("end for <@U03BEN>", End(BEN, None)),
        ("end for @Ben", End(Who(None, "Ben"), None)),
        ("end for <@U03BEN> <@U04EVA|eva>", End(BEN, EVA)),
    ],
)
def test_what_is_meant(text: str, meant: HandOver | End) -> None:
    assert parse(text) == meant


@pytest.mark.parametrize(
    "text",
    [
        "<@U04EVA>",
        "<@U04EVA> 2026-12-01",
        "<@U04EVA> to 2026-12-05",
        "<@U04EVA> until tomorrow",
        "<@U04EVA> until 2026-02-30",
        "<@U04EVA> until 2026-12-05 please",
        "<@U04EVA> <@U03BEN> until 2026-12-05",
        "until 2026-12-05",
        "for <@U03BEN>",
        "ended",
        "world until 2026-12-05",
        "<!channel> until 2026-12-05",
        "x" * 4000,
    ],
)
def test_anything_else_is_refused_with_the_forms(text: str) -> None:
    with pytest.raises(BadInput, match=r"/count delegate @Eva 2026-12-01 to 2026-12-05.*/count delegate end"):
        parse(text)
