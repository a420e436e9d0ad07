"""Finds of several people at once, on both engines: what each of two messages locks is locked in one order."""

from contextlib import suppress
from decimal import Decimal

from sqlmodel import Session

from bot.listeners import reply_finds, reply_skips
from bot.messages import Reply
from models.counts import EntrySource
from models.errors import WrongState
from models.rules.finds import ReplyFind
from models.rules.replies import Understood
from models.services import counts
from models.services.sheets import SheetLine, sheet_facts
from models.services.threads import Thread
from tests.services.test_races import Work, race
from tests.world import World

SKUS = [f"NUT-{number}" for number in range(6)]
BINS = range(1, 5)


def says(text: str) -> ReplyFind:
    return ReplyFind(tuple(text.split()), f"found {text}")


def session_of(world: World) -> int:
    """A sheet whose lines are in the order of their ids, not of their bins', and items in a bin that is not on it."""
    for turn in BINS[::-1]:
        world.stock(f"OLD-{turn}", f"A-{turn}", 100)
    for turn in BINS:
        world.stock(f"BOLT-{turn}", f"A-{turn}", 100)
    session_id = world.start().id or 0
    for sku in SKUS:
        world.stock(sku, "A-9", 0)
    return session_id


def finding(world: World, who: str, session_id: int, texts: list[str]) -> Work:
    person, now, thread = world.person(who), world.now, Thread(session_id, world.team_id, replies=True)
    ts = f"{int(now.timestamp())}.00000{person.id}"
    reply = Reply(f"E-{who}", "C01PARTS", "1.0", ts, person.slack_id, "")
    said = [says(text) for text in texts]

    def work(session: Session) -> object:
        known = reply_finds.known_lines(session, thread, said)
        reply_skips.lock_all(session, Understood((), (), finds=tuple(said)), known, now)
        return reply_finds.record_finds(session, person, thread, reply, said, now)

    return work


def test_crossing_finds_of_two_people_wait_for_each_other_in_one_order(world: World) -> None:
    session_id = session_of(world)
    texts = [f"{sku} A-9 4" for sku in SKUS]
    written = {"ana": texts, "dan": texts[::-1]}
    told = race(world, *(finding(world, who, session_id, said) for who, said in written.items()))
    for said, answer in zip(written.values(), told, strict=True):
        assert isinstance(answer, tuple)
        done, refused = answer
        # Everybody is answered about each, in the order in which they wrote.
        assert len(done) + len(refused) == len(SKUS)
        order = [text.split()[0] for text in said]
        assert [one.split()[1] for one in done] == [sku for sku in order if any(sku in one for one in done)]
    assert len({line.sku for line in on_sheet(world, session_id)}) >= len(SKUS) + 2 * len(BINS)
    assert world.problems() == []


def test_finds_on_the_sheet_are_locked_as_whoever_counts_several_lines_locks_them(world: World) -> None:
    session_id = session_of(world)
    texts = [f"BOLT-{turn} A-{turn} 100" for turn in BINS]
    ids = sorted(line.line_id for line in on_sheet(world, session_id) if line.sku.startswith("BOLT"))
    dan, now = world.person("dan"), world.now

    def counting(session: Session) -> object:
        for _ in range(2):  # what the other one reads before the first lock, so that both come to it at once
            reply_finds.known_lines(session, Thread(session_id, world.team_id, replies=True), list(map(says, texts)))
        for line_id in ids:
            with suppress(WrongState):  # Ana was first there
                counts.record(
                    session, person=dan, line_id=line_id, quantity=Decimal(100), counted_at=now,
                    source=EntrySource.MODAL, source_key=f"dan {line_id}", now=now,
                )  # fmt: skip
        return None

    race(world, finding(world, "ana", session_id, texts), counting)
    assert world.problems() == []


def on_sheet(world: World, session_id: int) -> tuple[SheetLine, ...]:
    with world.database.read() as session:
        return sheet_facts(session, session_id).lines
