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
from tests.services.setup_example import SETUP


def apply(database: Database, text: str, now: datetime, *, force: bool = False) -> list[str]:
    with database.write() as session:
        return setups.apply(session, text, file_name="setup.toml", now=now, force=force)


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
        assert ben.authorities[team.id][0].limit == 500
        assert eva.authorities[team.id][0].limit is None
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


def test_a_new_plan_whose_time_is_over_is_refused_and_one_whose_time_passed_is_not(
    database: Database, now: datetime
) -> None:
    once = SETUP.replace("daily 07:00", "once 2026-11-24 07:00")
    over = (
        'setup.toml line 17: plan "Daily parts": schedule: “once 2026-11-01 07:00” is over, so it would not run; '
        "give it a later time."
    )
    before = once.replace("11-24", "11-01")
    for text in (before, before.replace("lines = 12", "lines = 12\npaused = true")):
        with pytest.raises(BadFile) as refused:
            apply(database, text, now)
        assert str(refused.value) == over
    apply(database, once, now)
    with pytest.raises(BadFile) as refused:
        apply(database, before, now)
    assert str(refused.value) == over
    late = now + timedelta(days=3)
    with database.write() as session:  # the clock came by
        plan(session).next_due = plan(session).next_occurrence = None
    assert apply(database, once, late) == []
    assert apply(database, once.replace("lines = 12", "lines = 9"), late) == ['plan "Daily parts": lines 12 -> 9']
    moved = once.replace("lines = 12", "lines = 9").replace("Berlin", "London")
    assert apply(database, moved, late) == ['company: timezone "Europe/Berlin" -> "Europe/London"']


def test_a_once_that_passed_while_paused_is_not_resumed_by_the_file(database: Database, now: datetime) -> None:
    once = SETUP.replace("daily 07:00", "once 2026-11-24 07:00")
    paused = once.replace("lines = 12", "lines = 12\npaused = true")
    apply(database, paused, now)
    late = now + timedelta(days=3)
    assert apply(database, paused, late) == []
    with pytest.raises(BadFile) as refused:
        apply(database, once, late)
    assert str(refused.value) == (
        'setup.toml line 17: plan "Daily parts": schedule: “once 2026-11-24 07:00” passed while the plan was paused, '
        "so it would not run. Start it with “Run now”, or give it a later time."
    )
    apply(database, once.replace("11-24", "11-30"), late)
    with database.read() as session:
        assert plan(session).next_due == datetime(2026, 11, 30, 6, tzinfo=UTC)


def test_a_team_that_takes_over_a_once_that_is_over_is_told(database: Database, now: datetime) -> None:
    once = SETUP.replace("daily 07:00", "once 2026-11-24 07:00")
    apply(database, once, now)
    said = apply(database, once.replace("Fleet Parts", "Fleet Spares"), now + timedelta(days=3))
    assert said[-1] == 'plan "Daily parts": “once 2026-11-24 07:00” is over, so it will not run; give it a later time'


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
    with database.read() as session:
        assert len(limits(session)) == 4, "with its limits"
    assert apply(database, shorter, now, force=True) == [
        'plan "Daily parts": is not in the file any more; deactivated',
        'tolerance of plan "Daily parts": percent: is not in the file any more; removed',
        'tolerance of plan "Daily parts": value: is not in the file any more; removed',
    ]
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


def test_all_problems_are_collected_and_nothing_changes(database: Database, now: datetime) -> None:
    text = SETUP.replace("lines = 12", "lines = 0").replace("Europe/Berlin", "Mars").replace("U01ANA", "ana")
    with pytest.raises(BadFile) as refused:
        apply(database, text, now)
    assert len(str(refused.value).splitlines()) == 3
    with database.read() as session:
        assert session.exec(select(Team)).all() == []
