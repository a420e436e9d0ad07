"""Pictures of labels: what is read in them, and what whoever posted one is answered."""

import sys
from datetime import timedelta
from io import BytesIO
from random import Random

import pytest
from PIL import Image
from sqlmodel import col, select

from bot import ids, labels
from bot.labels import read_codes
from models.catalog import Item
from models.photos import LinePhoto
from models.rules.lines import LineState
from tests.bot.pictures import look, photo, post
from tests.bot.workplace import PARTS, Workplace
from tests.builders import Stock

EAN = "4006381333931"


@pytest.fixture
def bolts(place: Workplace) -> Stock:
    """BOLT-10, whose packs carry a barcode; a bin with two items; and the sheet."""
    bolts = place.world.stock("BOLT-10", "A-01-03", 120)
    place.world.stock("FUSE-15", "A-01-04", 40)
    place.world.stock("NUT-10", "B-02", 40)
    place.world.stock("WASHER", "B-02", 40)
    with place.database.write() as session:
        session.exec(select(Item).where(Item.sku == "BOLT-10")).one().barcode = EAN
    place.start()
    return bolts


def on_lines(place: Workplace) -> list[int | None]:
    with place.database.read() as session:
        return list(session.exec(select(LinePhoto.line_id).order_by(col(LinePhoto.id))))


def answer(place: Workplace, name: str = "ana") -> str:
    return place.read(place.who(name).ephemerals()[-1], name)


# --- what is read


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_label_is_read_in_each_format(kind: str) -> None:
    assert read_codes(photo("BOLT-10", kind=kind)) == ("BOLT-10",)


def test_several_labels_are_read_each_once_and_five_at_most() -> None:
    assert set(read_codes(photo("BOLT-10", EAN, "BOLT-10"))) == {"BOLT-10", EAN}
    assert len(read_codes(photo(*"ABCDEFG"))) == 5


def test_a_photo_of_twelve_megapixels() -> None:
    assert read_codes(photo("BOLT-10", kind="JPEG", size=(4000, 3000))) == ("BOLT-10",)


@pytest.mark.parametrize("content", [b"", b"%PDF-1.4", photo()[:100], b"GIF89a" + bytes(50)])
def test_what_is_no_picture_says_nothing(content: bytes) -> None:
    assert read_codes(content) == ()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_broken_picture_says_nothing_or_its_label(kind: str) -> None:
    luck, whole = Random(7), photo("BOLT-10", kind=kind)
    for _ in range(300):
        broken = bytearray(whole)
        for _ in range(luck.choice([1, 2, 5, 30])):
            broken[luck.randrange(min(len(broken), luck.choice([60, 600, len(broken)])))] = luck.randrange(256)
        assert read_codes(bytes(broken[: luck.choice([len(broken), luck.randrange(len(broken))])])) in (
            (),
            ("BOLT-10",),
        )


