"""Signing a session off: what is kept, who may, what opens it again, and that nothing else changes it."""

import hashlib
import json
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session, col, select

from models.catalog import Location
from models.counts import CountSession
from models.database import Database
from models.errors import BadInput, CycleCountError, NotAllowed, NotFound, WrongState
from models.journal import AuditEvent, Intent, OutboxMessage
from models.people import Role
from models.rules.causes import Reason
from models.rules.lines import LineState
from models.services import finds, receipt_rows, reminders, sign_off_news, sign_offs, unsigned
from models.services.sign_offs import SignedAlready
from models.sign_offs import SignOff
from tests.services.signing import counted, preview, sign, sign_offs_of, signing, signing_blindly
from tests.services.test_finds import find, finding
from tests.services.test_races import ROUNDS, approving, in_review, moving, race, split
from tests.services.test_reversals import taking_back
from tests.world import World

ONLY_APPROVERS = "Only approvers of Fleet Parts sign this off. Ben or Eva can."


def mixed(world: World) -> int:
    """Four lines: right at first, approved, rejected and skipped; the last one's name is a formula."""
    stocks = [
        world.stock("BOLT-10", "A-01", 100, unit_cost="0.35"),
        world.stock("FUSE-15", "A-02", 50, unit_cost="0.0125"),
        world.stock("NUT-10", "A-03", 40, unit_cost=None),
        world.stock("=1+1", "A-04", 7, unit_cost=2),
    ]
    right, short, odd, blocked = [world.line(stock) for stock in stocks]
    world.count(right, "ana", 100)
    for who in ("ana", "dan"):
        world.count(short, who, 45)
        world.count(odd, who, 39)
    world.skip(blocked, "fay", "=HYPERLINK()")
    world.approve(short, "ben")
    world.reject(odd, "eva", reason=Reason.OTHER, note="-12 cannot be")
    return world.see(right).session_id


def told(world: World, intent: Intent) -> list[str]:
    with world.database.read() as session:
        return list(session.exec(select(OutboxMessage.subject).where(OutboxMessage.intent == intent)))


def trail(world: World) -> AuditEvent:
    with world.database.read() as session:
        return session.exec(
            select(AuditEvent).where(AuditEvent.action == sign_offs.ACTION).order_by(col(AuditEvent.id).desc())
        ).first() or AuditEvent(action="none", actor="", subject="", at=world.now)


def test_what_is_signed_is_kept_with_every_line(world: World) -> None:
    session_id = mixed(world)
    made = sign(world, "ben", session_id, " seen with Eva ")
    assert (made.number, made.note, made.lines, made.counted) == (1, "seen with Eva", 4, 3)
    assert (made.right_at_first, made.skipped, made.rejected, made.unknown_cost) == (1, 1, 1, 1)
    assert (made.net_value, made.gross_value) == (Decimal("-0.0625"), Decimal("0.0625"))
    rows = receipt_rows.read_file(made.content)
    assert [(row["bin"], row["state"], row["expected"], row["first_count"], row["accepted"]) for row in rows] == [
        ("A-01", "reconciled", "100", "100", "100"),
        ("A-02", "reconciled", "50", "45", "45"),
        ("A-03", "rejected", "40", "39", ""),
        ("A-04", "skipped", "", "", ""),
    ]
    assert [row["posted"] for row in rows] == ["0", "-5", "0", ""]
    assert sum(Decimal(row["value"] or 0) for row in rows) == made.net_value
    assert [(row["counted_by"], row["decided_by"]) for row in rows] == [
        ("Ana", "tolerance limit"), ("Ana; Dan", "Ben"), ("Ana; Dan", "Eva"), ("", ""),
    ]  # fmt: skip
    assert (rows[2]["note"], rows[3]["note"], rows[3]["sku"]) == ("'-12 cannot be", "'=HYPERLINK()", "'=1+1")
    assert rows[1]["counted_at"].endswith("+00:00")
    assert {row["time_zone"] for row in rows} == {"UTC"}
    assert rows[1]["ledger_ids"].isdigit()


