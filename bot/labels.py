"""Reading barcodes and QR codes in a picture, in bounded memory.

The libraries are an extra (`labels`): without them nothing is read, and a picture is simply a picture. Only three
formats are opened. A picture says its size before it is unpacked, and one that would be too large is left alone; a
JPEG is unpacked at a fraction of its size, and nothing is searched at more than `SIDE` pixels a side. So the largest
photo of a phone costs some 20 MB and half a second, which is too long for a listener (see `bot.picture_reader`), and
the largest PNG some 100 MB.
"""

import logging
from io import BytesIO

SIDE = 2400
"""A label that fills a tenth of a photo is some 240 pixels wide then: a QR code of 25 modules needs 75."""
MOST_PIXELS = 24_000_000
"""Once unpacked."""
MOST_CODES = 5
FORMATS = ("JPEG", "PNG", "WEBP")

_LOG = logging.getLogger(__name__)


def read_codes(content: bytes) -> tuple[str, ...]:
    """What the labels in a picture say, each once, at most five; none for what is no picture of these formats."""
    try:
        import zxingcpp  # noqa: PLC0415 - an extra; and 20 ms that only pictures need
        from PIL import Image  # noqa: PLC0415 - same
    except ImportError:
        _LOG.info("labels in pictures are not read: install pillow and zxing-cpp for that")
        return ()
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as picture:
            picture.draft("L", (SIDE, SIDE))
            if picture.width * picture.height > MOST_PIXELS:
                _LOG.info("a picture of %d x %d pixels is not read", picture.width, picture.height)
                return ()
            grey = picture.convert("L")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning) as problem:
        # Pillow says that it cannot read something in these ways.
        _LOG.info("a picture cannot be read: %s", problem)
        return ()
    grey.thumbnail((SIDE, SIDE))
    found = (code.text.strip() for code in zxingcpp.read_barcodes(grey))
    return tuple(dict.fromkeys(text for text in found if text))[:MOST_CODES]
