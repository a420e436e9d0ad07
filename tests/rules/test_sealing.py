"""The encoding of rows, the chain of heads, and how far a table can be sealed."""

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import BadInput
from models.rules import sealing
from models.rules.sealing import FIRST_HEAD, Batch, Difference, Entry, Mark, Value, canonical, head_of, settled

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
BATCH = Batch(1, "auditevent", 1, 1, 2, 2, NOW, sealing.listed([Entry(1, bytes(32)), Entry(2, b"\1" * 32)]))


def field(kind: bytes, content: bytes) -> bytes:
    return kind + len(content).to_bytes(4, "big") + content


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, field(b"n", b"")),
        ("", field(b"s", b"")),
        ("None", field(b"s", b"None")),
        ("für 1,5 m", field(b"s", "für 1,5 m".encode())),
        ("line\nbreak", field(b"s", b"line\nbreak")),
        (0, field(b"i", b"0")),
        (-12, field(b"i", b"-12")),
        (9_223_372_036_854_775_807, field(b"i", b"9223372036854775807")),
        (Decimal(0), field(b"d", b"0")),
        (Decimal("-0.000"), field(b"d", b"0")),
        (Decimal(90), field(b"d", b"90")),
        (Decimal("90.000"), field(b"d", b"90")),
        (Decimal("1E+2"), field(b"d", b"100")),
        (Decimal("-2.50"), field(b"d", b"-2.5")),
        (Decimal("0.0125"), field(b"d", b"0.0125")),
        (NOW, field(b"t", b"2026-11-23T07:00:00.000000Z")),
        (NOW.replace(microsecond=1), field(b"t", b"2026-11-23T07:00:00.000001Z")),
        (NOW.astimezone(timezone(timedelta(hours=5, minutes=30))), field(b"t", b"2026-11-23T07:00:00.000000Z")),
        (date(2026, 11, 1), field(b"y", b"2026-11-01")),
        (b"\0\xff", field(b"x", b"\0\xff")),
    ],
)
def test_a_value_is_written_in_one_way_only(value: Value, written: bytes) -> None:
    head = field(b"s", b"auditevent") + field(b"i", b"1")
    assert canonical("auditevent", 1, [value]) == head + written


def test_a_whole_row_is_the_same_for_all_time() -> None:
    """Whoever changes the encoding of rows that are sealed already breaks every chain there is."""
    row = (7, 3, 4, "ADJUSTMENT", Decimal(-12), Decimal("0.35"), NOW, NOW, "Daily parts", "lost", 9, None, None)
    written = canonical("stockentry", 1, row)
    assert hashlib.sha256(written).hexdigest() == "a7a88300cc9c7860bd4e3d0a5e1338adece709acccdc4f7c917534f23a5b9ea8"
    second = canonical("stockentry", 2, (*row, date(2026, 11, 1), "Ana"))
    assert hashlib.sha256(second).hexdigest() == "4488ae809b1581669f5be2dbd5d5c204023c8aafc91312f4aa853f0957c9a4cb"
    assert head_of(FIRST_HEAD, BATCH) == "8d87cd14bc3df137e2fafbaf1158a238049d5d064e0a148ad6cd8b7fb853e3c5"


def test_a_time_without_a_zone_what_is_no_number_and_other_types_are_refused() -> None:
    for value in (NOW.replace(tzinfo=None), Decimal("NaN"), Decimal("Infinity")):
        with pytest.raises(ValueError, match=r"zone|no number"):
            canonical("auditevent", 1, [value])
    with pytest.raises(TypeError):
        canonical("auditevent", 1, [1.5])  # type: ignore[list-item]  # what SQLite may give back for a broken cell


values = st.one_of(
    st.none(),
    st.integers(-(2**63), 2**63 - 1),
    st.text(alphabet="sni\0\1\x04d1-.Z"),
    st.text(),
    st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**12), max_value=10**12),
    st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2200, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - hypothesis adds the zone
)
rows = st.lists(values, min_size=1, max_size=4)


def typed(row: list[Value]) -> list[tuple[type, Value]]:
    return [(type(value), value) for value in row]


@given(rows, rows)
def test_two_different_rows_are_never_written_alike(one: list[Value], other: list[Value]) -> None:
    alike = canonical("auditevent", 1, one) == canonical("auditevent", 1, other)
    assert alike == (typed(one) == typed(other))


