"""Pictures and labels tell nobody who counts what the record says: the same actions over different on-hand.

Two offices differ in nothing but what the record says. In the time up to the first entry people post labels, photos
and captions and skip with a photo, and every byte they are sent is the same. After it, who posted pictures of which
line is shown on the review card alone.
"""

import json
from datetime import UTC, datetime
from typing import Any  # Any: a modal's values are JSON

import pytest

from bot import ids
from bot.gateway import Gateway, web_client
from bot.picture_reader import PictureReader
from bot.sandbox.person import Person
from models.database import Database
from models.rules.lines import LineState
from tests.bot.pictures import photo
from tests.databases import SqliteTemplate, opened
from tests.journey.office import PARTS, REVIEW, Office, office, stock_file
from tests.journey.test_blindness import sent

START = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)


def post(here: Office, name: str, text: str = "", *labels: str) -> str:
    """Post a picture under the daily parts, and have the bot look at it."""
    person = here.person(name)
    file = person.upload("shelf.png", photo(*labels), "image/png")
    ts = person.say(PARTS, text, thread_ts=here.sheet("Daily parts").ts, files=[file])
    here.workspace.wait_until_quiet()
    api_url = f"{here.workspace.response_urls.base}api/"
    gateway = Gateway(web_client(here.workspace.bot_token, api_url))
    reader = PictureReader(here.database, gateway, read_clock=here.now, wake=lambda: None)
    while reader.read_one(here.now()):
        pass
    return ts


def skip(here: Office, name: str, code: str) -> None:
    """Say that what is in a bin cannot be counted, with a photo."""
    person = here.person(name)
    assert person.click(PARTS, here.sheet("Daily parts").ts, action_id=ids.CANNOT_COUNT).ok
    files = [person.upload("pallet.jpg", photo(), "image/jpeg").as_slack()]
    values: dict[str, Any] = {"lines": [_line_in(person, code)], "reason": "blocked", "photos": files}
    assert person.submit(values).closed


def _line_in(person: Person, code: str) -> str:
    view = person.view
    assert view is not None
    options = view["blocks"][0]["element"]["options"]
    return next(str(one["value"]) for one in options if one["text"]["text"].startswith(code))


def up_to_the_first_entry(here: Office) -> None:
    here.later(minutes=30)
    post(here, "Ana", "", "BOLT-10")
    assert "BOLT-10, A-01-03. How many?" in here.told("Ana")
    assert here.person("Ana").click_ephemeral(action_id=ids.ENTER_RECOUNT).ok
    here.person("Ana").close_view(whole_stack=True)
    post(here, "Ana", "", "A-02-03")
    post(here, "Ana", "", "X-99", "NUT-10")
    post(here, "Dan", "the shelf")
    here.reply("Dan", "Daily parts", "FUSE-15")
    post(here, "Dan", "ALT-90, the crate")
    post(here, "Dan", "WIPER-55 1,5")
    post(here, "Ana", "found HOSE-16 A-01-03 1,5,2")
    post(here, "Ana", "", "GREASE-1")
    assert "it is on the sheet Second round" in here.told("Ana")
    skip(here, "Dan", "A-03-02")
    post(here, "Dan", "A-02-04 blocked by a pallet")
    here.person("Dan").click(PARTS, here.sheet("Daily parts").ts, action_id=ids.TAKE_LINES)
    post(here, "Ana", "NUT-10, the box is torn")
    assert "Dan has this line." in here.told("Ana")
    post(here, "Ana", "", "BOLT-10")
    here.reply("Ana", "Daily parts", "100")
    assert "Dan has this line. Count it anyway?" in here.told("Ana")
    here.later(minutes=5)


def journey(database: Database, stock: str) -> list[str]:
    with office(database, "socket", START, stock=stock) as here:
        up_to_the_first_entry(here)
        before = sent(here)
        here.reply("Ana", "Daily parts", "100")
        assert here.told("Ana") == "Saved: BOLT-10 in A-01-03: 100 pcs"
        post(here, "Ana", "BOLT-10, a full bin")
        post(here, "Ana")
        assert here.problems() == []
        return [*before, "the first entry", *sent(here)[len(before) :]]


def test_counters_are_sent_the_same_bytes_whatever_the_record_says(
    sqlite_template: SqliteTemplate, tmp_path_factory: pytest.TempPathFactory
) -> None:
    runs = []
    for stock in (stock_file(), stock_file(factor=3, plus=7)):
        with opened(sqlite_template.url(tmp_path_factory.mktemp("run"))) as database:
            runs.append(journey(database, stock))
    assert len(runs[0]) > 15
    assert runs[0] == runs[1]


def test_a_photo_is_shown_to_those_who_decide_and_to_nobody_else(database: Database) -> None:
    with office(database, "http", START) as here:
        here.later(minutes=30)
        post(here, "Ana", "BOLT-10 90", "FUSE-15")
        here.later(minutes=1)
        here.recount("Dan", "BOLT-10", "90")
        post(here, "Dan")
        here.deliver()
        assert here.states()["BOLT-10"] is LineState.IN_REVIEW
        assert "Photos: Ana 07:31 · Dan 07:3" in here.card_text("BOLT-10")
        links = [file.as_slack()["permalink"] for one in _posted(here) for file in one.files]
        assert len(links) == 2
        told = [
            one for one in here.workspace.payloads_to_people() if any(link in json.dumps(one.payload) for link in links)
        ]
        assert {one.to for one in told} == {REVIEW}
        assert here.problems() == []


def _posted(here: Office) -> list[Any]:
    return [one for one in here.workspace.thread(PARTS, here.sheet("Daily parts").ts) if one.files]
