"""Every invariant notices when it does not hold: a healthy database is damaged in one place, and `check` says where."""

import pytest
from sqlalchemy import text

from models.rules.lines import LineState
from models.services.checks import CHECKS, run_checks
from tests.world import World

POST = (
    "INSERT INTO stockentry"
    " (item_id, location_id, kind, quantity, occurred_at, recorded_at, reference, reason, line_id)"
    " SELECT item_id, location_id, '{kind}', {quantity}, '{at}', '{at}', '', {reason}, {line} FROM stocklevel"
    " WHERE id = {level}"
)
ENTRY = (
    "INSERT INTO countentry (line_id, member_id, quantity, attempt, settles, counted_at, recorded_at, source,"
    " source_key, typed) VALUES ({line}, {member}, 1000, {attempt}, 1, '{at}', '{at}', 'modal', 'damage', '')"
)
JUDGEMENT = (
    "INSERT INTO judgement (entry_id, judged_at, expected, variance, within, limit_applied)"
    " VALUES ({entry}, '{at}', {expected}, {variance}, 0, '')"
)
SECOND_LINE = (
    "INSERT INTO countline (session_id, item_id, location_id, position, state, version, due_at, recounts_asked)"
    " SELECT session_id, item_id, location_id, 9, state, 1, due_at, 0 FROM countline WHERE id = 4"
)
DECISION = (
    "INSERT INTO decision (line_id, line_version, kind, member_id, posted, note, decided_at)"
    " VALUES ({line}, 99, 'reject', {member}, 0, '', '{at}')"
)
PART = (
    "INSERT INTO countpart (line_id, member_id, attempt, quantity, counted_at, recorded_at, source, source_key, typed)"
    " VALUES ({line}, {member}, {attempt}, 1000, '{at}', '{at}', 'modal', 'damage', '')"
)
CLOSING = "INSERT INTO partsclosing (entry_id, how) VALUES ({entry}, '{how}')"
EARLY, LATE = "2026-11-23 06:30:00.000000", "2026-11-24 00:00:00.000000"

