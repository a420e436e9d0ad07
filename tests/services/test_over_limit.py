"""The sentence that somebody is over their limit: its two amounts never look the same."""

from decimal import Decimal

import pytest

from models.services.authority import OverLimit

ONE_LINE = {
    ("-3596", "500"): "-3,596.00 EUR is over your limit of 500.00 EUR.",
    ("-500.004", "500"): "-500.004 EUR is over your limit of 500.00 EUR.",
    ("500.0049", "500"): "500.0049 EUR is over your limit of 500.00 EUR.",
    ("500.006", "500"): "500.01 EUR is over your limit of 500.00 EUR.",
    ("500", "499.999"): "500.00 EUR is over your limit of 499.999 EUR.",
    ("1234.5601", "1234.56"): "1,234.5601 EUR is over your limit of 1,234.56 EUR.",
}


@pytest.mark.parametrize(("value", "limit"), ONE_LINE)
def test_of_one_line(value: str, limit: str) -> None:
    assert OverLimit(Decimal(value), Decimal(limit)).sentence("EUR") == ONE_LINE[value, limit]


def test_of_a_session() -> None:
    over = OverLimit(Decimal("-0.004"), Decimal(50), of_session=True, total=Decimal("50.003"))
    assert over.sentence("EUR") == "With 0.00 EUR you post 50.003 EUR, over your limit of 50.00 EUR a session."
