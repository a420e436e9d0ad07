"""The reader's thread: it goes on when a picture breaks it, and ends when it is told to."""

import threading
from datetime import UTC, datetime

import pytest
from pydantic import SecretStr

from bot.gateway import Gateway, web_client
from bot.picture_reader import PictureReader, run_reader
from bot.pictures import files_gone, pictures_in
from bot.views.blocks import Rendered
from bot.views.labels import WHICH_LINE, pictures_answer
from bot.views.photos import photo_lines
from bot.workers import Workers
from models.database import Database
from models.services.labels import Found
from models.services.photos import PhotoFacts, Picture
from models.settings import Settings
from tests.bot.card_examples import FACTS, at
from tests.bot.pictures import look, photo, post
from tests.bot.workplace import Workplace, workplace

LINK = "https://example.slack.com/files/U01ANA/F1/shelf.png"
URL = "https://files.slack.com/files-pri/T1-F1/shelf.png"


def test_a_picture_that_breaks_a_library_is_one_without_a_label(
    place: Workplace, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    place.world.stock("BOLT-10", "A-01-03", 120)
    place.start()

    def decode(_: bytes) -> tuple[str, ...]:
        raise RuntimeError("a library's own mistake")

    monkeypatch.setattr("bot.picture_reader.read_codes", decode)
    post(place, "ana", content=photo("BOLT-10"))
    assert look(place) == 1
    assert place.told("ana") == WHICH_LINE
    assert "could not be read" in caplog.text


def test_what_breaks_one_answer_does_not_end_the_reading(
    place: Workplace, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    place.world.stock("BOLT-10", "A-01-03", 120)
    place.start()
    post(place, "ana", content=photo("BOLT-10"))
    post(place, "dan", content=photo("BOLT-10"))
    broken = iter([True])

    def answer(found: Found) -> Rendered:
        if next(broken, False):
            raise RuntimeError("a mistake of ours")
        return pictures_answer(found)

    monkeypatch.setattr("bot.picture_reader.pictures_answer", answer)
    gateway = Gateway(web_client(place.ws.bot_token, place.api_url))
    stop, woken = threading.Event(), threading.Event()
    reader = PictureReader(place.database, gateway, read_clock=place.now, wake=woken.set)
    thread = threading.Thread(target=run_reader, args=(reader, stop, woken))
    thread.start()
    place.ws.wait_for(lambda: place.told("dan"), every=0.05)
    stop.set()
    woken.set()
    thread.join(10)
    assert not thread.is_alive()
    assert "BOLT-10, A-01-03. How many?" in place.told("dan")
    assert place.told("ana") == ""
    assert "looking at a picture failed and goes on" in caplog.text


def file(**other: object) -> dict[str, object]:
    return {"id": "F1", "mimetype": "image/png", "permalink": LINK, "url_private": URL, **other}


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ([file()], [Picture("F1", LINK, URL)]),
        ([file(mimetype="application/pdf")], []),
        ([{"id": "F1", "mode": "tombstone"}], []),
        ([file(permalink="javascript:alert(1)")], []),
        ([file(permalink=f"{LINK}|<!channel>")], []),
        ([file(permalink=None)], []),
        ([file(id="F" * 33)], []),
        ([file(url_private="file:///etc/passwd")], [Picture("F1", LINK, "")]),  # linked, never fetched
        ([file(url_private=None), "nonsense", None], [Picture("F1", LINK, "")]),
        ("nonsense", []),
        (None, []),
    ],
)
def test_which_files_are_pictures(files: object, found: list[Picture]) -> None:
    assert list(pictures_in(files)) == found


def test_which_files_are_gone() -> None:
    assert files_gone([file(), {"id": "F2", "mode": "tombstone"}, {"mode": "tombstone"}]) == ("F2",)


def test_a_line_with_many_photos_shows_the_first_ten() -> None:
    photos = tuple(PhotoFacts("Ana <!here>", at("09:12"), LINK, is_deleted=number == 1) for number in range(12))
    (line,) = photo_lines(photos, FACTS.zone)
    assert line.startswith(f"Photos: Ana &lt;!here&gt; <!date^{int(at('09:12').timestamp())}^{{time}}^{LINK}|09:12> · ")
    assert (line.count(" · "), line.count("(photo deleted)"), line.endswith(" · 2 more")) == (10, 1, True)
    assert photo_lines((), FACTS.zone) == []


def test_the_bot_reads_pictures_beside_its_delivery(sqlite_database: Database, sqlite_url: str) -> None:
    with workplace(sqlite_database, datetime.now(UTC)) as place:
        place.world.stock("BOLT-10", "A-01-03", 120)
        place.start()
        settings = Settings(
            database_url=sqlite_url, slack_bot_token=SecretStr(place.ws.bot_token), slack_api_url=place.api_url
        )
        workers = Workers(sqlite_database, settings, None)
        try:
            post(place, "ana", content=photo("BOLT-10"))
            workers.wake()
            place.ws.wait_for(lambda: place.told("ana"), every=0.05)
        finally:
            workers.stop()
        assert place.told("ana") == "BOLT-10, A-01-03. How many?"
        assert {thread.name for thread in threading.enumerate()}.isdisjoint({"pictures", "delivery"})
