"""Working calendars in setup.toml: the company's, a team's in place of it, and when plans run then."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from models.database import Database
from models.errors import BadFile, BadInput, NotAllowed, NotFound
from models.journal import AuditEvent
from models.people import Company, Team
from models.plans import CountPlan
from models.services import calendar_changes, people, setups
from models.services.calendars import calendar_of
from tests.services.setup_example import SETUP

CALENDAR = """
[calendar]
holidays = "de-be"
working_days = "mon - fri"
shutdowns = ["2026-12-24..2027-01-01"]
quiet = ["06:30-07:30", "last working day of the month"]
"""
OTHER_TEAM = """
[[team]]
name = "Yard"
channel = "C02YARD"
review_channel = "C02REVIEW"
locations = ["Y-"]
counters = ["U06LEO"]
"""
OTHER_PLAN = '[[plan]]\nname = "Daily yard"\nteam = "Yard"\nschedule = "daily 07:00"\n'
NO_TIME = "The quiet windows leave no time to count: “00:00-24:00” covers every minute of "


def berlin(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    """A time on the wall in Berlin, in the winter of 2026 or in 2027, in UTC."""
    return datetime(2026 if month > 6 else 2027, month, day, hour - 1, minute, tzinfo=UTC)


def apply(database: Database, text: str, now: datetime, *, force: bool = False) -> list[str]:
    with database.write() as session:
        return setups.apply(session, text, file_name="setup.toml", now=now, force=force)


def refused(database: Database, text: str, now: datetime) -> list[str]:
    with pytest.raises(BadFile) as error:
        apply(database, text, now)
    return str(error.value).splitlines()


def next_due(database: Database, name: str = "Daily parts") -> datetime | None:
    with database.read() as session:
        return session.exec(select(CountPlan).where(CountPlan.name == name)).one().next_due


def test_the_calendar_of_the_company_moves_the_plans(database: Database, now: datetime) -> None:
    apply(database, SETUP, now)
    assert next_due(database) == berlin(11, 24, 7)
    assert apply(database, SETUP + CALENDAR, now) == [
        (
            'calendar: holidays "none" -> "DE-BE", working_days "mon-sun" -> "mon-fri", '
            'shutdowns "none" -> "2026-12-24..2027-01-01", '
            'quiet "none" -> "06:30-07:30; last working day of the month"'
        )
    ]
    assert next_due(database) == berlin(11, 24, 7, 30)
    with database.read() as session:
        company = session.get_one(Company, 1)
        assert (company.holidays, company.working_days) == ("DE-BE", "mon-fri")
        audited = session.exec(select(AuditEvent).where(AuditEvent.subject == "calendar")).one()
        assert (audited.actor, audited.action) == ("setup file", "change calendar")
        assert json.loads(audited.detail)["working_days"] == {"from": "mon-sun", "to": "mon-fri"}
    assert apply(database, SETUP + CALENDAR, now) == []
    assert apply(database, SETUP, now) == ["calendar: is not in the file any more; removed"]
    assert next_due(database) == berlin(11, 24, 7)


def test_a_team_has_its_own_parts_in_place_of_the_companys(database: Database, now: datetime) -> None:
    friday = berlin(11, 27, 8)
    text = SETUP + OTHER_TEAM + OTHER_PLAN + CALENDAR
    apply(database, text, friday)
    assert next_due(database) == next_due(database, "Daily yard") == berlin(12, 1, 7, 30)  # the 30th is quiet
    own = text.replace('locations = ["Y-"]', 'locations = ["Y-"]\nquiet = []\nworking_days = "mon-sun"')
    assert apply(database, own, friday) == [
        'calendar of team "Yard": working_days as the company -> "mon-sun", quiet as the company -> "none"'
    ]
    assert (next_due(database), next_due(database, "Daily yard")) == (berlin(12, 1, 7, 30), berlin(11, 28, 7))
    with database.read() as session:
        yard = session.exec(select(Team).where(Team.name == "Yard")).one()
        assert (yard.holidays, yard.working_days, yard.shutdowns, yard.quiet) == (None, "mon-sun", None, "none")
        assert calendar_of(session, yard).country == "DE"
    assert apply(database, own, friday) == []
    assert apply(database, text, friday) == ['calendar of team "Yard": is not in the file any more; removed']
    assert next_due(database, "Daily yard") == berlin(12, 1, 7, 30)
    assert apply(database, own.replace("quiet = []", 'quiet = "none"'), friday)[0].endswith(
        'quiet as the company -> "none"'
    )


def test_only_plans_under_the_calendar_are_scheduled_again_and_none_that_is_due(
    database: Database, now: datetime
) -> None:
    text = SETUP + OTHER_TEAM + OTHER_PLAN
    apply(database, text, now)
    due = berlin(11, 24, 7)
    with database.write() as session:
        daily = session.exec(select(CountPlan).where(CountPlan.name == "Daily parts")).one()
        daily.next_occurrence = daily.next_due = due + timedelta(days=1)
    apply(database, text + CALENDAR, due + timedelta(hours=1))
    assert next_due(database, "Daily yard") == due  # it starts in a moment, and moves on by the calendar
    assert next_due(database) == berlin(11, 25, 7, 30)
    with database.write() as session:
        for plan in session.exec(select(CountPlan)):
            plan.next_occurrence = plan.next_due = berlin(12, 24, 7)
    apply(database, (text + CALENDAR).replace('["Y-"]', '["Y-"]\nquiet = []'), due)
    assert (next_due(database), next_due(database, "Daily yard")) == (berlin(12, 24, 7), berlin(11, 25, 7))


def test_nothing_said_is_nothing_changed(database: Database, now: datetime) -> None:
    apply(database, SETUP, now)
    nothing = '\n[calendar]\nholidays = "none"\nworking_days = "mon-sun"\nshutdowns = []\nquiet = ""\n'
    assert apply(database, SETUP + nothing, now) == []
    with database.write() as session:  # set in Slack: the file says nothing of it
        calendar_changes.change(session, people.require_person(session, "U05KIM"), None, {"holidays": "AT"}, now)
    assert apply(database, SETUP, now)[:1] == [
        "calendar: is not in the file any more, but was edited since; kept, --force takes it away"
    ]


def test_a_calendar_of_slack_alone_is_left_alone(database: Database, now: datetime) -> None:
    apply(database, SETUP, now)
    with database.write() as session:
        kim = people.require_person(session, "U05KIM")
        assert calendar_changes.change(session, kim, None, {"holidays": "at"}, now) == 'holidays "none" -> "AT"'
        calendar_changes.change(session, kim, "Fleet Parts", {"working_days": "mon-sat"}, now)
    assert apply(database, SETUP, now) == []


def test_what_was_changed_in_slack_is_reported_and_kept(database: Database, now: datetime) -> None:
    apply(database, SETUP + CALENDAR, now)
    with database.write() as session:
        kim = people.require_person(session, "U05KIM")
        assert calendar_changes.change(session, kim, None, {"quiet": "12:00-13:00"}, now) == (
            'quiet "06:30-07:30; last working day of the month" -> "12:00-13:00"'
        )
        assert calendar_changes.change(session, kim, None, {"quiet": "12:00 - 13:00"}, now) == ""
    assert next_due(database) == berlin(11, 24, 7)
    for _ in range(2):
        assert apply(database, SETUP + CALENDAR, now) == [
            (
                'calendar: quiet was edited since the last apply; kept "12:00-13:00", '
                '--force sets "06:30-07:30; last working day of the month"'
            )
        ]
    apply(database, SETUP + CALENDAR, now, force=True)
    assert next_due(database) == berlin(11, 24, 7, 30)
    with database.read() as session:
        events = session.exec(select(AuditEvent).where(AuditEvent.subject == "calendar").order_by(AuditEvent.id)).all()  # type: ignore[arg-type]  # a column to SQLAlchemy, a number to mypy
        assert [(event.actor, event.action) for event in events] == [
            ("setup file", "change calendar"), ("U05KIM", "change calendar"), ("setup file", "change calendar"),
        ]  # fmt: skip


def test_a_team_can_change_back_to_the_companys(database: Database, now: datetime) -> None:
    apply(database, SETUP + CALENDAR, now)
    with database.write() as session:
        kim = people.require_person(session, "U05KIM")
        calendar_changes.change(session, kim, "Fleet Parts", {"quiet": ""}, now)
    assert next_due(database) == berlin(11, 24, 7)
    with database.write() as session:
        assert (
            calendar_changes.change(session, kim, "Fleet Parts", {"quiet": None}, now)
            == 'quiet "none" -> as the company'
        )
    assert next_due(database) == berlin(11, 24, 7, 30)


def test_a_shutdown_that_is_over_is_said_when_it_is_new(database: Database, now: datetime) -> None:
    apply(database, SETUP, now)
    past = SETUP + '[calendar]\nshutdowns = ["2025-12-24..2026-01-01", "2026-11-16..2026-11-23", "2026-11-22"]\n'
    said = apply(database, past, now)
    assert said[1:] == [
        "calendar: the shutdown 2025-12-24..2026-01-01 is over.",
        "calendar: the shutdown 2026-11-22 is over.",
    ]
    assert apply(database, past, now) == []
    assert len(apply(database, past.replace('"2026-11-22"', '"2026-12-24"'), now)) == 1
    team = past.replace("counters =", 'shutdowns = ["2025-12-24..2026-01-01", "2025-12-24"]\ncounters =')
    assert apply(database, team, now)[-1] == 'calendar of team "Fleet Parts": the shutdown 2025-12-24 is over.'


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (SETUP + "[calendar]\nquiet = '00:00-24:00'", f"line 23: calendar: quiet: {NO_TIME}mon-sun."),
        (SETUP + "[calendar]\nquiet = '00:00-12:00'" + OTHER_TEAM + "quiet = [\n'00:00-24:00',\n]",
         f'line 30: team "Yard": quiet: {NO_TIME}mon-sun.'),
        (SETUP + "[calendar]\nquiet = 'mon-fri 00:00-24:00'" + OTHER_TEAM + "working_days = 'mon-fri'",
         ('line 24: team "Yard": quiet: The quiet windows leave no time to count: “mon-fri 00:00-24:00” covers every '
          "minute of mon-fri.")),
        (SETUP + "[calendar]\nquiet = ['00:00-12:00', '12:59-24:00']",
         ("line 23: calendar: quiet: The quiet windows leave less than an hour of any day to count: “00:00-12:00; "
          "12:59-24:00”. Leave at least 60 minutes of a day out of them.")),
        (SETUP + "[calendar]\nshutdowns = '2027-01-01..2031-12-31'",
         "line 23: calendar: shutdowns: No day is left to count in the two years from 1 Jan 2027:"),
    ],
)  # fmt: skip
def test_a_calendar_that_leaves_no_time_is_refused(database: Database, now: datetime, text: str, problem: str) -> None:
    (found,) = refused(database, text, now)
    assert found.startswith(f"setup.toml {problem.removesuffix('.')}")
    with database.read() as session:
        assert session.exec(select(Team)).all() == []


def test_an_hour_of_one_worked_day_is_enough(database: Database, now: datetime) -> None:
    hour = "[calendar]\nworking_days = 'mon,tue'\nquiet = ['mon 00:00-23:59', 'tue 00:30-23:30']"
    assert apply(database, SETUP + hour, now)[-1] != ""
    assert len(refused(database, SETUP + hour.replace("00:30-", "00:29-"), now)) == 1


def test_who_may_change_a_calendar_and_what_is_refused(database: Database, now: datetime) -> None:
    apply(database, SETUP, now)
    with database.write() as session:
        ben, kim = (people.require_person(session, who) for who in ("U03BEN", "U05KIM"))
        with pytest.raises(NotAllowed, match="Only stock control"):
            calendar_changes.change(session, ben, None, {"holidays": "DE"}, now)
        with pytest.raises(NotFound, match="no team “Yard”"):
            calendar_changes.change(session, kim, "Yard", {"holidays": "DE"}, now)
        with pytest.raises(BadInput, match="not a country"):
            calendar_changes.change(session, kim, None, {"holidays": "Nowhere"}, now)
    with pytest.raises(BadInput, match="leave no time"), database.write() as session:
        calendar_changes.change(session, kim, "Fleet Parts", {"quiet": "00:00-24:00"}, now)
    with database.read() as session:
        assert session.exec(select(Team)).one().quiet is None
