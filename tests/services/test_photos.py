"""Pictures of lines on both engines: one look at each, one row for each line, and what the card is told."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from models.journal import Intent, OutboxMessage, SentMessage
from models.photos import LinePhoto
from models.services import labels, photos
from models.services.cards import card_facts
from models.services.labels import Found, Unread
from models.services.photos import Picture, Posted
from tests.services.test_races import race
from tests.world import World

LINK, URL = "https://example.slack.com/files/U01ANA/F1/shelf.png", "https://files.slack.com/files-pri/T1-F1/shelf.png"


def picture(number: int = 1) -> Picture:
    return Picture(f"F{number}", LINK, URL)


def posted(world: World, line_id: int, name: str = "ana", at: datetime | None = None) -> Posted:
    return Posted(world.see(line_id).session_id, world.person(name).id, at or world.now, "1700000000.000100")


def rows(world: World) -> list[tuple[str, int | None]]:
    with world.database.read() as session:
        found = session.exec(select(LinePhoto).order_by(col(LinePhoto.id))).all()
        return [(row.file_id, row.line_id) for row in found]


def sheet_stands(world: World, line_id: int) -> None:
    with world.step() as session:
        subject = str(world.see(line_id).session_id)
        row = SentMessage(intent=Intent.SHEET, subject=subject, channel="C01PARTS", ts="1.000001", posted_at=world.now)
        session.add(row)


def two_lines(world: World) -> tuple[int, int]:
    bolts, nuts = world.stock("BOLT-10", "A-01-03", 100), world.stock("NUT-10", "A-01-04", 50)
    first, second = world.line(bolts), world.line(nuts)
    sheet_stands(world, first)
    return first, second


def test_a_picture_is_once_on_each_of_its_lines_and_on_no_other(world: World) -> None:
    first, second = two_lines(world)
    by = posted(world, first)
    for line_ids, expected in [
        ({first}, [("F1", first)]),
        ({first}, [("F1", first)]),
        ({first, second}, [("F1", first), ("F1", second)]),
        ({second}, [("F1", second)]),
    ]:
        with world.step() as session:
            photos.put_on_lines(session, by, [picture()], line_ids, world.now)
        assert rows(world) == expected


def test_of_several_readers_one_looks(world: World) -> None:
    first, _ = two_lines(world)
    with world.step() as session:
        photos.keep(session, posted(world, first), [picture(1), picture(2)], world.now, to_read=True)
    now = world.now
    claimed = race(world, *[lambda session: labels.claim_unread(session, now) for _ in range(4)])
    (unread,) = [one for one in claimed if one is not None]
    assert isinstance(unread, Unread)
    assert ([one.file_id for one in unread.pictures], unread.slack_id) == (["F1", "F2"], "U01ANA")
    assert (unread.channel, unread.thread_ts) == ("C01PARTS", "1.000001")


def test_what_its_writer_says_wins_over_a_label(world: World) -> None:
    first, second = two_lines(world)
    by = posted(world, first)
    with world.step() as session:
        photos.keep(session, by, [picture()], world.now, to_read=True)
    with world.step() as session:
        unread = labels.claim_unread(session, world.now)
    assert unread is not None
    now = world.now

    def says(session: Session) -> object:
        left = photos.waiting(session, "U01ANA", by.at, by.session_id, lock=True)
        photos.put_on_lines(session, by, photos.as_pictures(left), {second}, now)
        return len(left)

    said, found = race(world, says, lambda session: labels.use(session, unread, ("BOLT-10",), now))
    expected = [("F1", second if said else first)]
    assert rows(world) == expected
    assert (found is None) is bool(said)


def test_a_label_that_names_a_line_says_what_is_to_count(world: World) -> None:
    first, _ = two_lines(world)
    with world.step() as session:
        photos.keep(session, posted(world, first), [picture()], world.now, to_read=True)
    with world.step() as session:
        unread = labels.claim_unread(session, world.now)
        assert unread is not None
        found = labels.use(session, unread, ("bolt-10", "X"), world.now)
    assert isinstance(found, Found)
    assert ([line.line_id for line in found.to_count], found.unknown) == ([first], ("X",))
    assert rows(world) == [("F1", first)]


def test_the_card_is_told_of_pictures_old_and_gone(world: World) -> None:
    first, _ = two_lines(world)
    world.count(first, "ana", 90)
    world.count(first, "dan", 90)
    version = world.version(first)
    with world.step() as session:
        before = len(session.exec(select(OutboxMessage)).all())
        photos.put_on_lines(session, posted(world, first), [picture(1)], {first}, world.now)
        later = posted(world, first, "dan", world.now + timedelta(minutes=1))
        photos.put_on_lines(session, later, [picture(2)], {first}, world.now)
    with world.step() as session:
        photos.mark_deleted(session, ["F1", "F9"], world.now)
    with world.database.read() as session:
        facts = card_facts(session, first)
        assert len(session.exec(select(OutboxMessage)).all()) == before  # the card's own row is touched, not doubled
    assert [(photo.who, photo.is_deleted) for photo in facts.photos] == [("Ana", True), ("Dan", False)]
    assert world.version(first) == version