def test_the_audit_event_names_the_file_and_the_totals(small_world: World) -> None:
    made = sign(small_world, "ben", mixed(small_world))
    event = trail(small_world)
    assert (event.id, event.actor, event.subject) == (made.audit_id, "U01BEN", f"session {made.session_id}")
    detail = json.loads(event.detail)
    assert detail["sha256"] == hashlib.sha256(made.content).hexdigest() == made.sha256
    assert (detail["number"], detail["counted"], detail["net_value"]) == (1, 3, "-0.0625")
    assert told(small_world, Intent.RECEIPT) == told(small_world, Intent.RECEIPT_FILE) == [str(made.id)]


def test_a_preview_says_what_would_be_signed(small_world: World) -> None:
    seen = preview(small_world, "ben", mixed(small_world))
    assert seen.result is not None
    assert (seen.number, seen.unresolved, seen.before) == (1, (), None)
    assert seen.deciders == (("tolerance limit", 1), ("Ben", 1), ("Eva", 1))


def test_open_lines_are_listed_with_what_comes_first_and_nothing_is_signed(world: World) -> None:
    stocks = [world.stock(f"BOLT-{n}", f"A-0{n}", 100) for n in range(4)]
    lines = [world.line(stock) for stock in stocks]
    world.count(lines[0], "ana", 100)
    world.count(lines[1], "ana", 90)
    for who in ("ana", "dan"):
        world.count(lines[2], who, 90)
    session_id = world.see(lines[0]).session_id
    seen = preview(world, "ben", session_id)
    assert seen.result is None
    assert [(line.location, line.what) for line in seen.unresolved] == [
        ("A-01", "Dan is asked to count it again"),
        ("A-02", "decide it on its card"),
        ("A-03", "count it, or say why it cannot be counted"),
    ]
    with pytest.raises(WrongState, match="3 lines are open again, so nothing was signed"):
        sign(world, "ben", session_id)
    assert sign_offs_of(world, session_id) == []


@pytest.mark.parametrize("who", ["ben", "eva", "kim"])
def test_approvers_of_the_team_and_stock_control_sign(small_world: World, who: str) -> None:
    assert sign(small_world, who, counted(small_world)[2]).member_id == small_world.person(who).id


@pytest.mark.parametrize("who", ["ana", "fay", "zoe"])
def test_nobody_else_does(small_world: World, who: str) -> None:
    _, _, session_id = counted(small_world)
    small_world.add_team("Others", "Z-", approvers=("zoe",))
    with pytest.raises(NotAllowed) as refused:
        sign(small_world, who, session_id)
    assert str(refused.value) == ONLY_APPROVERS


def all_by_dan(world: World, quantity: int) -> int:
    with world.database.write() as session:
        world.give_role(session, world.team_id, Role.APPROVER, "dan")
    for name in ("ana", "fay"):
        world.remove_role(name)
    line = world.line(world.stock("BOLT-10", "A-01", 100))
    world.count(line, "dan", quantity)
    if quantity != 100:
        world.approve(line, "eva")
    return world.see(line).session_id


def test_who_counted_all_of_it_does_not_sign_what_was_posted_when_somebody_else_can(small_world: World) -> None:
    session_id = all_by_dan(small_world, 90)
    with pytest.raises(NotAllowed) as refused:
        preview(small_world, "dan", session_id)
    assert str(refused.value) == "You counted all of it, so somebody else signs it off. Ben, Eva or Kim can."
    seen, dan = preview(small_world, "ben", session_id).seen, small_world.person("dan")
    with pytest.raises(NotAllowed, match="You counted all of it"), small_world.step() as session:
        sign_offs.sign(session, person=dan, session_id=session_id, number=1, seen=seen, note="", now=small_world.now)
    assert sign(small_world, "ben", session_id).number == 1


def test_who_counted_all_of_it_signs_what_posted_nothing(small_world: World) -> None:
    assert sign(small_world, "dan", all_by_dan(small_world, 100)).number == 1


def test_who_counted_some_of_it_signs(small_world: World) -> None:
    with small_world.database.write() as session:
        small_world.give_role(session, small_world.team_id, Role.APPROVER, "dan")
    assert sign(small_world, "dan", counted(small_world)[2]).number == 1


def test_the_second_is_told_who_signed_and_when(world: World) -> None:
    _, _, session_id = counted(world)
    world.clock("10:51")
    sign(world, "ben", session_id)
    with pytest.raises(SignedAlready) as refused:
        preview(world, "eva", session_id)
    assert str(refused.value) == "Ben signed this off at 10:51. Nothing was changed."


