"""The fields of a plan's form: what stands in them means the plan, and back."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.plan_entries import (
    MORE,
    NAME,
    REPEATS,
    TEAM,
    TIME,
    entries_of,
    new_entries,
    read,
    uneven_limits,
)
from bot.policy_entries import CHOICE, Entries, arguments_field
from models.plans import AtDue, Pace
from models.rules.policies import FORMS, Policy
from models.rules.tolerance import Measure, Side
from models.services.plan_changes import PlanFacts
from models.services.plan_facts import Tolerance, read_facts, read_tolerance

FIRST_DAY = date(2026, 11, 24)

times = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.integers(0, 59))
days = st.lists(st.sampled_from(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]), min_size=1, unique=True)
schedules = st.one_of(
    times.map("daily {}".format),
    times.map("weekdays {}".format),
    st.builds("weekly {} {}".format, days.map(",".join), times),
    st.builds("monthly {} {}".format, st.integers(1, 31), times),
    st.builds("once {} {}".format, st.dates(date(2026, 1, 1), date(2090, 1, 1)), times),
    st.sampled_from(["cron 0 7 * * mon-fri", "cron 30 6 1 1 *"]),
)
selections = st.lists(st.sampled_from(Policy), min_size=1, unique=True).flatmap(
    lambda chosen: st.lists(st.sampled_from(["", " 5%", " 1%"]), min_size=len(chosen), max_size=len(chosen)).map(
        lambda shares: ", ".join(f"{FORMS[policy]}{share}" for policy, share in zip(chosen, shares, strict=True))
    )
)
limits = st.one_of(st.none(), st.integers(0, 100).map(str))


@st.composite
def plans(draw: st.DrawFn) -> PlanFacts:
    facts, problems = read_facts(
        {
            "team": "Fleet Parts",
            "schedule": draw(schedules),
            "select": draw(selections),
            "bins": draw(st.lists(st.sampled_from(["A-", "B-01", "C"]), unique=True)),
            "categories": draw(st.lists(st.sampled_from(["Oils, greases", 'The "best"', "[x", "Größe"]), unique=True)),
            "lines": draw(st.integers(1, 200)),
            "pace": draw(st.sampled_from(list(Pace))),
            "blind": draw(st.booleans()),
            "paused": draw(st.booleans()),
            "due_in": draw(st.sampled_from(["4h", "1h30m", "2d"])),
            "grace": draw(st.sampled_from(["1h", "24h"])),
            "recounts": draw(st.integers(0, 5)),
            "replies": draw(st.booleans()),
            "at_due": draw(st.sampled_from(list(AtDue))),
        }
    )
    assert problems == {}
    sides = {str(measure): {str(side): draw(limits) for side in Side} for measure in Measure}
    return PlanFacts(draw(st.text("abc XYZ", min_size=1)).strip() or "x", facts, read_tolerance(sides)[0])


@given(plans())
def test_a_plan_is_read_back_as_it_is(plan: PlanFacts) -> None:
    found = read(new_entries(FIRST_DAY) | entries_of(plan, 7), "Fleet Parts", plan)
    assert found.errors == {}
    assert read_facts(found.facts) == (plan.facts, {})
    assert read_tolerance(found.tolerance)[0] == plan.tolerance
    assert found.name == " ".join(plan.name.split())


@given(plans())
def test_a_form_says_everything_but_what_it_has_no_field_for(plan: PlanFacts) -> None:
    found = read(entries_of(plan, 7), "Fleet Parts")
    facts = read_facts(found.facts)[0]
    assert facts | {"grace": plan.facts["grace"], "paused": plan.facts["paused"]} == plan.facts
    uneven = {str(measure) for measure in plan.tolerance} - {str(measure) for measure in found.tolerance}
    assert uneven <= {str(Measure.QUANTITY), *(name for name in uneven_limits(plan.tolerance))}


def test_a_new_form_means_the_defaults() -> None:
    entries = new_entries(FIRST_DAY, 7, "Aisle A")
    found = read(entries, "Fleet Parts")
    facts, problems = read_facts({"team": "Fleet Parts", "schedule": "weekdays 07:00"})
    assert (read_facts(found.facts), found.errors, problems) == ((facts, {}), {}, {})
    assert (entries[NAME], entries[TEAM], entries[MORE], entries[CHOICE]) == (["Aisle A"], ["7"], [], ["due"])
    assert found.tolerance == {}


@pytest.mark.parametrize(
    "said", ["weekly Monday,Thu 7:00", "once 2026-12-01 07:00:05", "daily 7:05", "Monthly 01 7:00"]
)
def test_a_schedule_keeps_its_words_until_its_fields_say_something_else(said: str) -> None:
    facts, problems = read_facts({"team": "Fleet Parts", "schedule": said})
    assert problems == {}
    plan = PlanFacts("x", facts, {})
    entries = new_entries(FIRST_DAY) | entries_of(plan, 7)
    assert read(entries, "Fleet Parts", plan).facts["schedule"] == said
    for changed, schedule in (({TIME: ["08:00"]}, "08:00"), ({REPEATS: ["weekdays"]}, "weekdays")):
        assert schedule in str(read(entries | changed, "Fleet Parts", plan).facts["schedule"])


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        ({"abc": "A B 20%"}, {}),
        ({"abc": ""}, {"policy.abc": "“abc” needs classes, like “A B”."}),
        ({"abc": "A, B 20%"}, {}),
        ({"category": '"Oils, greases", Fasteners'}, {}),
        ({"abc": "A, due"}, {"policy.abc": "“DUE” is not a class; write letters, like “A B”."}),
        ({"velocity": "90d, due"}, {"policy.velocity": "Only “velocity” is said here; choose “due” above."}),
        ({"due": "20"}, {"policy.due": "“due” takes nothing after its name but a share"}),
        ({"due": "60%", "random": "60%"}, {"choice": "The shares add up to 120 %; they may not pass 100 %."}),
        ({"control": '"A'}, {"policy.control": "The quote that opens at"}),
        ({"location": "A- 50%", "abc": "1"}, {"policy.abc": "“1” is not a class"}),
    ],
)
def test_policies_are_read_each_in_its_own_field(typed: dict[str, str], errors: dict[str, str]) -> None:
    entries: Entries = new_entries(FIRST_DAY) | {CHOICE: list(typed)}
    entries |= {arguments_field(policy): [text] for policy, text in typed.items() if text}
    found = read(entries, "Fleet Parts").errors
    assert found.keys() == errors.keys()
    for block_id, sentence in errors.items():
        assert found[block_id].startswith(sentence)


@pytest.mark.parametrize(
    ("tolerance", "uneven"),
    [
        ({}, []),
        ({"percent": {"plus": "2", "minus": "2"}}, []),
        ({"percent": {"plus": "2", "minus": "3"}, "value": {"plus": "off", "minus": "off"}}, ["percent", "value"]),
        ({"value": {"plus": None, "minus": "3"}, "quantity": {"plus": "1", "minus": None}}, ["quantity", "value"]),
    ],
)
def test_limits_that_no_field_can_hold(tolerance: Tolerance, uneven: list[str]) -> None:
    assert list(uneven_limits(tolerance)) == uneven
