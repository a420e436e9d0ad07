"""Messages and Homes as somebody has read them, in text files; written anew with WRITE_SNAPSHOTS=1 and read again."""

import os
from pathlib import Path

FOLDER = Path(__file__).parent / "message_snapshots"


def assert_same(name: str, text: str) -> None:
    """What is read is what somebody has read before."""
    file = FOLDER / f"{name}.txt"
    if os.environ.get("WRITE_SNAPSHOTS"):
        file.write_text(f"{text}\n", encoding="utf-8")
    assert text == file.read_text(encoding="utf-8").removesuffix("\n")
