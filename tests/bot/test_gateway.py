"""The gateway: what it sends, what it stops before it is sent, and what it makes of Slack's answers."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ssl import CERT_REQUIRED

import pytest

from bot.gateway import VIEW_BYTES, Gateway, SlackRefused, SlackUnavailable, Unsendable, web_client
from bot.sandbox.faults import Action, ratelimited, slack_error
from bot.sandbox.server import SandboxServer
from bot.sandbox.workspace import Limits, SandboxClock, Workspace
from bot.views import blocks
from bot.views.blocks import JsonObject, Rendered
from models.journal import Intent

NINE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
CHANNEL = "C01PARTS"
HELLO = blocks.rendered("hello", [blocks.section("hello", "a")])


@pytest.fixture
def ws() -> Workspace:
    workspace = Workspace(clock=SandboxClock.manual(NINE), limits=Limits().without_rates())
    workspace.add_user("U01ANA", name="Ana", tz="Europe/Berlin")
    workspace.add_channel(CHANNEL, name="parts", members=["U01ANA"])
    return workspace


@pytest.fixture
def server(ws: Workspace) -> Iterator[SandboxServer]:
    with SandboxServer(ws) as running:
        yield running


@pytest.fixture
def gateway(ws: Workspace, server: SandboxServer) -> Gateway:
    return Gateway(web_client(ws.bot_token, server.api_url))


def post(gateway: Gateway, subject: str = "1", thread_ts: str | None = None, message: Rendered = HELLO) -> str:
    return gateway.post(channel=CHANNEL, message=message, intent=Intent.SHEET, subject=subject, thread_ts=thread_ts)


def find(gateway: Gateway, subject: str = "1", thread_ts: str | None = None, at: datetime = NINE) -> str | None:
    return gateway.find_posted(
        channel=CHANNEL, intent=Intent.SHEET, subject=subject, thread_ts=thread_ts, attempted_at=at
    )


def test_a_message_carries_ids_only_in_its_metadata(ws: Workspace, gateway: Gateway) -> None:
    ts = post(gateway)
    assert ws.message(CHANNEL, ts).metadata == {
        "event_type": "cycle_count",
        "event_payload": {"intent": "sheet", "subject": "1"},
    }


def test_an_update_keeps_place_and_metadata(ws: Workspace, gateway: Gateway) -> None:
    ts = post(gateway)
    gateway.update(
        channel=CHANNEL, ts=ts, message=blocks.rendered("bye", [blocks.section("bye", "a")]), intent=Intent.SHEET,
        subject="1",
    )  # fmt: skip
    assert [message.text for message in ws.messages(CHANNEL)] == ["bye"]
    assert find(gateway) == ts


def test_a_parent_is_found_by_its_metadata_and_only_by_the_right_one(gateway: Gateway) -> None:
    ts = post(gateway, "1")
    assert (find(gateway, "1"), find(gateway, "2")) == (ts, None)


def test_a_file_is_shared_in_a_thread_or_outside_of_one(ws: Workspace, gateway: Gateway) -> None:
    parent = post(gateway)
    for thread_ts in (None, parent):
        name = f"stock-{thread_ts}.csv"
        gateway.upload(
            channel=CHANNEL, thread_ts=thread_ts, name=name, title="Stock", comment="As *asked*", content=b"sku\n"
        )
        ts = gateway.find_file(channel=CHANNEL, thread_ts=thread_ts, name=name, attempted_at=NINE)
        assert ts is not None
        message = ws.message(CHANNEL, ts)
        assert (message.thread_ts, message.text, message.files[0].content) == (thread_ts, "As *asked*", b"sku\n")


def test_a_thread_post_is_found_in_its_thread_and_nowhere_else(gateway: Gateway) -> None:
    parent, other = post(gateway, "parent"), post(gateway, "other")
    ts = post(gateway, "reply", parent)
    assert find(gateway, "reply", parent) == ts
    assert find(gateway, "reply") is None
    assert find(gateway, "reply", other) is None


def test_a_message_is_looked_for_from_a_minute_before_the_attempt(ws: Workspace, gateway: Gateway) -> None:
    ts = post(gateway)
    now = ws.clock.now()
    assert find(gateway, at=now + timedelta(seconds=50)) == ts
    assert find(gateway, at=now + timedelta(seconds=70)) is None


def test_a_persons_message_is_never_taken_for_ours(ws: Workspace, gateway: Gateway) -> None:
    ws.person("U01ANA").say(CHANNEL, "hello")
    assert find(gateway) is None


def test_a_second_reaction_is_fine(ws: Workspace, gateway: Gateway) -> None:
    ts = post(gateway)
    gateway.react(channel=CHANNEL, ts=ts, name="white_check_mark")
    gateway.react(channel=CHANNEL, ts=ts, name="white_check_mark")
    assert ws.message(CHANNEL, ts).reactions == {"white_check_mark": [ws.bot_user_id]}


def test_an_ephemeral_message_is_for_one_person(ws: Workspace, gateway: Gateway) -> None:
    gateway.post_ephemeral(channel=CHANNEL, user="U01ANA", message=HELLO)
    assert [message.text for message in ws.person("U01ANA").ephemerals(CHANNEL)] == ["hello"]


def test_somebodys_name_and_zone(gateway: Gateway) -> None:
    user = gateway.user_info("U01ANA")
    assert (user.id, user.name, user.tz) == ("U01ANA", "Ana", "Europe/Berlin")


@pytest.mark.parametrize(
    ("action", "retry_after"),
    [
        ("500", None),
        ("disconnect", None),
        (ratelimited(7), 7.0),
        (slack_error("internal_error"), None),
        (slack_error("fatal_error"), None),
        (slack_error("service_unavailable"), None),
        (slack_error("ratelimited"), None),
    ],
)
def test_what_may_work_later_is_unavailable(
    ws: Workspace, gateway: Gateway, action: Action, retry_after: float | None
) -> None:
    ws.faults.on(method="chat.postMessage", action=action)
    with pytest.raises(SlackUnavailable) as caught:
        post(gateway)
    assert caught.value.retry_after == retry_after
    assert [call.method for call in ws.calls] == ["chat.postMessage"], "nothing is retried by itself"


def test_no_answer_in_time_is_unavailable(ws: Workspace, server: SandboxServer) -> None:
    ws.faults.on(method="chat.postMessage", action="timeout")
    with pytest.raises(SlackUnavailable, match="timed out"):
        post(Gateway(web_client(ws.bot_token, server.api_url, timeout=1)))


def test_no_server_at_all_is_unavailable(ws: Workspace) -> None:
    gateway = Gateway(web_client(ws.bot_token, "http://127.0.0.1:9/api/", timeout=1))
    with pytest.raises(SlackUnavailable):
        post(gateway)


@pytest.mark.parametrize(
    ("code", "permanent"),
    [
        ("invalid_blocks", True),
        ("msg_too_long", True),
        ("channel_not_found", False),
        ("not_in_channel", False),
        ("is_archived", False),
        ("missing_scope", False),
        ("invalid_auth", False),
        ("token_revoked", False),
    ],
)
def test_what_slack_refuses_says_whether_it_is_for_good(
    ws: Workspace, gateway: Gateway, code: str, *, permanent: bool
) -> None:
    ws.faults.on(method="chat.postMessage", action=slack_error(code))
    with pytest.raises(SlackRefused) as caught:
        post(gateway)
    assert (caught.value.code, caught.value.permanent) == (code, permanent)


def test_a_refusal_of_blocks_says_which_part_it_was(gateway: Gateway) -> None:
    bad: JsonObject = {"type": "section", "block_id": "a", "text": {"type": "mrkdwn", "text": "x" * 3001}}
    with pytest.raises(SlackRefused, match=r"invalid_blocks: .*must be less than 3001 characters"):
        post(gateway, message=Rendered("x", [bad]))


@pytest.mark.parametrize(
    ("message", "why"),
    [
        (Rendered(" ", HELLO.blocks), "without fallback text"),
        (Rendered("x", [*HELLO.blocks, *HELLO.blocks]), "used twice: a"),
        (Rendered("x", [{"type": "table", "block_id": "a"}, {"type": "table", "block_id": "b"}]), "2 tables"),
    ],
)
def test_a_message_that_slack_would_spoil_is_never_sent(
    ws: Workspace, gateway: Gateway, message: Rendered, why: str
) -> None:
    with pytest.raises(Unsendable, match=why):
        post(gateway, message=message)
    assert ws.calls == []


def test_a_view_that_is_too_large_is_never_sent(ws: Workspace, gateway: Gateway) -> None:
    view = blocks.modal(title="Count", callback_id="x", blocks=[blocks.section("hello", "a")])
    with pytest.raises(Unsendable, match="250,000"):
        gateway.open_view(trigger_id="1", view={**view, "private_metadata": "x" * VIEW_BYTES})
    twice = blocks.as_json([blocks.section("x", "a"), blocks.section("y", "a")])
    with pytest.raises(Unsendable, match="used twice"):
        gateway.update_view(view_id="V1", view={**view, "blocks": twice})
    assert ws.calls == []


def test_a_proxy_of_the_environment_does_not_stand_before_a_local_workspace(
    server: SandboxServer, ws: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    assert post(Gateway(web_client(ws.bot_token, server.api_url)))


def test_certificates_are_read_once_and_checked() -> None:
    first, second = web_client("one", "https://slack.example/"), web_client("two", "https://slack.example/")
    assert first.ssl is not None
    assert first.ssl is second.ssl
    assert first.ssl.check_hostname
    assert first.ssl.verify_mode is CERT_REQUIRED
