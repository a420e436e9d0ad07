"""Plans in setup.toml: everything that may be said of one, checked against what is in the tables."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, select

from models.catalog import Item, Location
from models.database import Database
from models.errors import BadFile
from models.people import Member, Team, TeamRole
from models.plans import CountPlan, Declaration, Pace
from models.services import setups
from models.stock import StockLevel
from tests.services.setup_example import SETUP

FULL = SETUP.replace(
    'select = "due"\nlines = 12\n',
    """select = ["due 70%", "Random  30 %"]
bins = ["A-02", "A-01", "A-02"]
categories = ["Oils, greases", "Fasteners"]
lines = 200
pace = "full"
blind = false
paused = true
""",
)

Change = Callable[[CountPlan], None]


def apply(database: Database, text: str, now: datetime, *, force: bool = False) -> list[str]:
    with database.write() as session:
        return setups.apply(session, text, file_name="setup.toml", now=now, force=force)


def refused(database: Database, text: str, now: datetime) -> list[str]:
    with pytest.raises(BadFile) as error:
        apply(database, text, now)
    return str(error.value).splitlines()


def plan(session: Session) -> CountPlan:
    return session.exec(select(CountPlan).where(CountPlan.name == "Daily parts")).one()


@pytest.fixture
def stocked(database: Database, now: datetime) -> Database:
    """Bins of the team and one of nobody, and items of two categories."""
    with database.write() as session:
        session.add_all(Location(code=code) for code in ("A-01-01", "A-02-01", "B-01-01", "Q-01-01"))
        session.add(Item(sku="BOLT-10", name="Bolt", category="Fasteners", created_at=now))
        session.add(Item(sku="OIL-5", name="Oil", category="Oils, greases", created_at=now))
    return database


def with_line(line: str) -> str:
    """The set-up with one more line in its plan, number 20 of the file."""
    return SETUP.replace("lines = 12\n", f"lines = 12\n{line}\n")


def test_everything_that_may_be_said_of_a_plan(stocked: Database, now: datetime) -> None:
    assert 'plan "Daily parts" added' in apply(stocked, FULL, now)
    with stocked.read() as session:
        daily = plan(session)
        assert daily.selection == "due 70%, random 30%"
        assert (daily.bins, daily.categories) == ("A-01,A-02", '["Fasteners", "Oils, greases"]')
        assert (daily.lines, daily.pace, daily.blind, daily.is_paused) == (200, Pace.FULL, False, True)
        assert (daily.next_due, daily.next_occurrence) == (None, None)
    assert apply(stocked, FULL, now) == []
    otherwise = FULL.replace('["due 70%", "Random  30 %"]', '"due 70%, random 30%"').replace(
        '"A-02", "A-01", "A-02"', '"A-01",\n"A-02"'
    )
    assert apply(stocked, otherwise, now) == []


def test_a_change_of_each_is_said(stocked: Database, now: datetime) -> None:
    apply(stocked, SETUP, now)
    assert apply(stocked, FULL, now) == [
        (
            'plan "Daily parts": select "due" -> "due 70%, random 30%", bins all -> "A-01,A-02", '
            'categories all -> ["Fasteners", "Oils, greases"], lines 12 -> 200, pace "level" -> "full", '
            "blind true -> false, paused false -> true"
        )
    ]
    assert apply(stocked, SETUP, now)[0].startswith('plan "Daily parts": select "due 70%, random 30%" -> "due", bins ')
    with stocked.read() as session:
        assert plan(session).next_due is not None


def test_a_plan_from_before_these_words_stays_as_it_is_and_is_not_taken_for_edited(
    database: Database, now: datetime
) -> None:
    apply(database, SETUP, now)
    with database.write() as session:
        plan(session).pace = Pace.FULL  # as the migration left it
        row = session.exec(select(Declaration).where(Declaration.kind == "plan")).one()
        row.declared = (
            '{"at_due": "expire", "due_in": "4h", "grace": "1d", "lines": 12, "recounts": 1, "replies": true, '
            '"schedule": "daily 07:00", "select": "due", "team": "Fleet Parts"}'
        )
    without = SETUP[: SETUP.index("[[plan]]")]
    with database.read() as session:  # to look only: nothing is committed
        said = setups.apply(session, without, file_name="setup.toml", now=now)
        assert 'plan "Daily parts": is not in the file any more; deactivated' in said
    for _ in range(2):
        assert apply(database, SETUP, now) == []
        assert apply(database, SETUP, now, force=True) == []
    assert apply(database, with_line("lines = 13").replace("lines = 12\n", ""), now) == [
        'plan "Daily parts": lines 12 -> 13'
    ]
    assert apply(database, with_line('pace = "level"'), now)[0].endswith('lines 13 -> 12, pace "full" -> "level"')
    assert apply(database, with_line('pace = "full"'), now) == ['plan "Daily parts": pace "level" -> "full"']
    assert apply(database, SETUP, now) == ['plan "Daily parts": pace "full" -> "level"']  # it was said, and is no more


def test_an_edit_of_a_word_that_no_file_has_said_is_kept(database: Database, now: datetime) -> None:
    apply(database, SETUP, now)
    with database.write() as session:
        row = session.exec(select(Declaration).where(Declaration.kind == "plan")).one()
        row.declared = row.declared.replace('"bins": "", ', "")
        plan(session).bins = "A-01"
    assert apply(database, SETUP, now) == []
    with database.read() as session:
        assert plan(session).bins == "A-01"
    assert apply(database, with_line('bins = "B-"'), now) == ['plan "Daily parts": bins "A-01" -> "B-"']


def test_pausing_and_resuming_schedules_again_and_other_changes_do_not(database: Database, now: datetime) -> None:
    apply(database, SETUP, now)
    with database.read() as session:
        due = plan(session).next_due
    assert due is not None
    late = due + timedelta(minutes=1)
    apply(database, with_line("blind = false"), late)
    with database.read() as session:
        assert plan(session).next_due == due
    assert apply(database, with_line("paused = true"), late)[-1].endswith("paused false -> true")
    with database.read() as session:
        assert plan(session).next_due is None
    apply(database, SETUP, late)
    with database.read() as session:
        assert plan(session).next_due == due + timedelta(days=1)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("bins = ['A-03']", "bins: No bin of Fleet Parts begins with “A-03”; did you mean “A-01”?"),
        ("bins = ['Q-']", "bins: “Q-” lies outside of the bins of Fleet Parts, which begin with A- or B-."),
        ("bins = ['Q-', 'A-01', 'Z']",
         "bins: “Q-” and “Z” lie outside of the bins of Fleet Parts, which begin with A- or B-."),
        ("bins = ['A-07', 'B-9']", "bins: No bin of Fleet Parts begins with “A-07” or “B-9”; did you mean “A-01”?"),
        ("categories = ['Fastners']", "categories: No item is in a category “Fastners”; did you mean “Fasteners”?"),
        ("categories = ['Zx']", "categories: No item is in a category “Zx”; write it as in the stock file."),
        ("select = 'location Q-'", "select: “Q-” lies outside of the bins of Fleet Parts, which begin with A- or B-."),
        ("select = 'location A-9'", "select: No bin of Fleet Parts begins with “A-9”; did you mean “A-0”?"),
        ("select = 'category fasteners'", "select: No item is in a category “fasteners”; did you mean “Fasteners”?"),
        ("select = 'control BOLT-1'", "select: There is no SKU “BOLT-1”; did you mean BOLT-10?"),
        (
            "select = 'due 98%, random 2%'",
            "select: Of 12 lines “random” would never have one; raise its share or the lines, or leave it out.",
        ),
        ("select = 'control QQQQ'", "select: There is no SKU “QQQQ”."),
    ],
)  # fmt: skip
def test_what_the_tables_say_against_a_plan_refuses_the_file(
    stocked: Database, now: datetime, line: str, problem: str
) -> None:
    text = with_line(line).replace('select = "due"\n', "\n" if "select =" in line else 'select = "due"\n')
    assert refused(stocked, text, now) == [f'setup.toml line 20: plan "Daily parts": {problem}']
    with stocked.read() as session:
        assert session.exec(select(CountPlan)).all() == []
        assert session.exec(select(Declaration)).all() == []


def test_an_empty_database_cannot_tell(database: Database, now: datetime) -> None:
    text = FULL.replace('"Random  30 %"', '"control NUT-1 10%", "location A-9", "category Nuts"')
    assert 'plan "Daily parts" added' in apply(database, text, now)
    outside = FULL.replace('"A-02", "A-01", "A-02"', '"Q-"')
    assert refused(database, outside, now) == [
        (
            'setup.toml line 19: plan "Daily parts": bins: “Q-” lies outside of the bins of Fleet Parts, '
            "which begin with A- or B-."
        )
    ]


def test_all_problems_at_once_and_the_lines_in_order(stocked: Database, now: datetime) -> None:
    text = with_line("categories = ['Fastners']\nbins = [\n'Q-']")
    assert [problem.split(": ")[:3] for problem in refused(stocked, text, now)] == [
        ["setup.toml line 20", 'plan "Daily parts"', "categories"],
        ["setup.toml line 21", 'plan "Daily parts"', "bins"],
    ]


def test_two_plans_whose_names_differ_in_capitals_only(database: Database, now: datetime) -> None:
    apply(database, SETUP, now)
    with database.write() as session:
        plan(session).lines = 20  # edited, so that it is kept when the file drops it
    text = SETUP.replace('name = "Daily parts"', 'name = "daily PARTS"')
    assert refused(database, text, now) == [
        'setup.toml line 15: plan "daily PARTS": name: There is a plan “Daily parts” already; choose another name.'
    ]


def test_a_plan_that_stock_has_proved_wrong_since_is_said_and_does_not_hold_up_the_rest(
    stocked: Database, now: datetime
) -> None:
    text = with_line("bins = ['A-02']")
    apply(stocked, text, now)
    with stocked.write() as session:
        session.delete(session.exec(select(Location).where(Location.code == "A-02-01")).one())
    said = (
        'setup.toml line 20: plan "Daily parts": bins: No bin of Fleet Parts begins with “A-02”; did you mean “A-01”?'
    )
    for _ in range(2):
        assert apply(stocked, text, now) == [said]
    assert apply(stocked, text.replace("limit = 500", "limit = 600"), now)[1:] == [said]
    assert len(refused(stocked, text.replace("lines = 12", "lines = 13"), now)) == 1
    assert len(refused(stocked, text.replace('"B-"]', '"B-", "Q-"]'), now)) == 1


def test_an_import_after_the_file_has_its_bins_and_classes_said_with_their_lines(
    database: Database, now: datetime
) -> None:
    text = with_line("bins = ['A-99']").replace('"due"', '"due 70%, abc Q 30%"')
    assert 'plan "Daily parts" added' in apply(database, text, now)
    with database.write() as session:
        session.add_all([Location(id=1, code="A-01-01"), Item(id=1, sku="BOLT-10", name="Bolt", created_at=now)])
        session.flush()
        session.add(StockLevel(item_id=1, location_id=1, created_at=now, due_from=now))
    assert apply(database, text, now) == [
        'setup.toml line 20: plan "Daily parts": bins: No bin of Fleet Parts begins with “A-99”; the first is A-01-01.',
        'setup.toml line 18: plan "Daily parts": select: No item is in class Q; choose A, B or C.',
    ]
    assert len(refused(database, text.replace("lines = 12", "lines = 13"), now)) == 2


def test_what_the_tables_say_is_told_together_with_what_the_file_says_wrong(stocked: Database, now: datetime) -> None:
    text = (
        with_line("bins = ['A-99']\ncategories = ['Fastners']\npace = 'slow'")
        .replace('"daily 07:00"', '"daily 7.00 o clock"')
        .replace('"due"', '"dew"')
        .replace("percent = 2", "percent = -2")
        .replace("[[plan]]", "[calendar]\nquiet = ['00:00-24:00']\n\n[[plan]]")
    )
    for before in ("", SETUP):
        if before:
            apply(stocked, before, now)
        found = [line.split(": ")[:3] for line in refused(stocked, text, now)]
        assert found == [
            ["setup.toml line 15", "calendar", "quiet"],
            ["setup.toml line 20", 'plan "Daily parts"', "schedule"],
            ["setup.toml line 21", 'plan "Daily parts"', "select"],
            ["setup.toml line 23", 'plan "Daily parts"', "bins"],
            ["setup.toml line 24", 'plan "Daily parts"', "categories"],
            ["setup.toml line 25", 'plan "Daily parts"', "pace"],
            ["setup.toml line 27", 'plan "Daily parts"', "tolerance"],
        ]


@pytest.mark.parametrize(
    ("was", "wrong", "problem"),
    [
        ('locations = ["A-", "B-"]', "locations = 3", "locations must be a list"),
        ('counters = ["U01ANA", "U02DAN"]', 'counters = ["Val"]', "counters: "),
        ('name = "Fleet Parts"\nchannel', "channel", "name is missing"),
        ('"C01PARTS"', '"parts"', "channel: "),
        ('"EUR"', '"EURO"', "currency "),
        ("Europe/Berlin", "Mars", "timezone: "),
        ('"U03BEN"', '"ben"', "approvers: "),
    ],
)  # fmt: skip
def test_nothing_is_made_up_about_a_plan_whose_team_is_wrong(
    database: Database, now: datetime, was: str, wrong: str, problem: str
) -> None:
    text = with_line("bins = ['A-01']")
    assert was in text
    apply(database, text, now)
    found = refused(database, text.replace(was, wrong), now)
    assert problem in found[0]
    assert [line for line in found if 'plan "Daily parts"' in line and "no team" not in line] == []
    assert found == refused(database, text.replace(was, wrong), now), "nothing was changed"


def test_a_team_whose_counters_were_taken_away(database: Database, now: datetime) -> None:
    apply(database, SETUP, now)
    with database.write() as session:
        for role in session.exec(select(TeamRole).where(TeamRole.role == "counter")):
            role.is_active = False
    assert refused(database, SETUP.replace("lines = 12", "lines = 13"), now) == [
        (
            'setup.toml line 16: plan "Daily parts": team: Fleet Parts has no counters, so nobody would count. '
            "Add one first."
        )
    ]


def test_a_plan_that_stock_has_proved_wrong_since_does_not_hold_up_the_counters_of_its_team(
    stocked: Database, now: datetime
) -> None:
    alone, both, dan = '"U01ANA"', '"U01ANA", "U02DAN"', 'team "Fleet Parts": counter U02DAN'
    text = with_line("categories = ['Fasteners']")
    assert both in text
    assert len(apply(stocked, text, now)) > 1
    with stocked.write() as session:
        session.exec(select(Item).where(Item.category == "Fasteners")).one().category = "Bolts"
    said = apply(stocked, text, now)[0]
    assert said.startswith('setup.toml line 20: plan "Daily parts": categories: No item is in a category “Fasteners”')
    gone = f"{dan}: is not in the file any more; deactivated"
    assert apply(stocked, text.replace(both, alone), now) == [gone, said]
    assert apply(stocked, text, now) == [f"{dan} added", said]
    with stocked.write() as session:
        for role in session.exec(select(TeamRole).join(Member).where(Member.slack_id == "U02DAN")):
            role.is_active = False
    (refusal,) = refused(stocked, text.replace(both, '"U02DAN"'), now)
    assert "team: Fleet Parts has no counters, so nobody would count." in refusal


def test_a_team_that_gets_another_name_keeps_its_plans(database: Database, now: datetime) -> None:
    apply(database, SETUP, now)
    apply(database, SETUP.replace("Fleet Parts", "Fleet Spares"), now)
    with database.read() as session:
        found = plan(session)
        assert found.is_active
        assert session.get_one(Team, found.team_id).name == "Fleet Spares"
        assert found.next_due is not None
    assert apply(database, SETUP.replace("Fleet Parts", "Fleet Spares"), now) == []


def test_a_team_whose_bins_begin_so_nowhere_is_refused_with_its_line(stocked: Database, now: datetime) -> None:
    line = next(n for n, text in enumerate(SETUP.splitlines(), start=1) if text.startswith("locations"))
    wrong = SETUP.replace('"A-"', '"A-", "X-"', 1)
    assert wrong != SETUP
    (problem, *_) = refused(stocked, wrong, now)
    assert problem.startswith(f'setup.toml line {line}: team "Fleet Parts": locations: No bin begins with “X-”; ')
