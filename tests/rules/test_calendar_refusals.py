import pytest

from models.errors import BadInput
from models.rules.calendars import LONGEST, canonical


def refused(key: str, text: str) -> str:
    with pytest.raises(BadInput) as refusal:
        canonical(key, text)
    return str(refusal.value)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Germny", "“Germny” is not a country whose holidays are known; did you mean DE (Germany)?"),
        (
            "XX",
            (
                "“XX” is not a country whose holidays are known; write a country by its two letters, like DE or US, or "
                "with its region, like DE-BE."
            ),
        ),
        ("Bavaria", "“Bavaria” is not a country whose holidays are known; did you mean DE-BY?"),
        ("Bayrn", "“Bayrn” is not a country whose holidays are known; did you mean DE-BY?"),
        (
            "Nowhere",
            (
                "“Nowhere” is not a country whose holidays are known; write a country by its two letters, like DE or "
                "US, or with its region, like DE-BE."
            ),
        ),
        ("Berlin", "“Berlin” is not a country whose holidays are known; did you mean DE-BE?"),
        (
            "santa cruz",
            ("“santa cruz” is not a country whose holidays are known; did you mean AR-Z, BO-S or CV-CR?"),
        ),
        ("DE-Bayrn", "“DE-Bayrn” names no region whose holidays are known; did you mean DE-BY?"),
        ("NL-XX", "“NL-XX” names no region whose holidays are known; after NL- write one of Midden, Noord, Zuid."),
        ("MC-XX", "“MC-XX” names no region whose holidays are known; none are known of MC; write MC alone."),
        (
            "DE, FR",
            (
                "“DE, FR” names more than one place; write a country by its two letters, like DE or US, or with its "
                "region, like DE-BE."
            ),
        ),
    ],
)
def test_an_unknown_place_is_refused_with_the_nearest(text: str, sentence: str) -> None:
    assert refused("holidays", text) == sentence


@pytest.mark.parametrize(
    ("key", "text", "sentence"),
    [
        ("working_days", "mon-fry", "“fry” is not a day of the week; did you mean fri?"),
        ("working_days", "alle", "“alle” is not a day of the week; write days like mon-fri or mon,tue,sat."),
        (
            "shutdowns",
            "2027-01-01..2026-12-24",
            "“2027-01-01..2026-12-24” ends before it begins; write the earlier day first: 2026-12-24..2027-01-01.",
        ),
        (
            "shutdowns",
            "2026-12-24..2027-02-30",
            (
                "“2027-02-30” is not a date; write year, month and day, like 2026-12-24, and two of them for a "
                "shutdown of more than a day, like 2026-12-24..2027-01-01."
            ),
        ),
        (
            "quiet",
            "lunch",
            (
                "“lunch” is not a quiet window; write it like “11:30-13:00”, “fri 15:00-24:00”, “last working day of "
                "the month”."
            ),
        ),
        (
            "quiet",
            "11:30-13:00 14:00-15:00",
            (
                "“11:30-13:00 14:00-15:00” is not a quiet window; write it like “11:30-13:00”, “fri 15:00-24:00”, "
                "“last working day of the month”."
            ),
        ),
        (
            "quiet",
            "11:30-13:00, fri",
            "“fri” names no hours; write them after the day, like “fri 00:00-24:00” for all of it.",
        ),
        (
            "quiet",
            "last day of the month",
            "“last day of the month” is not a quiet window; did you mean “last working day of the month”?",
        ),
        ("quiet", "fry 11:30-13:00", "“fry” is not a day of the week; did you mean fri?"),
        ("quiet", "11:30-24:01", "“24:01” is not a time of day; write hours and minutes, like 11:30 or 24:00."),
        ("quiet", "11:60-13:00", "“11:60” is not a time of day; write hours and minutes, like 11:30 or 24:00."),
        ("quiet", "22:00-06:00", "“22:00-06:00” passes midnight; write it as two: “22:00-24:00” and “00:00-06:00”."),
        (
            "quiet",
            "sat,sun 22:00-06:00",
            "“sat,sun 22:00-06:00” passes midnight; write it as two: “sat,sun 22:00-24:00” and “mon,sun 00:00-06:00”.",
        ),
        (
            "quiet",
            "fri 15:00-00:00",
            "“fri 15:00-00:00” ends before it begins; write 24:00 for the end of the day: “fri 15:00-24:00”.",
        ),
        (
            "quiet",
            "11:30-11:30",
            "“11:30-11:30” is no time at all; write an end after the beginning, like 11:30-13:00.",
        ),
        (
            "quiet",
            "last working day of the month 22:00-06:00",
            (
                "“last working day of the month 22:00-06:00” ends before it begins; write an end on the same day, "
                "24:00 at the latest."
            ),
        ),
    ],
)
def test_a_refusal_says_what_to_write(key: str, text: str, sentence: str) -> None:
    assert refused(key, text) == sentence


@pytest.mark.parametrize("key", ["shutdowns", "quiet"])
def test_a_part_that_is_longer_than_its_column_is_refused(key: str) -> None:
    one = "2026-12-24" if key == "shutdowns" else "11:30-13:00"
    fits = ";".join([one] * 80)
    assert len(fits) < LONGEST
    assert canonical(key, fits) == one
    assert "characters, and 1000 fit; leave out what is past" in refused(key, ";".join([one] * 100))


def test_a_text_that_only_fits_as_it_was_typed_is_refused_as_well() -> None:
    typed = ",".join(f"mon,wed {hour}:0{minute}-24:00" for hour in range(1, 8) for minute in range(9))[:LONGEST]
    typed = typed[: typed.rindex(",mon")]
    assert len(canonical("quiet", typed[: len(typed) // 2])) > len(typed) // 2  # 1:00 becomes 01:00
    assert "characters, and 1000 fit" in refused("quiet", typed)
