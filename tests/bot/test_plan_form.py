"""*New cycle count*: the form, what is said in it, and its preview."""

from datetime import UTC, datetime, timedelta
from typing import Any  # Any: what is entered in a form
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import select

from models.counts import CountLine
from models.people import Company, Role
from models.plans import AtDue, CountPlan, Pace, ToleranceLimit
from models.rules.policies import DEFINITIONS, Policy
from models.rules.tolerance import Measure, Side
from tests.bot.planning import (
    audit,
    command,
    element,
    enter,
    entered,
    fields,
    form,
    plan,
    plan_names,
    preview,
    submit,
)
from tests.bot.workplace import PARTS, Workplace

pytestmark = pytest.mark.usefixtures("aisles")


COMMON = ["name", "team", "repeats", "time", "choice", "lines", "bins", "categories", "more"]
PERIOD = ["first_day", "last_day"]
RARE = ["pace", "due_in", "quantity", "percent", "value", "recounts", "replies", "blind", "at_due"]


# -- a plan is made


def test_a_name_is_enough(opened: Workplace) -> None:
    assert fields(opened) == COMMON
    result = submit(opened, name="Aisle A")
    assert result.closed, result.errors
    assert opened.told("kim", PARTS) == "“Aisle A” is planned: first run Tue 24 Nov 07:00, about 1 line."
    made = plan(opened, "Aisle A")
    assert (made.schedule, made.selection, made.lines, made.pace) == ("weekdays 07:00", "due", 12, Pace.LEVEL)
    assert (made.bins, made.categories, made.blind, made.recounts, made.replies) == ("", "[]", True, 1, True)
    assert made.next_due == datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
    assert audit(opened) == [("U01KIM", "add plan", 'plan "Aisle A"')]


def test_the_same_submission_again_makes_no_second_plan(opened: Workplace) -> None:
    assert submit(opened, name="Aisle A").closed
    again = opened.ws.deliver_again()
    assert again.answer == {"response_action": "clear"}
    assert plan_names(opened) == ["Daily parts", "Aisle A"]
    assert len(audit(opened)) == 1


def test_everything_can_be_said(opened: Workplace) -> None:
    result = submit(
        opened,
        name="Month end",
        repeats="monthly",
        month_day="31",
        time="16:30",
        choice=["abc", "random", "location"],
        policy_abc="a 50%",
        policy_random="20%",
        policy_location="B-",
        lines="20",
        bins="B-, A-0",
        categories=["Oils", "Fasteners"],
        more=["yes"],
        pace="full",
        due_in="2h 30m",
        first_day="2026-12-01",
        last_day="2027-03-31",
        quantity="3",
        percent="2",
        value="25.5",
        recounts="2",
        replies=[],
        blind="no",
        at_due="keep",
    )
    assert result.closed, result.errors
    made = plan(opened, "Month end")
    assert made.schedule == "monthly 31 16:30 from 2026-12-01 until 2027-03-31"
    assert made.next_due == datetime(2026, 12, 31, 16, 30, tzinfo=UTC)
    assert made.selection == "abc A 50%, random 20%, location B-"
    assert (made.lines, made.bins, made.categories) == (20, "A-0,B-", '["Fasteners", "Oils"]')
    assert (made.pace, made.due_in_seconds, made.recounts) == (Pace.FULL, 9000, 2)
    assert (made.replies, made.blind, made.at_due) == (False, False, AtDue.KEEP)
    with opened.database.read() as session:
        limits = session.exec(select(ToleranceLimit)).all()
    assert {(one.scope_key, one.measure, one.side, one.amount) for one in limits} == {
        ("Month end", measure, side, amount)
        for measure, amount in ((Measure.QUANTITY, 3), (Measure.PERCENT, 2), (Measure.VALUE, 25.5))
        for side in Side
    }


@pytest.mark.parametrize(
    ("entries", "schedule", "shown"),
    [
        ({"repeats": "daily", "time": "06:00"}, "daily 06:00", ["time"]),
        ({"repeats": "weekly", "weekdays": ["mon", "thu"]}, "weekly mon,thu 07:00", ["weekdays", "time"]),
        ({"repeats": "monthly"}, "monthly 1 07:00", ["month_day", "time"]),
        ({"repeats": "once", "time": "09:15"}, "once 2026-11-24 09:15", ["date", "time"]),
        ({"repeats": "cron", "cron": "30 6 * * sat"}, "cron 30 6 * * sat", ["cron"]),
        ({"repeats": "cron", "cron": "cron 30 6 \N{ASTERISK OPERATOR} * sat"}, "cron 30 6 * * sat", ["cron"]),
    ],
)
def test_how_often_asks_for_what_belongs_to_it(
    opened: Workplace, entries: dict[str, Any], schedule: str, shown: list[str]
) -> None:
    enter(opened, name="Aisle A", **entries)
    assert fields(opened)[3 : 3 + len(shown)] == shown
    assert fields(opened)[3 + len(shown)] == "choice"
    assert submit(opened).closed
    assert plan(opened, "Aisle A").schedule == schedule


