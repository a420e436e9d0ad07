"""Refusals in the audit trail: what is written, and that nobody can fill it by asking again."""

import json
from collections.abc import Mapping
from datetime import timedelta

from sqlmodel import col, select

from models.journal import AuditEvent
from models.services import refusals
from models.services.refusals import MOST, MOST_OF_ONE, NO_LINE
from tests.world import World

MINUTE = timedelta(minutes=1)


def refuse(
    world: World, *, who: str = "U01ZOE", wish: str = "approve", line: int | None = None, why: str = "No.",
    detail: Mapping[str, object] | None = None,
) -> None:  # fmt: skip
    with world.database.write() as session:
        refusals.keep(session, actor=who, wish=wish, line_id=line, why=why, now=world.now, detail=detail or {})


def events(world: World) -> list[AuditEvent]:
    with world.database.read() as session:
        return list(
            session.exec(
                select(AuditEvent).where(col(AuditEvent.action).startswith("refused: ")).order_by(col(AuditEvent.id))
            )
        )


def test_it_names_who_what_which_line_and_why(world: World) -> None:
    line = world.line(world.stock("BOLT-10", "A-01", 100))
    refuse(world, line=line, why="Only approvers decide this.", detail={"by": "button"})
    [event] = events(world)
    assert (event.actor, event.action, event.subject) == ("U01ZOE", "refused: approve", f"line {line}")
    assert json.loads(event.detail) == {"why": "Only approvers decide this.", "by": "button"}


def test_a_line_that_is_not_there_is_none_and_what_was_sent_is_cut(world: World) -> None:
    refuse(world, line=999)
    refuse(world, who="U" * 100, detail={"sent": "x" * 4000})
    first, second = events(world)
    assert (first.subject, second.subject) == (NO_LINE, NO_LINE)
    assert len(second.actor) == 64
    assert len(json.loads(second.detail)["sent"]) == 80


def test_the_same_is_written_once_a_minute(world: World) -> None:
    for _ in range(3):
        refuse(world)
    assert len(events(world)) == 1
    refuse(world, why="Not now.")
    refuse(world, wish="reject")
    refuse(world, who="U01BEN")
    assert len(events(world)) == 4
    world.now += MINUTE
    refuse(world)
    assert len(events(world)) == 5


def test_one_person_writes_so_much_about_one_line_within_an_hour(world: World) -> None:
    line = world.line(world.stock("BOLT-10", "A-01", 100))
    for number in range(MOST_OF_ONE + 5):
        refuse(world, line=line, why=f"No, {number}.")
    assert len(events(world)) == MOST_OF_ONE
    assert "and" not in json.loads(events(world)[-2].detail)
    assert json.loads(events(world)[-1].detail)["and"] == "further refusals within the hour are not written down"
    refuse(world, who="U01BEN", line=line)
    assert len(events(world)) == MOST_OF_ONE + 1
    world.now += 60 * MINUTE
    refuse(world, line=line)
    assert len(events(world)) == MOST_OF_ONE + 2


def test_one_person_writes_so_much_about_all_lines_within_an_hour(world: World) -> None:
    lines = [world.line(world.stock(f"BOLT-{number}", f"A-{number:02}", 100)) for number in range(6)]
    for line in lines:
        for number in range(MOST_OF_ONE):
            refuse(world, line=line, why=f"No, {number}.")
    assert len(events(world)) == MOST
    assert json.loads(events(world)[-1].detail)["and"] == "further refusals within the hour are not written down"
    refuse(world, who="U01BEN", line=lines[0])
    assert len(events(world)) == MOST + 1


def test_what_is_over_the_limit_is_written_once_a_minute_too(world: World) -> None:
    line = world.line(world.stock("BOLT-10", "A-01", 100, unit_cost=100))
    world.count(line, "ana", 90)
    world.count(line, "dan", 90)
    for _ in range(3):
        world.approve(line, "ben")
    [event] = events(world)
    assert (event.actor, event.action, event.subject) == ("U01BEN", "refused: over limit", f"line {line}")
    detail = json.loads(event.detail)
    assert (detail["wish"], float(detail["value"]), float(detail["limit"])) == ("approve", -1000, 500)
    world.adjust(line, "ben", 91)
    assert json.loads(events(world)[-1].detail)["wish"] == "adjust"
