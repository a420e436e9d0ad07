"""Modals that follow what is entered: in the order of the changes, however they come in."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from bot.gateway import Gateway, web_client
from bot.live_views import LiveViews
from bot.payloads import JsonObject, ViewAction
from bot.sandbox.faults import slack_error
from bot.sandbox.server import SandboxServer
from bot.sandbox.workspace import Limits, SandboxClock, Workspace

NINE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PATIENCE = 10


def modal(text: str) -> JsonObject:
    section = {"type": "section", "block_id": "said", "text": {"type": "plain_text", "text": text}}
    return {"type": "modal", "title": {"type": "plain_text", "text": "Live"}, "blocks": [section]}


@pytest.fixture
def ws() -> Workspace:
    workspace = Workspace(clock=SandboxClock.manual(NINE), limits=Limits().without_rates())
    workspace.add_user("U01KIM", name="Kim")
    return workspace


@pytest.fixture
def live(ws: Workspace) -> Iterator[LiveViews]:
    with SandboxServer(ws) as server:
        ws.views.open("U01KIM", modal("opened"), on_top=False)
        yield LiveViews(Gateway(web_client(ws.bot_token, server.api_url)))


def shown(ws: Workspace) -> str:
    view = ws.person("U01KIM").view
    assert view is not None
    return str(view["blocks"][0]["text"]["text"])


def change(ws: Workspace, number: int) -> ViewAction:
    """The change of that number, made in the modal as it stands."""
    view = ws.views.top("U01KIM")
    assert view is not None
    return ViewAction("U01KIM", view.id, "", {}, "", view.hash, str(number), f"1764000000.00{number:04}")


def draw(action: ViewAction) -> JsonObject:
    return modal(f"change {action.value}")


def test_each_change_is_drawn(ws: Workspace, live: LiveViews) -> None:
    for number in (1, 2, 3):
        live.changed(change(ws, number), draw)
        assert shown(ws) == f"change {number}"


def test_a_change_made_before_the_last_update_was_seen_is_drawn_too(ws: Workspace, live: LiveViews) -> None:
    first, second = change(ws, 1), change(ws, 2)
    live.changed(first, draw)
    live.changed(second, draw)
    assert shown(ws) == "change 2"


def test_a_change_that_was_overtaken_or_comes_again_is_not_drawn(ws: Workspace, live: LiveViews) -> None:
    first, second = change(ws, 1), change(ws, 2)
    live.changed(second, draw)
    live.changed(first, draw)
    live.changed(change(ws, 2), draw)
    assert shown(ws) == "change 2"
    assert len([call for call in ws.calls if call.method == "views.update"]) == 1


def test_a_modal_that_says_something_else_by_now_is_left_alone(ws: Workspace, live: LiveViews) -> None:
    live.changed(change(ws, 1), draw)
    late = change(ws, 2)
    view = ws.views.top("U01KIM")
    assert view is not None
    ws.views.replace(view, modal("saved"))
    live.changed(late, draw)
    assert shown(ws) == "saved"
    live.changed(change(ws, 3), draw)
    assert shown(ws) == "change 3"


def test_of_changes_that_come_while_one_is_drawn_only_the_newest_is(ws: Workspace, live: LiveViews) -> None:
    changes = [change(ws, number) for number in range(1, 6)]
    is_drawing, may_go_on = threading.Event(), threading.Event()
    drawn: list[str] = []

    def slowly(action: ViewAction) -> JsonObject:
        drawn.append(action.value)
        is_drawing.set()
        assert may_go_on.wait(PATIENCE)
        return draw(action)

    first = threading.Thread(target=live.changed, args=(changes[0], slowly))
    first.start()
    assert is_drawing.wait(PATIENCE)
    second = threading.Thread(target=live.changed, args=(changes[1], slowly))
    second.start()
    ws.wait_for(lambda: live.waiting(changes[1].view_id), every=0.01)
    for one in changes[2:]:
        live.changed(one, slowly)  # comes back at once: the one that waits will draw it
    may_go_on.set()
    for thread in (first, second):
        thread.join(PATIENCE)
    assert drawn == ["1", "5"]
    assert shown(ws) == "change 5"


def test_a_modal_that_was_closed_or_cannot_be_reached_is_no_error(ws: Workspace, live: LiveViews) -> None:
    ws.faults.on(method="views.update", action=slack_error("internal_error"))
    live.changed(change(ws, 1), draw)
    assert shown(ws) == "opened"
    late = change(ws, 2)
    ws.views.clear("U01KIM")
    live.changed(late, draw)
    assert ws.person("U01KIM").view is None


def test_what_cannot_be_drawn_does_not_stop_the_next(ws: Workspace, live: LiveViews) -> None:
    def broken(_action: ViewAction) -> JsonObject:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        live.changed(change(ws, 1), broken)
    live.changed(change(ws, 2), draw)
    assert shown(ws) == "change 2"


def test_only_the_modals_changed_lately_are_remembered(
    ws: Workspace, live: LiveViews, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.live_views._MOST_VIEWS", 2)
    for number in range(1, 5):
        ws.views.open("U01KIM", modal("opened"), on_top=False)
        live.changed(change(ws, number), draw)
        assert shown(ws) == f"change {number}"
    assert len(live) == 2