def test_what_was_chosen_before_is_there_again(opened: Workplace) -> None:
    enter(opened, name="Aisle A", repeats="weekly", weekdays=["tue", "fri"], more=["yes"], due_in="90m", percent="3")
    enter(opened, repeats="daily", more=[])
    assert fields(opened) == COMMON
    enter(opened, repeats="weekly", more=["yes"])
    assert entered(opened, "weekdays") == ["tue", "fri"]
    assert (entered(opened, "due_in"), entered(opened, "percent"), entered(opened, "name")) == ("90m", "3", "Aisle A")
    enter(opened, more=[])
    assert submit(opened).closed
    assert plan(opened, "Aisle A").due_in_seconds == timedelta(minutes=90).total_seconds()


def test_every_policy_has_its_line_and_a_field_when_it_takes_something(opened: Workplace) -> None:
    options = element(opened, "choice")["options"]
    assert {one["value"]: one["description"]["text"] for one in options} == {
        str(policy): text for policy, text in DEFINITIONS.items()
    }
    assert not [name for name in fields(opened) if name.startswith("policy.")]
    enter(opened, choice=["abc"])
    assert "policy.abc" in fields(opened)
    enter(opened, choice=[str(policy) for policy in Policy])
    assert [name for name in fields(opened) if name.startswith("policy.")] == [f"policy.{one}" for one in Policy]
    hint = next(one for one in form(opened)["blocks"] if one["block_id"] == "policy.abc")["hint"]["text"]
    assert "A B 20%" in hint


def test_a_share_that_is_typed_shows_as_long_as_its_policy_is_chosen(opened: Workplace) -> None:
    enter(opened, choice=["due", "random"], policy_due="70%", policy_random="10%")
    enter(opened, choice=["due"])
    assert entered(opened, "policy.due") == "70%"
    assert submit(opened, name="Some").closed
    assert plan(opened, "Some").selection == "due 70%"


def test_of_many_categories_a_hundred_are_offered_and_the_chosen_ones_stay(place: Workplace) -> None:
    for number in range(120):
        place.world.stock(f"X-{number}", "A-09", category=f"Z {number:03}")
    with place.database.write() as session:
        session.exec(select(CountPlan)).one().categories = '["Z 119"]'
    command(place, "kim", "edit Daily parts")
    values = [one["value"] for one in element(place, "categories")["options"]]
    assert (len(values), values[0], values[1]) == (100, "Z 119", "Fasteners")
    assert entered(place, "categories") == ["Z 119"]


# -- the preview


def test_the_preview_follows_what_is_entered(opened: Workplace) -> None:
    assert preview(opened).startswith("*First run Tue 24 Nov 07:00*\n")
    assert "6 stocks are in its bins and categories" in preview(opened)
    enter(opened, choice=["never"])
    assert "6 lines: 4 A, 2 B" in preview(opened)
    assert "First bins: A-01, A-02, A-03, A-04, B-01 …" in preview(opened)
    enter(opened, bins="B-")
    assert "2 lines: 2 B\nFirst bins: B-01, B-02\n2 stocks" in preview(opened)
    enter(opened, bins=None, categories=["Fasteners"], lines="3")
    assert "3 lines: 3 A\nFirst bins: A-01, A-02, A-03\n4 stocks" in preview(opened)
    enter(opened, choice=["never", "abc"], policy_abc="A 30%")
    assert "By never 2, abc 1" in preview(opened)
    enter(opened, repeats="once", date="2026-12-24", time="10:00")
    assert preview(opened).startswith("*First run Thu 24 Dec 10:00*")
    assert plan_names(opened) == ["Daily parts"]
    enter(opened, date="2027-01-04")
    assert preview(opened).startswith("*First run Mon 4 Jan 2027 10:00*")


def test_the_preview_says_that_the_calendar_moved_the_run(place: Workplace) -> None:
    with place.database.write() as session:
        company = session.get_one(Company, 1)
        company.working_days, company.timezone = "mon-fri", "Europe/Berlin"
    command(place, "kim", "new")
    enter(place, repeats="once", date="2026-11-29")
    assert preview(place).startswith("*First run Mon 30 Nov 07:00* · moved from Sun 29 Nov 07:00: not a working day")
    assert submit(place, name="Aisle A").closed
    assert plan(place, "Aisle A").next_due == datetime(2026, 11, 30, 7, 0, tzinfo=ZoneInfo("Europe/Berlin"))


def test_the_preview_warns_of_what_cannot_be_kept(place: Workplace) -> None:
    for number in range(60):
        place.world.stock(f"MANY-{number}", f"A-{number:03}", 1, abc_class="A")
    command(place, "kim", "new")
    enter(place, repeats="monthly", lines="1")
    assert "• " in preview(place)
    assert "A items cannot be counted 12 times a year" in preview(place)


