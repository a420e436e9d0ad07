"""Acknowledgements that do not come, and connections that go: with limits short enough not to be waited for."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from bot.sandbox.person import Person
from bot.sandbox.server import SandboxServer
from bot.sandbox.workspace import Limits, SandboxClock, Workspace
from tests.sandbox.bolt import BUTTONS, PARTS, Bot, connected


@pytest.fixture
def impatient(clock: SandboxClock) -> Iterator[tuple[Workspace, SandboxServer]]:
    workspace = Workspace(clock=clock, limits=Limits(ack_seconds=0.2).without_rates())
    workspace.add_user("U01ANA", name="Ana")
    workspace.add_channel(PARTS, name="parts", members=["U01ANA"])
    with SandboxServer(workspace) as server:
        yield workspace, server


@pytest.fixture
def slow_bot(impatient: tuple[Workspace, SandboxServer]) -> Iterator[Bot]:
    bot = Bot(*impatient)
    with connected(bot.app, impatient[0]):
        bot.gate.clear()
        yield bot
        bot.gate.set()


def test_an_event_without_ack_is_sent_three_times_more(
    impatient: tuple[Workspace, SandboxServer], slow_bot: Bot, clock: SandboxClock
) -> None:
    ws, _ = impatient
    ws.person("U01ANA").say(PARTS, "BOLT-10 42")
    delivery = ws.deliveries[0]

    def outcomes() -> list[str]:
        return [attempt.outcome for attempt in delivery.attempts]

    ws.wait_for(lambda: outcomes() == ["timeout"] * 2)
    clock.advance(timedelta(seconds=59))
    assert outcomes() == ["timeout"] * 2
    clock.advance(timedelta(seconds=1))
    ws.wait_for(lambda: outcomes() == ["timeout"] * 3)
    slow_bot.gate.set()
    clock.advance(timedelta(minutes=5))
    ws.wait_for(lambda: outcomes() == ["timeout"] * 3 + ["acknowledged"])
    assert [(attempt.number, attempt.reason) for attempt in delivery.attempts] == [
        (0, None),
        (1, "timeout"),
        (2, "timeout"),
        (3, "timeout"),
    ]
    assert len({one["event_id"] for one in slow_bot.heard}) == 1


def test_a_click_without_ack_is_told_to_the_person(impatient: tuple[Workspace, SandboxServer], slow_bot: Bot) -> None:
    ws, _ = impatient
    client = slow_bot.app.client
    ts = client.chat_postMessage(channel=PARTS, text="sheet", blocks=BUTTONS)["ts"]
    result = ws.person("U01ANA").click(PARTS, ts, action_id="enter")
    assert (result.ok, result.problem) == (False, "The app did not respond.")
    assert result.delivery.problem == "timeout"
    assert len(result.delivery.attempts) == 1


def test_a_bot_that_breaks_has_not_answered(impatient: tuple[Workspace, SandboxServer]) -> None:
    with connected(Bot(*impatient).app, impatient[0]):
        result = impatient[0].person("U01ANA").slash(PARTS, "/count broken")
    assert (result.ok, result.problem) == (False, '/count failed with the error "operation_timeout"')


def test_a_manual_clock_runs_out_of_patience_too(clock: SandboxClock) -> None:
    ws = Workspace(clock=clock, limits=Limits(ack_seconds=30, retry_delays=()))
    ws.add_user("U01ANA", name="Ana")
    ws.add_channel(PARTS, name="parts", members=["U01ANA"])
    with SandboxServer(ws) as server:
        bot = Bot(ws, server)
        with connected(bot.app, ws):
            bot.gate.clear()
            ws.person("U01ANA").say(PARTS, "x")
            ws.wait_for(lambda: ws.timers.waiting("ack"))
            clock.advance(timedelta(seconds=30))
            ws.wait_for(lambda: ws.deliveries[0].problem == "timeout")
            bot.gate.set()


def test_without_a_bot_nothing_is_answered_and_events_wait(clock: SandboxClock) -> None:
    ws = Workspace(clock=clock)
    ana = ws.add_user("U01ANA", name="Ana")
    ws.add_channel(PARTS, name="parts", members=["U01ANA"])
    with SandboxServer(ws) as server:
        assert ana.slash(PARTS, "/count status").problem == '/count failed with the error "dispatch_failed"'
        ana.say(PARTS, "sheet")
        ws.wait_for(lambda: ws.timers.waiting("retry"))
        with connected(Bot(ws, server).app, ws):
            assert ws.retry_now() == 1
            ws.wait_for(lambda: ws.deliveries[-1].acknowledged)


def test_the_client_comes_back_when_asked_to_reconnect(ws: Workspace, server: SandboxServer, ana: Person) -> None:
    bot = Bot(ws, server)
    with connected(bot.app, ws):
        ws.wait_for(lambda: ws.sockets.connected == 1)
        old = list(ws.sockets._links)
        ws.sockets.ask_to_reconnect()
        ws.wait_for(lambda: ws.sockets.connected > 1)
        for link in old:
            link.raw.hang_up()  # as Slack does a little later
        ws.wait_for(lambda: ws.sockets.connected and not set(old) & set(ws.sockets._links))
        ana.say(PARTS, "still there?")
        ws.wait_until_quiet()
        assert ws.deliveries[-1].acknowledged


def test_the_client_comes_back_after_a_cut(ws: Workspace, server: SandboxServer, ana: Person) -> None:
    bot = Bot(ws, server)
    # Often enough to notice soon; so often that on a busy machine the client may cut itself off, and once more.
    with connected(bot.app, ws, ping_interval=0.2):
        ws.wait_for(lambda: ws.sockets.connected == 1)
        ws.disconnect_sockets()
        ws.wait_for(lambda: ws.sockets.connected == 0)
        ws.wait_for(lambda: ws.sockets.connected == 1)
        ana.say(PARTS, "still there?")

        def heard() -> bool:
            ws.retry_now()
            return ws.deliveries[-1].acknowledged

        ws.wait_for(heard)
