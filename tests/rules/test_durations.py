from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import BadInput
from models.rules.durations import LONGEST, SHORTEST, parse_duration


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("4h", timedelta(hours=4)),
        ("90m", timedelta(minutes=90)),
        ("2d", timedelta(days=2)),
        ("1h30m", timedelta(hours=1, minutes=30)),
        (" 1d 4h ", timedelta(days=1, hours=4)),
        ("60s", timedelta(minutes=1)),
        ("1m", timedelta(minutes=1)),
        ("1d2h3m4s", timedelta(days=1, hours=2, minutes=3, seconds=4)),
        ("4H", timedelta(hours=4)),
        ("007m", timedelta(minutes=7)),
        ("366d", timedelta(days=366)),
    ],
)
def test_a_length_of_time_is_read(text: str, length: timedelta) -> None:
    assert parse_duration(text) == length


@pytest.mark.parametrize(
    "text",
    ["", " ", "h", "4 hours", "1.5h", "-4h", "30m1h", "4h4h", "1e3h", "٤h", "4h,30m", "1mo", "2w", "4h!", "4\n"],
)
def test_anything_else_is_refused_with_the_forms(text: str) -> None:
    with pytest.raises(BadInput, match=r"is not a length of time\..* Write it like 4h, 90m, 2d or 1h30m"):
        parse_duration(text)


def test_a_bare_number_is_asked_for_its_unit() -> None:
    with pytest.raises(BadInput, match=r"“4” is not a length of time\. Say which unit it is\."):
        parse_duration("4")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("0m", "“0m” is no time at all. Write at least 1m, like 4h or 90m."),
        ("10s", "“10s” is shorter than a minute. Write at least 1m, like 4h or 90m."),
        ("59s", "“59s” is shorter than a minute."),
        ("367d", "longer than a year"),
    ],
)
def test_lengths_outside_the_bounds_are_refused(text: str, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        parse_duration(text)


@given(st.integers(0, 300), st.integers(0, 99), st.integers(0, 999), st.integers(0, 9999))
def test_the_parts_add_up(days: int, hours: int, minutes: int, seconds: int) -> None:
    length = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    if length >= SHORTEST:
        assert parse_duration(f"{days}d{hours}h{minutes}m{seconds}s") == length


@given(st.text(alphabet="0123456789dhms .-٤x", max_size=12) | st.text(max_size=20))
def test_any_text_is_a_length_within_bounds_or_a_sentence(text: str) -> None:
    try:
        length = parse_duration(text)
    except BadInput:
        return
    assert SHORTEST <= length <= LONGEST


def test_what_is_stored_already_may_be_shorter() -> None:
    assert parse_duration("10s", shortest=timedelta(seconds=1)) == timedelta(seconds=10)
