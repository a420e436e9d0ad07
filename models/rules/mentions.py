"""Finding SKUs and bins anywhere in a message that somebody else wrote: "A-01-03 (bolts, BOLT-10) looks empty".

Names are free text, so they are not searched for by their form. Everything in the message that could be a name is
listed (`phrases`), whoever has the catalogue says which of it are names, and of those that overlap the longest one was
meant (`meant`): "A-01-03" in "A-01-03 B" is not the bin "A-01", and is the bin "A-01-03 B" where there is one.

A name begins and ends with a word, or with a piece of one between commas, slashes and brackets. Punctuation around it
may belong to it or not, so both are listed. Capitals do not matter.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from models.rules.chat_text import plain_lines

MOST_WORDS = 3
"""Words of the longest name that is found, and its characters."""
LONGEST = 80

MOST_PHRASES = 3000
"""Phrases that are looked at: those of the first 1,000 words. More is a book, and nobody counts from a book."""

_WORD = re.compile(r"\S+")
_BETWEEN = re.compile(r"[,;:/|=()\[\]{}<>]+")
_MOST_MARKS = 3  # punctuation at an edge of a word that may belong to the name: "A+.", "#10"


class Phrase(NamedTuple):
    """What could be a name: its text as it was seen, and where it stands."""

    start: int
    end: int
    text: str


def phrases(text: str) -> list[Phrase]:
    """Everything in a chat message that could be a name, in order; `text` is as the chat service sends it."""
    return list(islice(_phrases(text), MOST_PHRASES))


def meant(found: Iterable[Phrase], is_name: Callable[[str], bool]) -> list[str]:
    """The names among phrases, in their order, each once: the longest where some overlap."""
    kept: list[Phrase] = []
    named = (phrase for phrase in found if is_name(phrase.text))
    for phrase in sorted(named, key=lambda phrase: (phrase.start - phrase.end, phrase.start)):
        if all(phrase.end <= other.start or other.end <= phrase.start for other in kept):
            kept.append(phrase)
    return list(dict.fromkeys(phrase.text for phrase in sorted(kept)))


def _phrases(text: str) -> Iterator[Phrase]:
    offset = 0
    for line in plain_lines(text):
        words = [_Word.of(word.start(), word[0]) for word in islice(_WORD.finditer(line), MOST_PHRASES)]
        for first, word in enumerate(words):
            for start in word.starts:
                for last in words[first : first + MOST_WORDS]:
                    for end in last.ends[bisect_right(last.ends, start) : bisect_right(last.ends, start + LONGEST)]:
                        yield Phrase(offset + start, offset + end, line[start:end])
        offset += len(line) + 1


class _Word(NamedTuple):
    """Where in a line a name may begin and end within one word."""

    starts: list[int]
    ends: list[int]

    @classmethod
    def of(cls, begin: int, word: str) -> "_Word":
        ends = [begin + len(word) - place for place in reversed(_starts(word[::-1]))]
        return cls([begin + place for place in _starts(word)], ends)


def _starts(word: str) -> list[int]:
    places: set[int] = set()
    for piece in (0, *(mark.end() for mark in _BETWEEN.finditer(word))):
        places |= {piece, *_after_marks(word[piece : piece + LONGEST], piece)}
    return sorted(place for place in places if place < len(word))


def _after_marks(text: str, offset: int) -> Iterator[int]:
    """The places after each of the marks at the beginning, up to the first letter or digit."""
    first = next((place for place, letter in enumerate(text) if letter.isalnum()), 0)
    yield from (offset + place for place in range(min(first, _MOST_MARKS)))
    yield offset + first
