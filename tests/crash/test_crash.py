"""SIGKILL at every named point between assignment and decision, and around every call that Slack stores.

One bot process is killed once, a second one takes over. Afterwards nothing is lost, nothing is posted or adjusted
twice, and every invariant holds. A point that is never reached fails: it would prove nothing.
"""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from sqlmodel import select

from bot.sandbox.faults import Phase
from models.counts import CountEntry
from models.milestones import Milestone
from models.services.checks import run_checks
from models.stock import EntryKind, StockEntry
from tests.crash.scene import PARTS, REVIEW, Scene

STORED = ("chat.postMessage", "chat.update", "reactions.add")


@pytest.fixture
def scene(sqlite_url: str, tmp_path: Path) -> Iterator[Scene]:
    scene = Scene(sqlite_url, tmp_path)
    scene.server.start()
    try:
        yield scene
    finally:
        scene.close()


@pytest.mark.parametrize("milestone", list(Milestone), ids=lambda milestone: milestone.name)
def test_killed_at_a_milestone(scene: Scene, milestone: Milestone) -> None:
    scene.start_bot(milestone.name)
    scene.play()
    assert scene.killed_at.read_text("utf-8") == milestone.name, f"{milestone.name} was never reached"
    print(f"reached and survived: {milestone.value}")  # noqa: T201 - the list of points is part of the result
    assert_nothing_lost_nothing_twice(scene)


@pytest.mark.parametrize("method", STORED)
@pytest.mark.parametrize("phase", ["before_store", "after_store"])
def test_killed_while_slack_stores(scene: Scene, method: str, phase: Phase) -> None:
    fault = scene.workspace.faults.on(method=method, phase=phase, action=scene.kill_bot)
    scene.start_bot()
    scene.play()
    assert fault.hits == 1, f"{method} was never called"
    print(f"reached and survived: {method}, {phase}")  # noqa: T201 - same
    assert_nothing_lost_nothing_twice(scene)


def assert_nothing_lost_nothing_twice(scene: Scene) -> None:
    assert scene.on_hand() == {"BOLT-10": Decimal(90), "FUSE-15": Decimal(50), "NUT-10": Decimal(400)}
    with scene.database.read() as session:
        assert run_checks(session) == []
        adjustments = session.exec(select(StockEntry).where(StockEntry.kind == EntryKind.ADJUSTMENT)).all()
        entries = session.exec(select(CountEntry.member_id)).all()
    assert [entry.quantity for entry in adjustments] == [Decimal(-10)]
    assert len(entries) == 4
    assert len(scene.posts(PARTS, "sheet")) == 1
    assert len(scene.asks()) == 1
    assert len(scene.replies("summary")) == 1
    assert len(scene.posts(REVIEW, "card")) == 1
    reply = next(m for m in scene.workspace.thread(PARTS, scene.posts(PARTS, "sheet")[0].ts) if m.user == "U01DAN")
    assert len(reply.reactions) == 1
