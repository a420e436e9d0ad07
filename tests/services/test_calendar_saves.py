"""A calendar that was changed in Slack's form: seen as it was, said what moved, and kept by the set-up file."""

from datetime import UTC, datetime
from functools import partial

import pytest

from models.database import Database
from models.errors import NotAllowed, WrongState
from models.people import Member, Team
from models.services import calendar_changes, calendar_shown, lookup, people, setups
from models.services.calendar_changes import BadCalendar, Moved, Saved
from models.services.calendar_shown import CalendarShown
from models.services.setup_things import Facts
from tests.services.setup_example import SETUP

FILE = SETUP + '\n[calendar]\nholidays = "DE-BE"\n'
SEVEN = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
"""In Berlin."""


def shown(database: Database, now: datetime, team: str = "") -> CalendarShown:
    with database.read() as session:
        return calendar_shown.calendar_named(session, people.require_person(session, "U05KIM"), team, now)


def save(database: Database, now: datetime, facts: Facts, *, team: str | None = None, seen: str = "") -> Saved:
    version = seen or shown(database, now, team or "").version
    with database.write() as session:
        kim = people.require_person(session, "U05KIM")
        return calendar_changes.save(session, kim, team, facts, seen=version, now=now)


def apply(database: Database, now: datetime, *, force: bool = False) -> list[str]:
    with database.write() as session:
        return setups.apply(session, FILE, file_name="setup.toml", now=now, force=force)


def test_what_moved_is_told_with_both_times(database: Database, now: datetime) -> None:
    apply(database, now)
    half_past = SEVEN.replace(minute=30)
    assert save(database, now, {"quiet": "06:00-07:30", "holidays": "DE-BE"}) == Saved(
        ("quiet",), (Moved("Daily parts", SEVEN, half_past),)
    )
    assert save(database, now, {"quiet": "06:00 - 07:30"}) == Saved((), ())
    assert save(database, now, {"quiet": "none"}, team="Fleet Parts").moved == (Moved("Daily parts", half_past, SEVEN),)
    assert save(database, now, {"quiet": None}, team="Fleet Parts").moved == (Moved("Daily parts", SEVEN, half_past),)


def test_the_set_up_file_keeps_what_the_form_changed_unless_it_is_forced(database: Database, now: datetime) -> None:
    apply(database, now)
    save(database, now, {"holidays": "AT", "quiet": "06:00-07:30"})
    kept = [
        'calendar: holidays was edited since the last apply; kept "AT", --force sets "DE-BE"',
        'calendar: quiet was edited since the last apply; kept "06:00-07:30", --force sets "none"',
    ]
    assert apply(database, now) == kept
    assert apply(database, now) == kept, "and says so every time"
    assert shown(database, now).facts["holidays"] == "AT"
    assert apply(database, now, force=True) == ['calendar: holidays "AT" -> "DE-BE", quiet "06:00-07:30" -> "none"']
    assert apply(database, now) == []


def test_a_shutdown_that_is_over_is_refused_when_it_is_new(database: Database, now: datetime) -> None:
    apply(database, now)
    for facts, sentence in (
        ("2025-12-24..2026-01-01", "2025-12-24..2026-01-01 is over; write the coming year."),
        ("2025-12-24; 2026-11-22", "2025-12-24 and 2026-11-22 are over; write the coming year."),
    ):
        with pytest.raises(BadCalendar) as refusal:
            save(database, now, {"shutdowns": facts})
        assert refusal.value.problems == {"shutdowns": sentence}
    assert shown(database, now).facts["shutdowns"] == "none"
    save(database, now, {"shutdowns": "2026-11-22..2026-11-23; 2026-11-24"})
    later = datetime(2026, 12, 1, tzinfo=UTC)
    save(database, later, {"shutdowns": "2026-11-22..2026-11-23; 2026-12-24"})
    save(database, later, {"shutdowns": "2026-11-22..2026-11-23"}, team="Fleet Parts")
    with pytest.raises(BadCalendar):
        save(database, later, {"shutdowns": "2026-11-24"}, team="Fleet Parts")


