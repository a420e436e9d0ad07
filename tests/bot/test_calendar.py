"""`/count calendar`: everybody sees what is worked, stock control changes it, and hears what moved."""

import json
from datetime import datetime, timedelta
from typing import Any  # Any: views of a Slack workspace are JSON

import pytest
from sqlmodel import Session, col, select

from bot import ids
from bot.sandbox.results import SubmitResult
from bot.views.calendar import days_text, read_metadata, window_text
from models.errors import BadInput
from models.journal import AuditEvent
from models.people import Company, Member, Role, Team
from models.plans import CountPlan
from models.rules.quiet_windows import parse_window
from models.rules.weekday_words import parse_weekdays
from models.services import plan_times
from tests.bot.outbound import SECOND
from tests.bot.planning import element, form
from tests.bot.workplace import Workplace

COMPANY = {
    "holidays": "DE-BE",
    "working_days": "mon-fri",
    "shutdowns": "2026-01-02; 2026-12-28..2027-01-03",
    "quiet": "11:30-13:00; fri 15:00-24:00; last working day of the month",
}
SHOWN = [
    "Working calendar of the company",
    "Working days  Monday to Friday",
    (
        "Public holidays  Germany (DE-BE), next 25 Dec Christmas Day, 1 Jan 2027 New Year's Day, "
        "8 Mar 2027 Women's Day, 26 Mar 2027 Good Friday, 29 Mar 2027 Easter Monday"
    ),
    "Shutdowns  28 Dec to 3 Jan 2027",
    "Quiet windows  every day 11:30 to 13:00; Friday 15:00 to 24:00; the last working day of the month",
]


def schedule_anew(session: Session, place: Workplace) -> None:
    """No plan is due any more; each runs next at its next time."""
    for made in session.exec(select(CountPlan)):
        made.next_due = made.next_occurrence = made.runs_after = None
    session.flush()
    plan_times.schedule_again(session, None, place.now())


@pytest.fixture
def place(place: Workplace) -> Workplace:
    """The company's calendar, a second team, and plans that run next tomorrow."""
    place.wait(timedelta(hours=1))
    tyres = place.world.add_team("Tyres", "T-", counters=("fay",))
    with place.database.write() as session:
        place.world.plan(session, "Tyre check", tyres)
        session.get_one(Company, 1).sqlmodel_update(COMPANY)
        schedule_anew(session, place)
    return place


def change(place: Workplace, team: str = "") -> None:
    """Kim opens the form."""
    place.count("kim", f"calendar {team}".rstrip())
    result = place.kim.click_ephemeral(action_id=ids.CALENDAR_CHANGE)
    assert result.ok, result.problem


def save(place: Workplace, **fields: Any) -> SubmitResult:
    return place.kim.submit(fields)


def stored(place: Workplace, team: str = "") -> dict[str, str | None]:
    with place.database.read() as session:
        holder = session.exec(select(Team).where(Team.name == team)).one() if team else session.get_one(Company, 1)
        return {name: getattr(holder, name) for name in COMPANY}


def next_due(place: Workplace, name: str = "Daily parts") -> datetime | None:
    with place.database.read() as session:
        return session.exec(select(CountPlan.next_due).where(CountPlan.name == name)).one()


def boxes(place: Workplace) -> list[str]:
    return [option["value"] for option in element(place, "working_days").get("initial_options", [])]


# -- what it says


@pytest.mark.parametrize("who", ["ana", "ben", "kim"])
def test_everybody_sees_the_companys_and_only_stock_control_a_button(place: Workplace, who: str) -> None:
    shown = place.count(who, "calendar").split("\n")
    assert shown[:5] == SHOWN
    assert shown[5:] == (["[ Change ]"] if who == "kim" else []) + ["Times in UTC."]


def test_a_team_shows_what_it_has_of_its_own(place: Workplace) -> None:
    with place.database.write() as session:
        tyres = session.exec(select(Team).where(Team.name == "Tyres")).one()
        tyres.working_days, tyres.quiet = "mon,tue,sat", "none"
    assert place.count("ana", "calendar tyres").split("\n") == [
        "Working calendar of Tyres",
        "Working days  Monday, Tuesday and Saturday",
        (
            "Public holidays  Germany (DE-BE), next 26 Dec Second Day of Christmas, "
            "8 Mar 2027 Women's Day, 29 Mar 2027 Easter Monday, 1 May 2027 Labor Day, "
            "17 May 2027 Pentecost Monday (as the company)"
        ),
        "Shutdowns  28 Dec to 3 Jan 2027 (as the company)",
        "Quiet windows  never",
        "Times in UTC.",
    ]
    assert "Otherwise in Tyres (working days, quiet windows)." in place.count("ana", "calendar")


