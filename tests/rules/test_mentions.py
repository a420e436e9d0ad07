"""SKUs and bins in a message that somebody wrote about something else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.chat_text import folded
from models.rules.mentions import LONGEST, MOST_PHRASES, meant, phrases

NAMES = ("BOLT-10", "BOLT-1", "A-01", "A-01-03", "A-01-03 B", "10002", "Oil filter W", "A+", "#7", "X/Y", "W", "Ö-1")


def named(text: str, *names: str) -> list[str]:
    known = {folded(name) for name in names or NAMES}
    return meant(phrases(text), lambda phrase: folded(phrase) in known)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("BOLT-10 looks short", ["BOLT-10"]),
        ("bolt-10, please", ["bolt-10"]),
        ("is it (BOLT-10)?", ["BOLT-10"]),
        ("“BOLT-10”: none left!", ["BOLT-10"]),
        ("*BOLT-10* and _A-01_", ["BOLT-10", "A-01"]),
        ("`BOLT-10`", ["BOLT-10"]),
        ("BOLT\u201110 from a phone", ["BOLT\u201110"]),
        ("A-01-03/BOLT-10,A-01", ["A-01-03", "BOLT-10", "A-01"]),
        ("A-01-03: BOLT-10=4", ["A-01-03", "BOLT-10"]),
        ("A-01-03 B is a bin of its own", ["A-01-03 B"]),
        ("A-01-03 C is not", ["A-01-03"]),
        ("oil  filter\tw is what it is called", ["oil filter w"]),
        ("Oil filter\nW", ["W"]),
        ("only A+. And #7, in X/Y", ["A+", "#7", "X/Y"]),
        ("BOLT-10 BOLT-10 A-01 BOLT-10", ["BOLT-10", "A-01"]),
        ("ö-1 and 10002", ["ö-1", "10002"]),
        ("BOLT-100 XBOLT-10 BOLT-10X A-01-04", []),
        ("<@U01ANA> sees &lt;BOLT-10&gt; at <http://x.de|A-01>", ["BOLT-10", "A-01"]),
        (":bolt-10: is a picture", []),
        ("", []),
    ],
)
def test_worked_examples(text: str, found: list[str]) -> None:
    assert named(text) == found


def test_of_names_that_overlap_the_longest_is_meant_wherever_it_begins() -> None:
    assert named("A B C D", "A B", "B C D") == ["B C D"]
    assert named("A B C D", "A B", "B", "C D") == ["A B", "C D"]


def test_a_name_of_more_than_three_words_is_not_found() -> None:
    assert named("a b c d", "a b c d") == []


def test_twenty_names_at_most_the_first_ones() -> None:
    names = [f"S{number}" for number in range(30)]
    assert named(" ".join(names), *names) == names


@given(st.text(max_size=400))
def test_any_text_has_phrases_and_they_are_short_enough(text: str) -> None:
    found = phrases(text)
    assert len(found) <= MOST_PHRASES
    assert all(0 < len(phrase.text) <= LONGEST for phrase in found)
    assert all(phrase.end - phrase.start == len(phrase.text) for phrase in found)


@pytest.mark.parametrize("text", ["a/" * 20_000, "((((" * 10_000, "word " * 8_000])
def test_a_hostile_text_ends_soon(text: str) -> None:
    assert len(phrases(text)) <= MOST_PHRASES


WORD = st.text("abAB01-", min_size=1, max_size=5).filter(lambda word: any(map(str.isalnum, word)))


@given(
    st.lists(WORD, max_size=8),
    st.lists(WORD, min_size=1, max_size=3),
    st.lists(WORD, max_size=8),
    st.sampled_from(["{}", "({})", "{},", "“{}”.", "*{}*", "{}?!"]),
)
def test_a_name_among_words_is_found_whatever_stands_around_it(
    before: list[str], name: list[str], after: list[str], around: str
) -> None:
    wanted = " ".join(name)
    text = " ".join([*before, around.format(wanted), *after])
    assert {folded(found) for found in named(text, wanted)} == {folded(wanted)}


@given(st.lists(WORD, min_size=1, max_size=10), st.lists(WORD, min_size=1, max_size=6))
def test_what_is_found_stands_in_the_text_and_nothing_overlaps(words: list[str], names: list[str]) -> None:
    text = " ".join(words)
    found = named(text, *names)
    assert {folded(name) for name in found} <= set(map(folded, names))
    rest = text
    for name in sorted(found, key=len, reverse=True):
        assert name in rest
        rest = rest.replace(name, "\0", 1)
