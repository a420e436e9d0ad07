"""Applying a set-up file: it takes effect, twice is once, and what people changed in Slack since is kept."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlmodel import Session, col, select

from models.database import Database
from models.errors import BadFile
from models.journal import AuditEvent
from models.people import Company, Member, Role, Team, TeamLocation, TeamRole
from models.plans import AtDue, CountPlan, Declaration, ToleranceLimit
from models.rules.tolerance import Measure, Scope, Side
from models.services import people, setups
from models.services.setup_files import read_setup

SETUP = """
timezone = "Europe/Berlin"
currency = "EUR"
controllers = ["U05KIM"]                 # stock control: plans, imports, no limit, last stop of every escalation

[[team]]
name = "Fleet Parts"
channel = "C01PARTS"
review_channel = "C01REVIEW"
locations = ["A-", "B-"]                 # bin prefixes this team counts
counters = ["U01ANA", "U02DAN"]
approvers = [{ slack_id = "U03BEN", limit = 500 }, { slack_id = "U04EVA" }]   # no limit = any value

[[plan]]
name = "Daily parts"
team = "Fleet Parts"
schedule = "daily 07:00"
select = "due"
lines = 12
due_in = "4h"
tolerance = { percent = 2, value = 25 }
"""


def apply(database: Database, text: str, now: datetime, *, force: bool = False) -> list[str]:
    with database.write() as session:
        return setups.apply(session, text, file_name="setup.toml", now=now, force=force)


def problems_of(text: str) -> list[str]:
    with pytest.raises(BadFile) as refused:
        read_setup(text, file_name="setup.toml")
    return str(refused.value).splitlines()


def plan(session: Session, name: str = "Daily parts") -> CountPlan:
    return session.exec(select(CountPlan).where(CountPlan.name == name)).one()


def limits(session: Session) -> dict[tuple[str, str, str, str], Decimal | None]:
    found = session.exec(select(ToleranceLimit))
    return {(row.scope, row.scope_key, row.measure, row.side): row.amount for row in found}


def active_roles(session: Session) -> set[tuple[str, str]]:
    found = session.exec(
        select(Member, TeamRole).join(TeamRole, col(TeamRole.member_id) == Member.id).where(col(TeamRole.is_active))
    )
    return {(person.slack_id, role.role) for person, role in found}


def test_the_set_up_of_the_manual(database: Database, now: datetime) -> None:
    assert apply(database, SETUP, now) == [
        'company: timezone "UTC" -> "Europe/Berlin"',
        "controller U05KIM added",
        'team "Fleet Parts" added',
        'team "Fleet Parts": bins A- added',
        'team "Fleet Parts": bins B- added',
        'team "Fleet Parts": counter U01ANA added',
        'team "Fleet Parts": counter U02DAN added',
        'team "Fleet Parts": approver U03BEN added',
        'team "Fleet Parts": approver U04EVA added',
        'plan "Daily parts" added',
        'tolerance of plan "Daily parts": percent added',
        'tolerance of plan "Daily parts": value added',
    ]
    with database.read() as session:
        assert people.company(session).timezone == "Europe/Berlin"
        team = session.exec(select(Team)).one()
        assert (team.name, team.channel, team.review_channel) == ("Fleet Parts", "C01PARTS", "C01REVIEW")
        assert set(session.exec(select(TeamLocation.prefix))) == {"A-", "B-"}
        ben, eva, kim = (people.require_person(session, who) for who in ("U03BEN", "U04EVA", "U05KIM"))
        assert team.id is not None
        assert ben.approval_limit(team.id) == 500
        assert eva.approval_limit(team.id) is None
        assert kim.is_controller
        daily = plan(session)
        assert (daily.team_id, daily.schedule, daily.selection) == (team.id, "daily 07:00", "due")
        assert (daily.lines, daily.due_in_seconds, daily.grace_seconds) == (12, 4 * 3600, 24 * 3600)
        assert (daily.recounts, daily.replies, daily.at_due) == (1, True, AtDue.EXPIRE)
        assert daily.next_due == datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
        assert limits(session) == {
            ("plan", "Daily parts", measure, side): amount
            for measure, amount in (("percent", 2), ("value", 25))
            for side in ("plus", "minus")
        }
        assert len(session.exec(select(AuditEvent)).all()) == 12


def test_twice_is_once(database: Database, now: datetime) -> None:
    apply(database, SETUP, now)
    with database.read() as session:
        before = [session.exec(select(table)).all() for table in (Company, Team, TeamRole, CountPlan, ToleranceLimit)]
    assert apply(database, SETUP, now + timedelta(days=3)) == []
    with database.read() as session:
        after = [session.exec(select(table)).all() for table in (Company, Team, TeamRole, CountPlan, ToleranceLimit)]
        assert after == before
        assert len(session.exec(select(AuditEvent)).all()) == 12


def test_written_otherwise_is_the_same(database: Database, now: datetime) -> None:
    apply(database, SETUP, now)
    other = SETUP.replace('"4h"', '"240m"').replace("value = 25", "value = 25.00").replace("limit = 500", "limit = 5e2")
    assert apply(database, other, now) == []


def test_what_the_file_changes_is_changed(database: Database, now: datetime) -> None:
    apply(database, SETUP, now)
    changed = (
        SETUP.replace("lines = 12", "lines = 15\nreplies = false\nat_due = 'keep'\nrecounts = 0")
        .replace("limit = 500", "limit = 750.5")
        .replace("percent = 2", "percent = { plus = 3, minus = 'off' }")
    )
    assert apply(database, changed, now) == [
        'team "Fleet Parts": approver U03BEN: limit "500" -> "750.5"',
        'plan "Daily parts": lines 12 -> 15, recounts 1 -> 0, replies true -> false, at_due "expire" -> "keep"',
        'tolerance of plan "Daily parts": percent: plus "2" -> "3", minus "2" -> "off"',
    ]
    with database.read() as session:
        assert limits(session)["plan", "Daily parts", "percent", "plus"] == 3
        assert limits(session)["plan", "Daily parts", "percent", "minus"] is None
        assert (plan(session).lines, plan(session).replies, plan(session).at_due) == (15, False, AtDue.KEEP)


def test_a_run_that_is_due_is_not_lost_to_another_apply(database: Database, now: datetime) -> None:
    apply(database, SETUP, now)
    due = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
    apply(database, SETUP.replace("lines = 12", "lines = 13").replace('"EUR"', '"CHF"'), due + timedelta(minutes=1))
    with database.read() as session:
        assert plan(session).next_due == due


def test_a_changed_schedule_or_zone_is_scheduled_again(database: Database, now: datetime) -> None:
    apply(database, SETUP, now)
    apply(database, SETUP.replace("daily 07:00", "daily 09:30"), now)
    with database.read() as session:
        assert plan(session).next_due == datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
    apply(database, SETUP.replace("daily 07:00", "daily 09:30").replace("Europe/Berlin", "UTC"), now)
    with database.read() as session:
        assert plan(session).next_due == datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def test_a_once_that_is_over_is_said(database: Database, now: datetime) -> None:
    sentences = apply(database, SETUP.replace("daily 07:00", "once 2026-11-01 07:00"), now)
    assert sentences[-1] == (
        'plan "Daily parts": “once 2026-11-01 07:00” is over, so it will not run; give it a later time'
    )
    with database.read() as session:
        assert plan(session).next_due is None


def test_what_is_gone_from_the_file_is_deactivated_never_deleted(database: Database, now: datetime) -> None:
    apply(database, SETUP, now)
    with database.write() as session:  # made in Slack: it never came from the file
        team_id = plan(session).team_id
        session.add(CountPlan(name="Ad hoc", team_id=team_id, schedule="weekdays 12:00", next_due=now))
    assert apply(database, 'timezone = "Europe/Berlin"', now) == [
        "controller U05KIM: is not in the file any more; deactivated",
        'plan "Daily parts": deactivated with its team "Fleet Parts"',
        'plan "Ad hoc": deactivated with its team "Fleet Parts"',
        'team "Fleet Parts": is not in the file any more; deactivated',
        'team "Fleet Parts": bins A-: is not in the file any more; removed',
        'team "Fleet Parts": bins B-: is not in the file any more; removed',
        'team "Fleet Parts": counter U01ANA: is not in the file any more; deactivated',
        'team "Fleet Parts": counter U02DAN: is not in the file any more; deactivated',
        'team "Fleet Parts": approver U03BEN: is not in the file any more; deactivated',
        'team "Fleet Parts": approver U04EVA: is not in the file any more; deactivated',
        'tolerance of plan "Daily parts": percent: is not in the file any more; removed',
        'tolerance of plan "Daily parts": value: is not in the file any more; removed',
    ]
    with database.read() as session:
        assert len(session.exec(select(Member)).all()) == 5
        assert len(session.exec(select(TeamRole)).all()) == 4
        assert active_roles(session) == set()
        assert not plan(session).is_active
        assert plan(session).next_due is None
        assert not session.exec(select(Team)).one().is_active
        assert limits(session) == {}
    assert apply(database, 'timezone = "Europe/Berlin"', now) == []
    assert 'plan "Daily parts" added' in apply(database, SETUP, now)
    with database.read() as session:
        assert plan(session).is_active
        assert plan(session).next_due is not None
        assert active_roles(session) == {
            ("U01ANA", Role.COUNTER), ("U02DAN", Role.COUNTER), ("U03BEN", Role.APPROVER), ("U04EVA", Role.APPROVER),
        }  # fmt: skip
        assert len(session.exec(select(CountPlan).where(CountPlan.name == "Daily parts")).all()) == 1


def test_what_never_came_from_the_file_is_left_alone(database: Database, now: datetime) -> None:
    apply(database, SETUP, now)
    with database.write() as session:
        session.add(CountPlan(name="Ad hoc", team_id=plan(session).team_id, schedule="weekdays 12:00", next_due=now))
        session.add(
            ToleranceLimit(scope=Scope.ITEM, scope_key="X", measure=Measure.QUANTITY, side=Side.PLUS, amount=Decimal(1))
        )
    assert apply(database, SETUP.replace("lines = 12", "lines = 13"), now) == ['plan "Daily parts": lines 12 -> 13']
    with database.read() as session:
        assert plan(session, "Ad hoc").is_active
        assert ("item", "X", "quantity", "plus") in limits(session)


def test_what_was_edited_in_slack_is_reported_and_kept(database: Database, now: datetime) -> None:
    apply(database, SETUP, now)
    with database.write() as session:
        plan(session).lines = 20
    edited = 'plan "Daily parts": lines was edited since the last apply; kept 20, --force sets 12'
    for _ in range(2):  # it stays reported
        assert apply(database, SETUP, now) == [edited]
    # What else the file changes of the same plan still takes effect.
    both = SETUP.replace('due_in = "4h"', 'due_in = "6h"')
    assert apply(database, both, now) == [edited, 'plan "Daily parts": due_in "4h" -> "6h"']
    with database.read() as session:
        assert (plan(session).lines, plan(session).due_in_seconds) == (20, 6 * 3600)
    assert apply(database, both, now, force=True) == ['plan "Daily parts": lines 20 -> 12']
    assert apply(database, both, now) == []


def test_an_edit_that_the_file_takes_over_is_no_edit_any_more(database: Database, now: datetime) -> None:
    apply(database, SETUP, now)
    with database.write() as session:
        plan(session).lines = 20
    assert apply(database, SETUP.replace("lines = 12", "lines = 20"), now) == []
    assert apply(database, SETUP.replace("lines = 12", "lines = 25"), now) == ['plan "Daily parts": lines 20 -> 25']


def test_what_was_removed_in_slack_stays_removed(database: Database, now: datetime) -> None:
    apply(database, SETUP, now)
    with database.write() as session:
        plan(session).is_active = False
    kept = 'plan "Daily parts": was removed since the last apply; still removed, --force brings it back'
    for _ in range(2):
        assert apply(database, SETUP, now) == [kept]
    assert apply(database, SETUP, now, force=True) == ['plan "Daily parts" added']


def test_what_is_gone_from_the_file_but_was_edited_is_kept(database: Database, now: datetime) -> None:
    apply(database, SETUP, now)
    with database.write() as session:
        plan(session).lines = 20
    shorter = SETUP[: SETUP.index("[[plan]]")]
    kept = 'plan "Daily parts": is not in the file any more, but was edited since; kept, --force takes it away'
    for _ in range(2):
        assert kept in apply(database, shorter, now)
    assert apply(database, shorter, now, force=True) == ['plan "Daily parts": is not in the file any more; deactivated']
    with database.read() as session:
        assert session.exec(select(Declaration).where(Declaration.kind == "plan")).all() == []


def test_company_wide_tolerances(database: Database, now: datetime) -> None:
    text = SETUP + (
        "[tolerance]\npercent = 1\n"
        "[tolerance.class.A]\nquantity = 0\n"
        '[tolerance.category."Fasteners"]\nvalue = { plus = 2.5 }\n'
        '[tolerance.item."BOLT-10"]\npercent = "off"\n'
    )
    apply(database, text, now)
    with database.read() as session:
        found = {key: amount for key, amount in limits(session).items() if key[0] != "plan"}
        assert found == {
            ("company", "", "percent", "plus"): 1,
            ("company", "", "percent", "minus"): 1,
            ("class", "A", "quantity", "plus"): 0,
            ("class", "A", "quantity", "minus"): 0,
            ("category", "Fasteners", "value", "plus"): Decimal("2.5"),
            ("item", "BOLT-10", "percent", "plus"): None,
            ("item", "BOLT-10", "percent", "minus"): None,
        }
    assert apply(database, text, now) == []


def test_not_toml_names_the_line() -> None:
    assert problems_of('timezone = "UTC"\n\n[[team]\n') == [
        "setup.toml line 3: this is not TOML: expected ']]' at the end of an array declaration"
    ]


NO_CHANNEL = "is not a Slack channel id, which looks like C01PARTS (Slack shows it in the details)"
LENGTH_HINT = "Say which unit it is. Write it like 4h, 90m, 2d or 1h30m."
TEAM = 'timezone = "UTC"\ncontrollers = ["U05KIM"]\n' + SETUP[SETUP.index("[[team]]") : SETUP.index("[[plan]]")]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('timezone = "UTC"\ntimezon = 1', 'unknown key "timezon"; did you mean "timezone"?'),
        ("", "timezone is missing"),
        ('timezone = "Europe/Berln"', "timezone: “Europe/Berln” is not a time zone; did you mean Europe/Berlin?"),
        ('timezone = "UTC"\ncurrency = "eur"', 'currency must be three capital letters, such as "EUR"'),
        ('timezone = "UTC"\nteam = "x"', "team must be a list"),
        ('timezone = "UTC"\nteam = ["x"]', "team must be written as [[team]]"),
        ('timezone = "UTC"\ntolerance = 1', "tolerance must be a table"),
        (
            'timezone = "UTC"\ncontrollers = ["@kim"]',
            'controllers: "@kim" is not a Slack member id, which looks like U01ANA (Slack shows it in the profile)',
        ),
        (TEAM.replace("review_channel", "review_chanel"),
         'team "Fleet Parts": unknown key "review_chanel"; did you mean "review_channel"?'),
        (TEAM.replace("review_channel", "review_chanel"), 'team "Fleet Parts": review_channel is missing'),
        (TEAM.replace('name = "Fleet Parts"', ""), "team 1: name is missing"),
        (TEAM.replace('"C01PARTS"', '"#parts"'), f'team "Fleet Parts": channel: "#parts" {NO_CHANNEL}'),
        (TEAM.replace('["A-", "B-"]', "[]"),
         'team "Fleet Parts": locations must be a list of bin prefixes, such as ["A-", "B-"]'),
        (TEAM.replace('"B-"', '"A-"'), 'team "Fleet Parts": locations names "A-" twice'),
        (TEAM.replace("U02DAN", "U01ANA"), 'team "Fleet Parts": counters names "U01ANA" twice'),
        (TEAM.replace("U04EVA", "U03BEN"), 'team "Fleet Parts": approvers names U03BEN twice'),
        (TEAM.replace('["U01ANA", "U02DAN"]', "[]"),
         'team "Fleet Parts": counters is empty: name at least one Slack id that counts'),
        (TEAM.replace("500", '"500"'), 'team "Fleet Parts": approvers: the limit of U03BEN must be a number'),
        (TEAM.replace("500", "-1"),
         'team "Fleet Parts": approvers: the limit of U03BEN must be a number from 0 to 1,000,000,000,000'),
        (TEAM.replace("500", "nan"),
         'team "Fleet Parts": approvers: the limit of U03BEN must be a number from 0 to 1,000,000,000,000'),
        (TEAM.replace("limit", "limits"),
         'team "Fleet Parts": approvers: unknown key "limits"; there are slack_id and limit'),
        (TEAM * 1 + TEAM[TEAM.index("[[team]]") :], 'team "Fleet Parts": there are two of this name'),
        (SETUP.replace('team = "Fleet Parts"', 'team = "Flet Parts"'),
         'plan "Daily parts": there is no team "Flet Parts"; did you mean "Fleet Parts"?'),
        (SETUP.replace("daily 07:00", "dayly 07:00"),
         'plan "Daily parts": schedule: “dayly 07:00” is not a schedule; did you mean “daily 07:00”?'),
        (SETUP.replace("lines = 12", "lines = 0"),
         'plan "Daily parts": lines must be a whole number from 1 to 100'),
        (SETUP.replace("lines = 12", "lines = true"),
         'plan "Daily parts": lines must be a whole number from 1 to 100'),
        (SETUP.replace('"4h"', '"4"'),
         f'plan "Daily parts": due_in: “4” is not a length of time. {LENGTH_HINT}'),
        (SETUP.replace('select = "due"', 'select = "random"'), 'plan "Daily parts": select must be "due"'),
        (SETUP.replace("lines = 12", 'at_due = "zero"'), 'plan "Daily parts": at_due must be "expire" or "keep"'),
        (SETUP.replace("lines = 12", 'replies = "no"'), 'plan "Daily parts": replies must be true or false'),
        (SETUP.replace("percent = 2", "percent = -2"),
         'plan "Daily parts": tolerance: percent must be a number from 0 to 1,000,000,000,000, or "off"'),
        (SETUP.replace("percent = 2", "procent = 2"),
         'plan "Daily parts": tolerance: unknown key "procent"; did you mean "percent"?'),
        (SETUP.replace("percent = 2", "percent = { above = 2 }"),
         'plan "Daily parts": tolerance: percent: unknown side "above"; there are plus and minus'),
        (SETUP + "[tolerance.class.gold]\npercent = 1",
         'tolerance.class."gold": a class is one capital letter, such as A'),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_place(text: str, problem: str) -> None:
    assert f"setup.toml: {problem}" in problems_of(text)


def test_all_problems_are_collected_and_nothing_changes(database: Database, now: datetime) -> None:
    text = SETUP.replace("lines = 12", "lines = 0").replace("Europe/Berlin", "Mars").replace("U01ANA", "ana")
    with pytest.raises(BadFile) as refused:
        apply(database, text, now)
    assert len(str(refused.value).splitlines()) == 3
    with database.read() as session:
        assert session.exec(select(Team)).all() == []
