"""Which reminder is due when: a table, and that there are never more than three, in order."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.reminders import Reminded, reminder_due

SEVEN = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
NOT_YET, HALF_WAY, LAST, DUE = Reminded


@pytest.mark.parametrize(
    ("minutes_open", "minutes_gone", "reminded", "expected"),
    [
        (240, 0, NOT_YET, None),
        (240, 119, NOT_YET, None),
        (240, 120, NOT_YET, HALF_WAY),
        (240, 120, HALF_WAY, None),
        (240, 209, HALF_WAY, None),
        (240, 210, HALF_WAY, LAST),
        (240, 210, NOT_YET, LAST),  # the clock was off: one, not two
        (240, 239, LAST, None),
        (240, 240, LAST, DUE),
        (240, 300, NOT_YET, DUE),
        (240, 300, DUE, None),
        (60, 29, NOT_YET, None),
        (60, 30, NOT_YET, LAST),  # half-way is half an hour before: one reminder
        (40, 9, NOT_YET, None),  # not within ten minutes of the sheet
        (40, 10, NOT_YET, LAST),
        (5, 4, NOT_YET, None),
        (5, 5, NOT_YET, DUE),
    ],
)
def test_the_reminder_that_is_due(
    minutes_open: int, minutes_gone: int, reminded: Reminded, expected: Reminded | None
) -> None:
    due_at = SEVEN + timedelta(minutes=minutes_open)
    assert reminder_due(SEVEN, due_at, reminded, SEVEN + timedelta(minutes=minutes_gone)) is expected


@given(st.integers(1, 3000), st.lists(st.integers(0, 4000), max_size=30))
def test_each_is_given_once_and_in_order(minutes_open: int, looks: list[int]) -> None:
    given_so_far = [NOT_YET]
    for minute in sorted(looks):
        found = reminder_due(
            SEVEN, SEVEN + timedelta(minutes=minutes_open), given_so_far[-1], SEVEN + timedelta(minutes=minute)
        )
        if found is not None:
            given_so_far.append(found)
    order = list(Reminded)
    places = [order.index(one) for one in given_so_far]
    assert places == sorted(set(places))
    if looks and max(looks) >= minutes_open:
        assert given_so_far[-1] is DUE
