"""Telling in a reply of something found: `found BOLT-10 A-01-03 4`. What the words name, only the catalogue knows."""

import re
from dataclasses import dataclass

from models.rules.quantities import MINUS

MOST_WORDS = 12
"""More words are a story, not a find."""

_FOUND = re.compile(r"(?:i )?found:?\s+(.+)", re.IGNORECASE)


@dataclass(frozen=True)
class ReplyFind:
    """The words behind “found”: SKU, bin and quantity, in some order. `typed` is the whole line."""

    words: tuple[str, ...]
    typed: str


def read_find(text: str) -> ReplyFind | None:
    """A line of a reply that tells of a find; None for anything else, and for talk without a number."""
    said = _FOUND.fullmatch(text.strip())
    # A comma within a word belongs to a number.
    words = () if said is None else tuple(said[1].replace(":", " ").replace(", ", " ").split())
    return ReplyFind(words, text) if 1 < len(words) <= MOST_WORDS and any(map(is_number, words)) else None


def is_number(word: str) -> bool:
    """Whether a word begins as a number does, be it one that cannot be meant."""
    return word.lstrip(f"+{MINUS}")[:1].isdigit()