@given(rows, st.data())
def test_text_that_moves_from_one_column_to_the_next_is_another_row(row: list[Value], data: st.DataObject) -> None:
    words = ["".join(map(str, row)), data.draw(st.text(min_size=1))]
    cut = data.draw(st.integers(0, len("".join(words))))
    moved = ["".join(words)[:cut], "".join(words)[cut:]]
    assert (canonical("auditevent", 1, words) == canonical("auditevent", 1, moved)) == (words == moved)


def test_the_same_values_of_another_table_or_encoding_are_another_row() -> None:
    written = {canonical(table, number, [1]) for table in ("auditevent", "stockentry") for number in (1, 2)}
    assert len(written) == 4


@pytest.mark.parametrize(
    "change",
    [
        {"id": 2}, {"of_table": "stockentry"}, {"encoding": 2}, {"first_id": 0}, {"last_id": 3}, {"rows": 3},
        {"sealed_at": NOW + timedelta(microseconds=1)}, {"listing": BATCH.listing[:-1] + b"\2"},
    ],
    ids=str,
)  # fmt: skip
def test_the_head_follows_from_everything_a_seal_says(change: dict[str, Any]) -> None:
    assert head_of(FIRST_HEAD, replace(BATCH, **change)) != head_of(FIRST_HEAD, BATCH)
    assert head_of("0" * 64, BATCH) != head_of(FIRST_HEAD, BATCH)


def test_a_list_is_read_back_and_half_a_row_is_none() -> None:
    assert list(sealing.entries_of(BATCH.listing)) == [Entry(1, bytes(32)), Entry(2, b"\1" * 32)]
    with pytest.raises(ValueError, match="in the middle of a row"):
        sealing.entries_of(BATCH.listing[:-1])


entries = st.dictionaries(st.integers(1, 12), st.sampled_from([bytes(32), b"\1" * 32])).map(
    lambda found: [Entry(*one) for one in sorted(found.items())]
)


@given(entries, entries)
def test_every_difference_is_found_once_and_named(sealed: list[Entry], found: list[Entry]) -> None:
    before, after = dict(sealed), dict(found)
    wanted = dict.fromkeys(before.keys() - after.keys(), Difference.MISSING)
    wanted |= dict.fromkeys(after.keys() - before.keys(), Difference.INSERTED)
    wanted |= {row_id: Difference.CHANGED for row_id in before.keys() & after.keys() if before[row_id] != after[row_id]}
    told = list(sealing.differences(sealed, found))
    assert told == sorted(wanted.items())


HEAD = "3f7a91c20b1d77e0a4c1" + "0" * 44


def test_a_head_is_shown_in_groups_and_read_however_it_was_copied() -> None:
    assert sealing.shown(HEAD) == "3f7a-91c2-0b1d-77e0-a4c1"
    shown = sealing.shown(HEAD)
    for text in (shown, " 3F7A 91C2 0B1D 77E0 A4C1…", f"`{HEAD[:20]}`", shown.replace("-", "\u2013")):
        assert HEAD.startswith(sealing.read_head(text))
    assert sealing.read_head(HEAD) == HEAD


@pytest.mark.parametrize("text", ["", "3f7a", "3f7a-91c2-0b1d-77e", "seal 12", "3f7a-91c2-0b1d-77eg-a4c1", HEAD + "0"])
def test_what_is_no_head_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="is not a head"):
        sealing.read_head(text)


def mark(last_id: int, *writers: str) -> Mark:
    return Mark(last_id, frozenset(writers))


@pytest.mark.parametrize(
    ("before", "now", "up_to", "kept"),
    [
        (None, mark(5), 5, None),  # nobody writes: all of it is there
        (None, mark(5, "a"), None, mark(5, "a")),  # who writes may have a smaller id
        (mark(5, "a"), mark(9, "a", "b"), None, mark(5, "a")),  # still at it
        (mark(5, "a"), mark(9, "b"), 5, mark(9, "b")),  # done; who came later has larger ids
        (mark(5, "a"), mark(9), 9, None),
        (mark(5, "a", "b"), mark(9, "b"), None, mark(5, "a", "b")),
    ],
)
def test_rows_are_sealed_below_which_nothing_can_appear(
    before: Mark | None, now: Mark, up_to: int | None, kept: Mark | None
) -> None:
    assert settled(before, now) == (up_to, kept)