def test_an_empty_calendar(place: Workplace) -> None:
    with place.database.write() as session:
        session.merge(Company(id=1))
    assert place.count("ana", "calendar").split("\n")[1:5] == [
        "Working days  every day", "Public holidays  none", "Shutdowns  none to come", "Quiet windows  never",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("who", "typed", "told"),
    [
        ("ana", "calendar Tyrs", "There is no team “Tyrs”. Did you mean Tyres?"),
        ("zoe", "calendar", "You are in no counting team yet. Ask Kim to add you."),
    ],
)
def test_whose_calendar_is_not_known(place: Workplace, who: str, typed: str, told: str) -> None:
    assert place.count(who, typed) == told


def test_days_in_words() -> None:
    for days, told in {
        "mon-sun": "every day",
        "sun-thu": "Sunday to Thursday",
        "mon,tue": "Monday and Tuesday",
        "mon-wed,sat": "Monday to Wednesday and Saturday",
        "sun": "Sunday",
    }.items():
        assert days_text(parse_weekdays(days)) == told


def test_windows_in_words() -> None:
    for window, told in (
        ("mon,tue 06:00-07:00", "Monday and Tuesday 06:00 to 07:00"),
        ("first working day of the month 06:00-12:00", "the first working day of the month 06:00 to 12:00"),
        ("00:00-24:00", "every day"),
    ):
        assert window_text(parse_window(window)) == told


# -- the form


def test_the_form_holds_the_calendar_in_the_words_of_the_file(place: Workplace) -> None:
    change(place)
    assert boxes(place) == ["mon", "tue", "wed", "thu", "fri"]
    assert [element(place, name)["initial_value"] for name in ("holidays", "shutdowns", "quiet")] == [
        "DE-BE",
        "2026-01-02\n2026-12-28..2027-01-03",
        "11:30-13:00\nfri 15:00-24:00\nlast working day of the month",
    ]
    assert save(place).closed
    assert stored(place) == COMPANY
    assert place.told("kim") == "Working calendar of the company: nothing was changed."


def test_what_is_saved_moves_what_has_not_started_and_says_so(place: Workplace) -> None:
    assert next_due(place) == datetime.fromisoformat("2026-11-24T07:00Z")
    change(place)
    assert save(place, quiet="06:00 - 07:30", holidays="de", shutdowns=None).closed
    assert stored(place) == COMPANY | {"quiet": "06:00-07:30", "holidays": "DE", "shutdowns": "none"}
    assert next_due(place) == datetime.fromisoformat("2026-11-24T07:30Z")
    assert place.read(place.kim.ephemerals()[-1], "kim").split("\n") == [
        "Working calendar of the company changed: public holidays, shutdowns, quiet windows.",
        "Daily parts runs tomorrow at 07:30, not tomorrow at 07:00.",
        "Tyre check runs tomorrow at 07:30, not tomorrow at 07:00.",
    ]
    assert place.woken == 1
    with place.database.read() as session:
        event = session.exec(select(AuditEvent).order_by(col(AuditEvent.id).desc())).first()
    assert event is not None
    assert (event.actor, event.action, event.subject) == ("U01KIM", "change calendar", "calendar")
    assert json.loads(event.detail)["holidays"] == {"from": "DE-BE", "to": "DE"}


def test_a_change_that_moves_nothing_says_so(place: Workplace) -> None:
    change(place)
    save(place, working_days=["mon", "tue", "wed", "thu", "fri", "sat"])
    assert stored(place)["working_days"] == "mon-sat"
    assert place.told("kim").split("\n") == [
        "Working calendar of the company changed: working days.",
        "The next run of every plan stays when it was.",
    ]


def test_many_plans_that_move_are_named_in_part_and_one_that_is_over_is_named(place: Workplace) -> None:
    with place.database.write() as session:
        for number in range(5):
            place.world.plan(session, f"Walk {number}", place.world.team_id)
        once = session.exec(select(CountPlan).where(CountPlan.name == "Daily parts")).one()
        once.schedule = "once 2026-11-24 07:00"
        schedule_anew(session, place)
    change(place)
    save(place, shutdowns="2026-11-24..2026-12-01")
    told = place.told("kim").split("\n")
    assert told[-1] == "… 2 more plans; “/count schedule” shows when they run."
    assert len(told) == 7


def test_a_team_has_parts_of_its_own_and_gives_them_back(place: Workplace) -> None:
    change(place, "Tyres")
    assert boxes(place) == []
    assert "initial_value" not in element(place, "quiet")
    hints = {block["block_id"]: block["hint"]["text"] for block in form(place)["blocks"] if "hint" in block}
    assert hints["working_days"] == "None ticked: as the company. That is mon-fri."
    assert hints["holidays"].endswith("Blank: as the company. That is DE-BE. “none”: none.")
    save(place, working_days=["sat", "sun"], quiet="none")
    own = {"working_days": "sat,sun", "quiet": "none", "holidays": None, "shutdowns": None}
    assert stored(place, "Tyres") == own
    assert stored(place) == COMPANY
    assert next_due(place, "Tyre check") == datetime.fromisoformat("2026-11-28T07:00Z")
    assert place.told("kim").startswith("Working calendar of Tyres changed: working days, quiet windows.\nTyre check ")
    place.wait(SECOND)
    change(place, "Tyres")
    assert boxes(place) == ["sat", "sun"]
    assert element(place, "quiet")["initial_value"] == "none"
    save(place, working_days=[], quiet=None)
    assert stored(place, "Tyres") == dict.fromkeys(COMPANY)