def test_a_session_that_is_not_there_and_a_long_note_are_refused(small_world: World) -> None:
    _, _, session_id = counted(small_world)
    with pytest.raises(NotFound):
        preview(small_world, "ben", 999)
    with pytest.raises(BadInput, match="501 characters"):
        sign(small_world, "ben", session_id, "x" * 501)


def test_a_preview_that_is_out_of_date_is_not_signed(world: World) -> None:
    _, line, session_id = counted(world)
    work = signing(world, "ben", session_id)
    world.take_back(line, "eva")
    world.approve(line, "eva")
    with pytest.raises(WrongState, match="Something was decided since you opened this"), world.step() as session:
        work(session)


@pytest.mark.parametrize("change", ["UPDATE signoff SET counted = 99", "DELETE FROM signoff"])
def test_the_database_refuses_to_change_a_sign_off(world: World, change: str) -> None:
    sign(world, "ben", counted(world)[2])
    with pytest.raises(DatabaseError), world.database.write() as session:
        session.connection().execute(text(change))


def test_the_orm_refuses_too(small_world: World) -> None:
    made = sign(small_world, "ben", counted(small_world)[2])
    with pytest.raises(RuntimeError, match="never changed"), small_world.database.write() as session:
        session.get_one(SignOff, made.id).counted = 99
    with pytest.raises(RuntimeError, match="never changed"), small_world.database.write() as session:
        session.delete(session.get_one(SignOff, made.id))


# -- what comes afterwards


def test_nothing_is_added_or_counted_after_it(small_world: World) -> None:
    _, line, session_id = counted(small_world)
    small_world.stock("NUT-10", "A-09", 0)
    small_world.clock("10:51")
    sign(small_world, "ben", session_id)
    late = r"Dan counted this at .* Ben signed the count off at 10:51\."
    with pytest.raises(WrongState, match=late):
        small_world.count(line, "fay", 95)
    assert small_world.count(line, "dan", 95).is_note, "kept, and settles nothing"
    with pytest.raises(WrongState, match="signed Daily parts off at 10:51, so nothing is added to it"):
        find(small_world, "fay", session_id, "NUT-10", "A-09", 4)
    ben = small_world.person("ben")
    with pytest.raises(WrongState, match="Nothing was changed"), small_world.step() as session:
        reminders.extend(session, person=ben, session_id=session_id, seen=0, now=small_world.now)
    with pytest.raises(WrongState, match="Ben signed the count off at 10:51"):
        small_world.skip(line, "fay")
    small_world.take_back(line, "eva")
    with pytest.raises(WrongState, match="so nothing is added to it"):
        find(small_world, "fay", session_id, "NUT-10", "A-09", 4)


def test_a_decision_taken_back_opens_it_and_it_is_signed_anew(world: World) -> None:
    _, line, session_id = counted(world)
    first = sign(world, "ben", session_id)
    assert told(world, Intent.SIGN_OFF_CHANGED) == []
    world.take_back(line, "eva")
    assert told(world, Intent.SIGN_OFF_CHANGED) == [f"{session_id}.1"]
    assert preview(world, "ben", session_id).result is None
    world.adjust(line, "eva", 95)
    seen = preview(world, "ben", session_id)
    assert (seen.number, seen.before and seen.before.who) == (2, "Ben")
    second = sign(world, "eva", session_id)
    assert (first.net_value, second.net_value) == (Decimal("-3.5"), Decimal("-1.75"))
    assert [one.number for one in sign_offs_of(world, session_id)] == [1, 2]


def test_a_late_movement_opens_it(world: World) -> None:
    bolts, line, session_id = counted(world)
    sign(world, "ben", session_id)
    world.issue(bolts, 10, occurred_at=world.entries(line)[0].counted_at - timedelta(seconds=1))
    assert world.state(line) is LineState.IN_REVIEW
    assert told(world, Intent.SIGN_OFF_CHANGED) == [f"{session_id}.1"]
    world.approve(line, "ben")
    again = sign(world, "ben", session_id)
    assert (again.number, again.net_value) == (2, Decimal(0))


def test_a_session_that_nobody_signed_tells_of_no_change(small_world: World) -> None:
    _, line, _ = counted(small_world)
    small_world.take_back(line, "eva")
    assert told(small_world, Intent.SIGN_OFF_CHANGED) == []


