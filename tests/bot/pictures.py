"""Taking pictures: labels made by the library that reads them, posting in the thread, and the reader's steps."""

from io import BytesIO
from typing import Any  # Any: how a message is said

import zxingcpp
from PIL import Image, ImageDraw

from bot.gateway import Gateway, web_client
from bot.picture_reader import PictureReader
from tests.bot.workplace import PARTS, Workplace

SHELF = (400, 300)


def photo(*labels: str, kind: str = "PNG", size: tuple[int, int] = SHELF) -> bytes:
    """A picture of a shelf, with these texts on labels in it: QR codes, or an EAN of 13 digits."""
    shelf = Image.new("RGB", (max(size[0], 40 + 420 * len(labels)), size[1]), "grey")
    ImageDraw.Draw(shelf).rectangle((10, 10, 60, 60), fill="brown")
    for place, text in enumerate(labels):
        is_retail = text.isdigit() and len(text) == 13
        format_ = zxingcpp.BarcodeFormat.EAN13 if is_retail else zxingcpp.BarcodeFormat.QRCode
        drawn = zxingcpp.create_barcode(text, format_).to_image(scale=3, add_quiet_zones=True)
        shelf.paste(Image.fromarray(drawn), (30 + 420 * place, 30))
    content = BytesIO()
    shelf.save(content, kind)
    return content.getvalue()


def post(place: Workplace, name: str, text: str = "", content: bytes | None = None, **how: Any) -> str:
    """Post a picture in the thread of the newest sheet, and wait until the bot has heard of it; returns the ts."""
    place.now()
    file = place.who(name).upload("shelf.png", photo() if content is None else content, "image/png")
    ts = place.who(name).say(PARTS, text, thread_ts=place.sheet().ts, files=[file], **how)
    place.ws.wait_until_quiet()
    return ts


def look(place: Workplace) -> int:
    """Have the bot look at every picture that it has not looked at; returns how many messages these were."""
    gateway = Gateway(web_client(place.ws.bot_token, place.api_url))
    reader = PictureReader(place.database, gateway, read_clock=place.now, wake=place.wake)
    looked = 0
    while reader.read_one(place.now()):
        looked += 1
    return looked