# -- refusals


def test_every_wrong_part_is_refused_under_its_field(place: Workplace) -> None:
    change(place)
    result = save(place, holidays="DE-XX", shutdowns="2026-12-24\n24.12.", quiet="lunch")
    assert result.errors is not None
    assert {name: told[:40] for name, told in result.errors.items()} == {
        "holidays": "“DE-XX” names no region whose holidays a",
        "shutdowns": "“24.12.” is not a date; write year, mont",
        "quiet": "“lunch” is not a quiet window; write it ",
    }
    assert place.kim.submit({"working_days": []}, force=True).errors == {
        "working_days": "Tick the days that are worked: with none, nothing could be counted."
    }
    assert stored(place) == COMPANY
    days = ["mon", "tue", "wed", "thu", "fri"]
    assert save(place, working_days=days, holidays="DE", shutdowns="2026-12-24", quiet="12:00-12:30").closed
    assert stored(place) == COMPANY | {"holidays": "DE", "shutdowns": "2026-12-24", "quiet": "12:00-12:30"}


def test_a_calendar_without_time_to_count_is_refused_and_nothing_is_kept(place: Workplace) -> None:
    with place.database.write() as session:
        session.exec(select(Team).where(Team.name == "Tyres")).one().working_days = "sat"
    change(place)
    quiet = save(place, quiet="sat 00:00-24:00").errors
    assert quiet is not None
    assert quiet["quiet"].startswith("Tyres: The quiet windows leave no time to count: “sat 00:00-24:00” covers every")
    over = save(place, quiet=None, shutdowns="2025-12-24..2026-01-01").errors
    assert over == {"shutdowns": "2025-12-24..2026-01-01 is over; write the coming year."}
    shut = save(place, quiet=None, shutdowns="2027-01-01..2031-12-31").errors
    assert shut is not None
    assert shut["shutdowns"].startswith("No day is left to count in the two years from 1 Jan 2027:")
    assert stored(place) == COMPANY


def test_who_is_no_controller_any_more_changes_nothing(place: Workplace) -> None:
    only = "Only stock control changes working calendars. Ask Kim."
    place.count("kim", "calendar")
    place.kim.click_ephemeral(action_id=ids.CALENDAR_CHANGE)
    with place.database.write() as session:
        session.exec(select(Member).where(Member.slack_id == "U01KIM")).one().is_controller = False
        session.exec(select(Member).where(Member.slack_id == "U01EVA")).one().is_controller = True
        place.world.give_role(session, place.world.team_id, Role.COUNTER, "kim")
    errors = save(place, holidays="DE").errors
    assert errors is not None
    assert list(errors.values()) == [only.replace("Kim", "Eva")]
    place.kim.close_view()
    place.kim.click_ephemeral(action_id=ids.CALENDAR_CHANGE)
    assert place.kim.view is None
    assert place.told("kim") == only.replace("Kim", "Eva")
    assert stored(place) == COMPANY


def test_who_opened_the_form_before_somebody_elses_change_is_refused(place: Workplace) -> None:
    change(place)
    with place.database.write() as session:
        session.get_one(Company, 1).holidays = "AT"
    errors = save(place, holidays="DE").errors
    assert errors is not None
    assert next(iter(errors.values())).startswith("Somebody has changed this calendar since you opened the form.")
    assert stored(place)["holidays"] == "AT"


def test_a_team_that_ended_meanwhile(place: Workplace) -> None:
    change(place, "Tyres")
    with place.database.write() as session:
        session.exec(select(Team).where(Team.name == "Tyres")).one().is_active = False
    errors = save(place, holidays="DE").errors
    assert errors is not None
    assert list(errors.values()) == ["There is no such team any more."]


def test_the_same_form_delivered_again_changes_nothing(place: Workplace) -> None:
    change(place)
    save(place, holidays="DE")
    place.wait(SECOND)
    with place.database.write() as session:
        session.get_one(Company, 1).holidays = "AT"
    assert place.ws.deliver_again().answer == {"response_action": "clear"}
    assert stored(place)["holidays"] == "AT"


def test_where_nothing_can_be_told_the_form_says_it(place: Workplace) -> None:
    change(place)
    place.ws.faults.on(method="chat.postEphemeral", action="500")
    assert not save(place, quiet=None).closed
    shown = place.kim.reads(form(place))
    assert "Working calendar of the company changed: quiet windows." in shown


def test_metadata_that_is_not_ours() -> None:
    assert read_metadata('{"t": 3, "v": "a", "c": "C"}') == (3, "a", "C")
    for text in ("", "{}", '{"t": "x", "v": "", "c": ""}', "[]"):
        with pytest.raises(BadInput):
            read_metadata(text)