# What is broken -> the statements that do it, and the words of the sentence. Line 1 is reconciled with an adjustment,
# line 2 waits for a recount, line 3 is in review, line 4 is to be counted; each belongs to the level of its number.
DAMAGES = {
    "a level that is not the sum of its ledger": (
        ["UPDATE stocklevel SET on_hand = on_hand + 1 WHERE id = 1"],
        "stock level 1 says",
    ),
    "a level in another class than its item": (
        ["UPDATE item SET abc_class = 'A' WHERE id = 2"],
        "stock level 2 is in class none, its item SKU-1 in A",
    ),
    "a level in a class whose item has none": (
        ["UPDATE stocklevel SET abc_class = 'B' WHERE id = 3"],
        "stock level 3 is in class B, its item SKU-2 in none",
    ),
    "an item in another class than it is pinned to": (
        ["UPDATE item SET pinned_class = 'B', file_class = 'A' WHERE id = 2"],
        "item SKU-1 is in class none, by its pin or the stock file it belongs in B",
    ),
    "an item in another class than the stock file says": (
        ["UPDATE item SET file_class = 'A', abc_class = 'C' WHERE id = 2"],
        "item SKU-1 is in class C, by its pin or the stock file it belongs in A",
    ),
    "ledger rows without a level": (
        ["DELETE FROM stocklevel WHERE id = 4"],
        "have no stock level",
    ),
    "two open lines of one stock": (
        [
            "DROP INDEX uq_countline_open_stock",
            SECOND_LINE,
        ],
        "has 2 open lines",
    ),
    "a reconciled line whose ledger moved under it": (
        [POST.format(kind="ISSUE", quantity=-1000, at=EARLY, reason="NULL", line="NULL", level=1)],
        "line 1 accepted 90.000 at its count, the ledger says 89.000",
    ),
    "a line reconciled by nobody": (
        [f"UPDATE countline SET state = 'RECONCILED', settled_at = '{LATE}' WHERE id = 3"],
        "line 3 is reconciled without a decision",
    ),
    "an adjustment that no decision posted": (
        [POST.format(kind="ADJUSTMENT", quantity=-1000, at=LATE, reason="'lost'", line=3, level=3)],
        "line 3: decisions posted 0",
    ),
    "an adjustment of no line": (
        [POST.format(kind="ADJUSTMENT", quantity=-1000, at=LATE, reason="'lost'", line="NULL", level=4)],
        "names no count line",
    ),
    "an adjustment without a reason": (
        [POST.format(kind="ADJUSTMENT", quantity=0, at=LATE, reason="NULL", line=1, level=1)],
        "has no reason",
    ),
    "an uncounted line with entries": (
        ["UPDATE countline SET state = 'TO_COUNT' WHERE id = 2"],
        "line 2 is TO_COUNT but has entries",
    ),
    "a line in review that nobody counted": (
        ["UPDATE countline SET state = 'IN_REVIEW', review_cause = 'variance' WHERE id = 4"],
        "line 4 is IN_REVIEW with attempts []",
    ),
    "a line in review for no cause": (
        ["UPDATE countline SET review_cause = NULL WHERE id = 3"],
        "line 3 is in review and nobody knows why",
    ),
    "two first counts": (
        [ENTRY.format(line=2, member=3, attempt=1, at=LATE)],
        "line 2 is RECOUNT with attempts [1, 1]",
    ),
    "a recount by the first counter": (
        [ENTRY.format(line=2, member=1, attempt=2, at=LATE)],
        "line 2 was recounted by somebody who had counted it",
    ),
    "a recount asked of the first counter": (
        ["UPDATE countline SET asked_member_id = 1 WHERE id = 2"],
        "line 2 waits for a recount that is asked of nobody who may make it",
    ),
    "a recount asked of nobody": (
        ["UPDATE countline SET asked_member_id = NULL WHERE id = 2"],
        "line 2 waits for a recount that is asked of nobody who may make it",
    ),
    "a closed line that was never settled": (
        ["UPDATE countline SET settled_at = NULL WHERE id = 1"],
        "line 1 is RECONCILED with settled_at None",
    ),
    "an open line that was settled": (
        [f"UPDATE countline SET settled_at = '{LATE}' WHERE id = 4"],
        "line 4 is TO_COUNT with settled_at",
    ),
    "a judgement that does not add up": (
        [JUDGEMENT.format(entry=1, at=LATE, expected=100_000, variance=-9_000)],
        "is not -9.000",
    ),
    "an entry that was never judged": (
        [ENTRY.format(line=2, member=2, attempt=2, at=LATE)],
        "was never judged",
    ),
    "an open line judged by an old ledger": (
        [
            POST.format(kind="ISSUE", quantity=-1000, at=EARLY, reason="NULL", line="NULL", level=3),
            "UPDATE stocklevel SET on_hand = on_hand - 1000 WHERE id = 3",
        ],
        "was judged by 100.000, the books say 99.000",
    ),
    "a decision by a counter of the line": (
        [DECISION.format(line=1, member=1, at=LATE)],
        "was made by somebody who counted the line",
    ),
    "a last count that nobody made": (
        [f"UPDATE stocklevel SET last_counted_at = '{LATE}' WHERE id = 4"],
        "stock level 4 was last counted",
    ),
    "a last count that was forgotten": (
        ["UPDATE stocklevel SET last_counted_at = NULL WHERE id = 1"],
        "stock level 1 was last counted None",
    ),
    "open parts of a line that is closed": (
        [PART.format(line=1, member=2, attempt=9, at=LATE)],
        "line 1 is RECONCILED with open parts",
    ),
    "parts that ended nobody knows how": (
        [PART.format(line=2, member=2, attempt=1, at=LATE)],
        "the parts of attempt 1 of line 2 ended and nothing says how",
    ),
    "a sum of other parts": (
        [CLOSING.format(entry=1, how="done")],
        "entry 1 is 90.000, its parts come to 0",
    ),
    "a part of a recount by the first counter": (
        [PART.format(line=2, member=1, attempt=2, at=LATE)],
        "was given by somebody who counted line 2 another time",
    ),
    "parts of two attempts by one counter": (
        [
            PART.format(line=4, member=2, attempt=1, at=LATE),
            PART.replace("damage", "2").format(line=4, member=2, attempt=2, at=LATE),
        ],
        "was given by somebody who counted line 4 another time",
    ),
    "a decision by who gave a part": (
        [PART.format(line=1, member=4, attempt=1, at=EARLY)],
        "was made by somebody who gave a part of the line",
    ),
    "parts left open that a limit settled": (
        [
            CLOSING.format(entry=1, how="left open"),
            DECISION.replace("decided_at)", "decided_at, entry_id)")
            .replace("'reject'", "'within tolerance'")
            .replace("'{at}')", "'{at}', 1)")
            .format(line=1, member="NULL", at=LATE),
        ],
        "settled parts that nobody had closed",
    ),
    "a session without a sheet": (
        ["DELETE FROM outboxmessage WHERE intent = 'sheet'"],
        "session 1 has no sheet",
    ),
    "a sheet that was given up": (
        ["UPDATE outboxmessage SET state = 'failed' WHERE intent = 'sheet'"],
        "session 1 has no sheet",
    ),
    "a closed session without a summary": (
        [f"UPDATE countline SET state = 'SKIPPED', settled_at = '{LATE}'"],
        "session 1 is closed without a summary",
    ),
    "a line in review without a card": (
        ["DELETE FROM outboxmessage WHERE intent = 'card'"],
        "line 3 is in review without a card",
    ),
    "a recount without a mention": (
        ["DELETE FROM outboxmessage WHERE intent = 'recount'"],
        "line 2 waits for a recount that nobody was asked for",
    ),
}


def healthy(world: World) -> None:
    """One line of each kind, in the order of their ids."""
    stocks = [world.stock(f"SKU-{number}", f"A-0{number}", 100) for number in range(4)]
    reconciled, recount, review, to_count = (world.line(stock) for stock in stocks)
    for line in (reconciled, recount, review):
        world.count(line, "ana", 90)
    for line in (reconciled, review):
        world.count(line, "fay", 90)
    world.approve(reconciled, "ben")
    states = [world.state(line) for line in (reconciled, recount, review, to_count)]
    assert (reconciled, recount, review, to_count) == (1, 2, 3, 4)
    assert states == [LineState.RECONCILED, LineState.RECOUNT, LineState.IN_REVIEW, LineState.TO_COUNT]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damage_is_noticed(small_world: World, damage: str) -> None:
    statements, words = DAMAGES[damage]
    healthy(small_world)
    assert small_world.problems() == []
    with small_world.database.write() as session:
        # What the schema itself would refuse is done all the same.
        session.connection().exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        for statement in statements:
            session.execute(text(statement))
        problems = run_checks(session)
        session.rollback()
    assert any(words in problem for problem in problems), problems


def test_a_database_without_anything_is_healthy(small_world: World) -> None:
    assert small_world.problems() == []
    assert len(set(CHECKS)) == len(CHECKS)