def test_what_can_be_signed_is_listed_for_who_can(world: World) -> None:
    _, line, session_id = counted(world)

    def listed(who: str) -> list[tuple[int, bool]]:
        person = world.person(who)
        with world.database.read() as session:
            return [(one.session_id, one.changed) for one in unsigned.unsigned(session, person, world.now)]

    assert [listed(who) for who in ("ana", "ben", "kim")] == [[], [(session_id, False)], [(session_id, False)]]
    sign(world, "ben", session_id)
    assert listed("ben") == []
    world.take_back(line, "eva")
    assert listed("ben") == [], "it is open"
    world.approve(line, "eva")
    assert listed("ben") == [(session_id, True)]
    with world.database.read() as session:
        assert sign_off_news.change_facts(session, session_id).open_places == ()


# -- races


def test_of_two_sign_offs_at_once_one_is_made(world: World) -> None:
    for number in ROUNDS:
        _, _, session_id = counted(world, number)
        won, lost = split(race(world, signing(world, "ben", session_id), signing(world, "eva", session_id)))
        assert (len(won), len(lost)) == (1, 1), lost
        [made] = sign_offs_of(world, session_id)
        name = "Ben" if made.member_id == world.person("ben").id else "Eva"
        assert str(lost[0]).startswith(f"{name} signed this off at ")


def opened_or_told(world: World, session_id: int, signed: object) -> None:
    """Either the sign-off found the line open, or who opened it told the thread."""
    was_told = any(subject.startswith(f"{session_id}.") for subject in told(world, Intent.SIGN_OFF_CHANGED))
    if isinstance(signed, CycleCountError):
        assert (sign_offs_of(world, session_id), was_told) == ([], False)
    else:
        assert (len(sign_offs_of(world, session_id)), was_told) == (1, True)


def test_a_sign_off_against_a_decision_taken_back(world: World) -> None:
    for number in ROUNDS:
        _, line, session_id = counted(world, number)
        signed, taken = race(world, signing(world, "ben", session_id), taking_back(world, line, "eva"))
        assert not isinstance(taken, Exception)
        opened_or_told(world, session_id, signed)


def test_a_sign_off_against_a_late_movement(world: World) -> None:
    for number in ROUNDS:
        bolts, line, session_id = counted(world, number)
        early = world.entries(line)[0].counted_at - timedelta(seconds=1)
        signed, moved = race(world, signing(world, "ben", session_id), moving(world, bolts, -10, early))
        assert not isinstance(moved, Exception)
        assert world.state(line) is LineState.IN_REVIEW
        opened_or_told(world, session_id, signed)


def test_a_sign_off_against_the_last_decision_and_something_found(world: World) -> None:
    """Whatever comes first: no line is added to what was signed (`check` counts them)."""
    for number in ROUNDS:
        _, line = in_review(world, number)
        session_id = world.see(line).session_id
        for other in world.open_lines(session_id) - {line}:
            world.skip(other, "fay")
        nuts = world.stock(f"NUT-{number}", f"A-9{number}", 0)  # none on record, so what is found waits for a decision
        found = finding(world, "fay", session_id, nuts.sku, f"A-9{number}", 4)
        _, signed, added = race(world, approving(world, line, "ben"), signing_blindly(world, "eva", session_id), found)
        assert isinstance(signed, CycleCountError) or isinstance(added, CycleCountError)
        for left in world.open_lines(session_id):
            world.approve(left, "ben")


def test_something_found_while_it_is_signed_off_is_not_added(
    postgres_database: Database, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The finder has seen an open line; by the time that theirs is written, the session is closed and signed."""
    world = World(postgres_database, now)
    _, line = in_review(world, 0)
    world.stock("NUT-10", "A-99", 0)
    session_id, place = world.see(line).session_id, finds._position

    def after_the_sign_off(session: Session, count_session: CountSession, location: Location) -> int:
        world.approve(line, "ben")
        sign(world, "eva", session_id)
        return place(session, count_session, location)

    monkeypatch.setattr(finds, "_position", after_the_sign_off)
    with pytest.raises(WrongState, match="so nothing is added to it"):
        find(world, "fay", session_id, "NUT-10", "A-99", 4)
    assert world.open_lines(session_id) == set()
    assert world.problems() == []