@pytest.mark.parametrize("side", [5_000, 10_000, 20_000], ids=["too many pixels", "Pillow warns", "Pillow refuses"])
def test_a_bomb_is_not_unpacked(side: int, monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = BytesIO()
    Image.new("1", (side, side)).save(bomb, "PNG")
    monkeypatch.setattr(Image.Image, "convert", lambda *_: pytest.fail("unpacked"))
    assert len(bomb.getvalue()) < 100_000
    assert read_codes(bomb.getvalue()) == ()


def test_without_the_libraries_nothing_is_read(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "zxingcpp", None)
    caplog.set_level("INFO", labels.__name__)
    assert read_codes(photo("BOLT-10")) == ()
    assert "install pillow and zxing-cpp" in caplog.text


# --- what is answered


@pytest.mark.parametrize("code", ["BOLT-10", EAN, "A-01-03"])
def test_a_label_opens_its_line(place: Workplace, bolts: Stock, code: str) -> None:
    post(place, "ana", content=photo(code))
    assert look(place) == 1
    assert answer(place) == "BOLT-10, A-01-03. How many?\n[ Enter count ]"
    line = place.line(bolts)
    assert on_lines(place) == [line]
    assert place.ana.click_ephemeral(action_id=ids.ENTER_RECOUNT).ok
    assert place.ana.submit({f"line.{line}": "120"}).closed
    assert place.world.state(line) is LineState.RECONCILED


def test_nobody_else_is_told(place: Workplace, bolts: Stock) -> None:
    before = len(place.ws.messages(PARTS)), len(place.ws.thread(PARTS, place.sheet().ts))
    ts = post(place, "ana", content=photo("BOLT-10"))
    look(place)
    place.settle()
    assert place.everything_told("dan") == []
    assert (len(place.ws.messages(PARTS)), len(place.ws.thread(PARTS, place.sheet().ts))) == (before[0], before[1] + 1)
    assert place.ws.message(PARTS, ts).reactions == {}


def test_words_without_a_line_do_not_keep_a_label_from_being_read(place: Workplace, bolts: Stock) -> None:
    post(place, "ana", "here we go", content=photo("BOLT-10"))
    look(place)
    assert "BOLT-10, A-01-03. How many?" in answer(place)


def test_a_quantity_beside_a_label_is_a_count(place: Workplace, bolts: Stock) -> None:
    post(place, "ana", "BOLT-10 120", content=photo("FUSE-15"))
    assert (look(place), on_lines(place)) == (0, [place.line(bolts)])


def test_a_bin_of_several_items_offers_each(place: Workplace, bolts: Stock) -> None:
    post(place, "ana", content=photo("B-02"))
    look(place)
    assert [one in answer(place) for one in ("NUT-10, B-02. How many?", "WASHER, B-02. How many?")] == [True, True]
    assert on_lines(place) == [None]  # of one of them; who says which says it for the picture
    place.reply("ana", "WASHER 40")
    assert on_lines(place) != [None]


def test_several_labels_are_named(place: Workplace, bolts: Stock) -> None:
    post(place, "ana", content=photo("BOLT-10", "FUSE-15", "X-99"))
    look(place)
    shown = answer(place)
    assert shown.startswith("I read “")
    assert "“X-99” is on no line of this sheet." in shown
    assert ("BOLT-10, A-01-03. How many?" in shown, "FUSE-15, A-01-04. How many?" in shown) == (True, True)
    assert len(set(on_lines(place))) == 2


def test_an_unknown_code_is_said_and_the_picture_waits(place: Workplace, bolts: Stock) -> None:
    place.reply("ana", "FUSE-15 40")
    post(place, "ana", content=photo("4006381333948"))
    look(place)
    assert answer(place) == (
        "I read “4006381333948”; it is on no line of this sheet.\nIf it is a picture of a line, write its SKU under it."
    )
    assert on_lines(place) == [None]


def test_a_code_from_elsewhere_rings_nobody(place: Workplace, bolts: Stock) -> None:
    post(place, "ana", content=photo("<!channel> & co"))
    look(place)
    assert "I read “<!channel> & co”" in answer(place)
    assert not place.ana.ephemerals()[-1].rings_everybody


def test_a_line_that_is_not_to_count_any_more_is_said_to_be(place: Workplace, bolts: Stock) -> None:
    place.reply("ana", "BOLT-10 120")
    post(place, "ana", content=photo("BOLT-10"))
    look(place)
    assert answer(place) == ("BOLT-10 (A-01-03): You have counted this line already; nothing is left for you to do.")
    assert on_lines(place) == [place.line(bolts)]


def test_a_picture_is_looked_at_once_and_not_after_ten_minutes(place: Workplace, bolts: Stock) -> None:
    post(place, "ana", content=photo("BOLT-10"))
    place.wait(timedelta(minutes=11))
    assert look(place) == 0


@pytest.mark.parametrize("action", ["500", "disconnect"])
def test_a_picture_that_cannot_be_fetched_is_simply_a_picture(place: Workplace, bolts: Stock, action: str) -> None:
    place.ws.faults.on(method="files.download", action=action)  # type: ignore[arg-type]  # one of the words it knows
    post(place, "ana", content=photo("BOLT-10"))
    assert (look(place), look(place)) == (1, 0)
    assert place.told("ana") == "I read no label in this picture. Which line is it of? Write its SKU under it."


def test_what_was_named_meanwhile_is_not_asked_about(place: Workplace, bolts: Stock) -> None:
    post(place, "ana", content=photo("FUSE-15"))
    place.ws.faults.on(method="files.download", action=lambda _: place.reply("ana", "BOLT-10"))
    assert look(place) == 1
    assert on_lines(place) == [place.line(bolts)]
    assert place.everything_told("ana") == []


def test_an_answer_that_slack_does_not_take_is_not_given_twice(place: Workplace, bolts: Stock) -> None:
    post(place, "ana", content=photo("BOLT-10"))
    place.ws.faults.on(method="chat.postEphemeral", action="500")
    assert (look(place), look(place)) == (1, 0)
    assert on_lines(place) == [place.line(bolts)]