def test_who_saw_another_calendar_is_refused(database: Database, now: datetime) -> None:
    apply(database, now)
    seen = shown(database, now).version
    save(database, now, {"holidays": "AT"})
    with pytest.raises(WrongState, match="Somebody has changed this calendar"):
        save(database, now, {"quiet": "06:00-07:30"}, seen=seen)
    assert shown(database, now).facts["quiet"] == "none"
    save(database, now, {"holidays": "DE-BE"})
    save(database, now, {"quiet": "06:00-07:30"}, seen=seen)  # as it was again


def test_a_change_that_came_while_this_one_waited_is_not_overwritten(
    postgres_database: Database, now: datetime
) -> None:
    """On SQLite nobody reads in a writing transaction while another one writes."""
    apply(postgres_database, now)
    seen = shown(postgres_database, now, "Fleet Parts").version
    with postgres_database.write() as session:
        kim = people.require_person(session, "U05KIM")
        held = lookup.find_team(session, "Fleet Parts")
        save(postgres_database, now, {"holidays": "AT"}, team="Fleet Parts")
        with pytest.raises(WrongState, match="Somebody has changed this calendar"):
            calendar_changes.save(session, kim, held.name, {"quiet": "06:00-07:30"}, seen=seen, now=now)


def test_who_is_no_controller_any_more_after_the_wait_is_refused(postgres_database: Database, now: datetime) -> None:
    apply(postgres_database, now)
    seen = shown(postgres_database, now).version
    with postgres_database.write() as session:
        kim = people.require_person(session, "U05KIM")
        with postgres_database.write() as other:
            other.get_one(Member, kim.id).is_controller = False
        for verb in (calendar_changes.change, partial(calendar_changes.save, seen=seen)):
            with pytest.raises(NotAllowed, match="Only stock control changes working calendars"):
                verb(session, kim, None, {"quiet": "06:00-07:30"}, now=now)
    with postgres_database.read() as session:
        assert people.company(session).quiet == "none"


def test_all_that_is_wrong_is_told_by_part_and_nothing_is_written(database: Database, now: datetime) -> None:
    apply(database, now)
    with pytest.raises(BadCalendar) as refusal:
        save(database, now, {"holidays": "Nowhere", "quiet": "lunch", "shutdowns": "2026-12-24"})
    assert set(refusal.value.problems) == {"holidays", "quiet"}
    with pytest.raises(BadCalendar) as refusal:
        save(database, now, {"working_days": "sun", "shutdowns": "2027-01-01..2031-12-31"})
    assert set(refusal.value.problems) == {"shutdowns"}
    assert shown(database, now).facts["shutdowns"] == "none"


def test_only_calendars_that_follow_from_the_change_are_checked(database: Database, now: datetime) -> None:
    with database.write() as session:
        setups.apply(session, FILE, file_name="setup.toml", now=now)
        session.add(Team(name="Tyres", channel="C07", review_channel="C08", shutdowns="2027-01-01..2031-12-31"))
    assert save(database, now, {"quiet": "06:00-07:30"}, team="Fleet Parts").parts == ("quiet",)
    with pytest.raises(BadCalendar, match=r"Tyres: No day is left"):
        save(database, now, {"quiet": "06:00-07:30"})
    with pytest.raises(BadCalendar, match="No day is left"):
        save(database, now, {"quiet": "06:00-07:30"}, team="Tyres")
    assert save(database, datetime(2032, 1, 1, tzinfo=UTC), {"quiet": "06:00-07:30"}).parts == ("quiet",)


def test_the_next_holidays_are_those_that_would_be_worked(database: Database, now: datetime) -> None:
    apply(database, now)
    save(database, now, {"working_days": "sat"})
    days = [day for day, _ in shown(database, now).holidays]
    assert len(days) == 5
    assert all(day.isoweekday() == 6 and day >= now.date() for day in days)
    save(database, now, {"holidays": "none"})
    assert shown(database, now).holidays == ()