@pytest.mark.parametrize(
    ("entries", "told"),
    [
        ({"bins": "C-"}, "Bins: “C-” lies outside of the bins of Fleet Parts, which begin with A- or B-."),
        ({"choice": ["abc"]}, "abc: “abc” needs classes, like “A B”."),
        ({"choice": ["due", "random"], "policy_due": "80%", "policy_random": "30%"}, "The shares add up to 110 %"),
        ({"repeats": "cron", "cron": "0 7 30 2 *"}, "can never run"),
        ({"repeats": "once", "date": "2026-11-01"}, "is over, so it would not run; give it a later time."),
        ({"lines": "0"}, "Lines a run, at most: Write a whole number from 1 to 200."),
        ({"lines": "777"}, "Write a whole number from 1 to 200."),
        ({"lines": "1.5"}, "Write a whole number from 1 to 200."),
        ({"lines": None}, "Write a whole number from 1 to 200."),
        ({"repeats": "weekly", "weekdays": []}, "Choose at least one day."),
        ({"choice": []}, "Choose at least one."),
    ],
)
def test_the_preview_says_what_is_wrong_so_far(opened: Workplace, entries: dict[str, Any], told: str) -> None:
    enter(opened, **entries)
    assert preview(opened).startswith("*Preview*\n• ")
    assert told in preview(opened)


def test_without_a_team_the_preview_asks_for_one(place: Workplace) -> None:
    place.world.add_team("Tyres", "T-", counters=("yan",))
    command(place, "kim", "new Tyre check")
    assert entered(place, "name") == "Tyre check"
    assert entered(place, "team") is None
    assert preview(place) == "*Preview*\n• Choose a team: then this shows the first run and what would be counted."
    refused = submit(place, force=True)
    assert refused.errors == {"team": "Say which team counts."}
    enter(place, team="Tyres", bins="A-")
    assert "“A-” lies outside of the bins of Tyres" in preview(place)
    assert submit(place, bins=None).closed


def test_an_update_is_one_call_that_names_the_content_it_replaces(opened: Workplace) -> None:
    before = len(opened.ws.calls)
    enter(opened, lines="5")
    (call,) = opened.ws.calls[before:]
    assert call.method == "views.update"
    assert call.params["hash"]


# -- what stock control who counts may see


def test_who_counts_there_does_not_see_what_the_balance_would_choose(place: Workplace) -> None:
    place.world.stock("GONE-1", "A-07", 0)
    command(place, "kim", "new")
    enter(place, choice=["zero"])
    assert "1 line: 1 without class\nFirst bins: A-07" in preview(place)
    with place.database.write() as session:
        place.world.give_role(session, place.world.team_id, Role.COUNTER, "kim")
    enter(place, lines="5")
    assert "Up to 5 lines. You count, so you do not see what “zero” would choose." in preview(place)
    assert "A-07" not in preview(place)
    shown = preview(place)
    enter(place, bins="B-")  # where nothing is empty
    assert preview(place) == shown.replace("7 stocks are", "2 stocks are")
    enter(place, choice=["never"], bins=None)
    assert "First bins: A-01" in preview(place)
    enter(place, choice=["due"])  # which puts what is below nothing first
    assert "First bins" not in preview(place)
    assert "Up to 5 lines. You count, so you do not see what “due” would choose." in preview(place)
    enter(place, choice=["zero"])
    assert submit(place, name="Empty").closed
    assert place.told("kim", PARTS).endswith("up to 5 lines.")


def test_who_is_asked_for_a_recount_does_not_see_it_until_that_is_made(place: Workplace) -> None:
    empty = place.world.stock("GONE-1", "A-07", 0)
    line = place.world.line(place.world.stock("BOLT-9", "A-09", 100))
    command(place, "kim", "new")
    enter(place, choice=["zero"], bins="A-07")
    assert "You count" not in preview(place)
    with place.database.write() as session:
        asked = session.get_one(CountLine, line)
        asked.asked_member_id = place.world.person("kim").id
    enter(place, choice=["negative"])
    assert "You count, so you do not see what “negative” would choose." in preview(place)
    assert empty.sku not in preview(place)


def test_who_counts_for_another_team_of_the_same_bins_does_not_see_it_either(place: Workplace) -> None:
    place.world.stock("GONE-1", "A-07", 0)
    east = place.world.add_team("East", "A-", counters=("zed",))
    with place.database.write() as session:
        place.world.give_role(session, place.world.team_id, Role.COUNTER, "kim")
    command(place, "kim", "new")
    enter(place, team=str(east), choice=["zero"])
    assert "You count, so you do not see what “zero” would choose." in preview(place)
    assert "A-07" not in preview(place)
