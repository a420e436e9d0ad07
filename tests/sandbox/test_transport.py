"""Socket Mode connections, signed requests and response URLs, one by one."""

import json
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from simple_websocket import Client, ConnectionClosed  # type: ignore[import-untyped]  # it publishes no types
from slack_sdk import WebClient
from slack_sdk.signature import SignatureVerifier
from wsproto.events import Ping

from bot.sandbox.person import Person
from bot.sandbox.server import SandboxServer
from bot.sandbox.workspace import Limits, SandboxClock, Workspace

PARTS = "C01PARTS"


# --- Socket Mode


class Link:
    """A bot's bare connection."""

    def __init__(self, ws: Workspace, server: SandboxServer) -> None:
        client = WebClient(ws.bot_token, base_url=server.api_url, retry_handlers=[])
        self.url = str(client.apps_connections_open(app_token=ws.app_token)["url"])
        self.socket = Client(self.url)
        # This client leaves what came together with the handshake unread until something else comes.
        self.socket.sock.send(self.socket.ws.send(Ping()))
        self.hello = self.next()

    def next(self) -> dict[str, Any]:
        received: dict[str, Any] = json.loads(self.socket.receive(timeout=5))
        return received

    def ack(self, envelope: dict[str, Any], payload: Any = None) -> None:
        self.socket.send(json.dumps({"envelope_id": envelope["envelope_id"], "payload": payload}))


@pytest.fixture
def links(ws: Workspace, server: SandboxServer) -> Iterator[list[Link]]:
    opened = [Link(ws, server), Link(ws, server)]
    ws.wait_for(lambda: ws.sockets.connected == 2)
    yield opened
    ws.disconnect_sockets()
    for link in opened:
        link.socket.thread.join(5)


def test_hello(ws: Workspace, links: list[Link]) -> None:
    assert links[0].hello["type"] == "hello"
    assert [link.hello["num_connections"] for link in links] == [1, 2]
    assert links[0].hello["connection_info"]["app_id"] == ws.ids.app_id


def test_each_envelope_goes_to_one_connection(ws: Workspace, links: list[Link], ana: Person) -> None:
    for number in range(4):
        ana.say(PARTS, str(number))
    got = {id(link): [link.next(), link.next()] for link in links}
    texts = sorted(one["payload"]["event"]["text"] for envelopes in got.values() for one in envelopes)
    assert texts == ["0", "1", "2", "3"]
    for link in links:
        for envelope in got[id(link)]:
            assert (envelope["type"], envelope["retry_attempt"]) == ("events_api", 0)
            link.ack(envelope)
    ws.wait_until_quiet()
    assert all(one.acknowledged for one in ws.deliveries)


def test_what_dies_with_its_connection_is_sent_again_over_another(
    ws: Workspace, links: list[Link], ana: Person
) -> None:
    ana.say(PARTS, "BOLT-10 42")
    ws.wait_for(ws.sockets.carrying)
    first = next(link for link in links if ws.sockets.carrying() == [links.index(link)])
    envelope = first.next()
    first.socket.close()
    other = next(link for link in links if link is not first)
    again = other.next()
    assert again["payload"] == envelope["payload"]
    assert again["envelope_id"] != envelope["envelope_id"]
    assert (again["retry_attempt"], again["retry_reason"]) == (1, "connection_lost")
    other.ack(again)
    ws.wait_until_quiet()
    assert ws.deliveries[0].acknowledged


def knock(url: str, **headers: str) -> int:
    request = urllib.request.Request(url.replace("ws://", "http://"), headers=headers)
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request)
    with caught.value:
        return caught.value.code


def test_a_ticket_is_good_for_one_connection(ws: Workspace, links: list[Link]) -> None:
    assert knock(links[0].url, Upgrade="websocket") == 403
    assert knock(links[0].url.replace("ticket-", "made-up-"), Upgrade="websocket") == 403
    assert knock(links[0].url) == 426
    assert ws.sockets.connected == 2


def test_ten_connections_and_no_more(ws: Workspace, server: SandboxServer, links: list[Link]) -> None:
    more = [Link(ws, server) for _ in range(8)]
    ticket = ws.sockets.issue_ticket()
    assert knock(f"{server.url}link?ticket={ticket}", Upgrade="websocket") == 403
    ws.disconnect_sockets()
    for link in more:
        link.socket.thread.join(5)


def test_asked_to_reconnect(ws: Workspace, links: list[Link]) -> None:
    ws.sockets.ask_to_reconnect("warning")
    assert [link.next()["reason"] for link in links] == ["warning", "warning"]
    assert ws.sockets.connected == 2


def test_cut_off(ws: Workspace, links: list[Link]) -> None:
    ws.disconnect_sockets()
    with pytest.raises(ConnectionClosed):
        links[0].socket.receive(timeout=5)
    ws.wait_for(lambda: ws.sockets.connected == 0)


def test_nonsense_is_no_acknowledgement(ws: Workspace, links: list[Link], ana: Person) -> None:
    ana.say(PARTS, "x")
    ws.wait_for(ws.sockets.carrying)
    link = links[ws.sockets.carrying()[0]]
    envelope = link.next()
    for nonsense in ("hello", "[]", '{"envelope_id": "made-up"}'):
        link.socket.send(nonsense)
    assert ws.deliveries[0].attempts[0].outcome == "waiting"
    link.ack(envelope)
    ws.wait_until_quiet()


# --- signed HTTP


class Endpoint(ThreadingHTTPServer):
    """A request URL that keeps what it gets and answers what it is told to."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[tuple[int, bytes, dict[str, str]]] = []
        super().__init__(("127.0.0.1", 0), Endpoint.Handler)

    class Handler(BaseHTTPRequestHandler):
        server: "Endpoint"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.server.got.append(({key.lower(): value for key, value in self.headers.items()}, body))
            status, answer, headers = self.server.answers.pop(0) if self.server.answers else (200, b"", {})
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(answer))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *args: Any) -> None:
            pass


@pytest.fixture
def endpoint(ws: Workspace, server: SandboxServer) -> Iterator[Endpoint]:
    with Endpoint() as endpoint:
        thread = threading.Thread(target=endpoint.serve_forever, args=(0.05,))
        thread.start()
        ws.use_http(f"http://127.0.0.1:{endpoint.server_port}/slack/events")
        yield endpoint
        ws.wait_until_quiet()
        endpoint.shutdown()
        thread.join()


def test_requests_are_signed(ws: Workspace, endpoint: Endpoint, ana: Person) -> None:
    ana.say(PARTS, "Größe 10 & more")
    ws.wait_until_quiet()
    ((headers, body),) = endpoint.got
    verifier = SignatureVerifier(ws.signing_secret)
    assert verifier.is_valid_request(body, headers)
    assert not verifier.is_valid_request(body + b" ", headers)
    assert headers["content-type"] == "application/json"
    assert "x-slack-retry-num" not in headers


def test_interactions_and_commands_are_forms(ws: Workspace, endpoint: Endpoint, ana: Person) -> None:
    endpoint.answers = [(200, b"plain words", {"Content-Type": "text/plain"})]
    assert ana.slash(PARTS, "/count status").text == "plain words"
    headers, body = endpoint.got[0]
    assert headers["content-type"] == "application/x-www-form-urlencoded"
    assert b"command=%2Fcount" in body
    assert SignatureVerifier(ws.signing_secret).is_valid_request(body, headers)


def test_another_status_is_no_acknowledgement(
    ws: Workspace, endpoint: Endpoint, ana: Person, clock: SandboxClock
) -> None:
    endpoint.answers = [(500, b"", {}), (404, b"", {})]
    ana.say(PARTS, "x")
    ws.wait_for(lambda: len(endpoint.got) == 2 and ws.timers.waiting("retry"))
    clock.advance(timedelta(minutes=1))
    ws.wait_for(lambda: ws.deliveries[0].acknowledged)
    assert [headers.get("x-slack-retry-num") for headers, _ in endpoint.got] == [None, "1", "2"]
    assert endpoint.got[1][0]["x-slack-retry-reason"] == "http_error"
    assert endpoint.got[0][1] == endpoint.got[1][1]


def test_the_bot_may_decline_retries(ws: Workspace, endpoint: Endpoint, ana: Person) -> None:
    endpoint.answers = [(500, b"", {"X-Slack-No-Retry": "1"})]
    ana.say(PARTS, "x")
    ws.wait_for(lambda: ws.deliveries[0].problem == "refused_retry")
    assert ws.timers.waiting("retry") == 0


def test_a_bot_that_is_down(ws: Workspace, server: SandboxServer, ana: Person) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        ws.use_http(f"http://127.0.0.1:{taken.getsockname()[1]}/slack/events")
        assert ana.slash(PARTS, "/count status").problem == '/count failed with the error "dispatch_failed"'


def test_only_this_machine_is_delivered_to(ws: Workspace) -> None:
    with pytest.raises(ValueError, match="this machine"):
        ws.use_http("https://example.com/slack/events")


# --- response URLs


@pytest.fixture
def answer_url(ws: Workspace, server: SandboxServer) -> str:
    return ws.response_urls.issue("U01ANA", PARTS, ws.clock.now(), None)


def answer(url: str, **body: Any) -> int:
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request) as response:
            return int(response.status)
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code


def test_five_answers(ws: Workspace, answer_url: str, ana: Person) -> None:
    assert [answer(answer_url, text=str(number)) for number in range(6)] == [200] * 5 + [404]
    assert [message.text for message in ana.ephemerals()] == ["0", "1", "2", "3", "4"]
    assert ws.calls[-1].error == "used_url"


def test_thirty_minutes(ws: Workspace, answer_url: str, clock: SandboxClock) -> None:
    clock.advance(timedelta(minutes=30))
    assert answer(answer_url, text="just in time") == 200
    clock.advance(timedelta(seconds=1))
    assert answer(answer_url, text="too late") == 404
    assert ws.calls[-1].error == "expired_url"


def test_bad_answers(ws: Workspace, answer_url: str) -> None:
    assert answer(answer_url) == 400
    assert answer(answer_url, text="x", blocks=[{"type": "sheet"}]) == 200
    assert ws.calls[-1].error == "invalid_blocks"
    assert answer(answer_url.replace("actions/", "actions/9"), text="x") == 404


def test_in_channel(ws: Workspace, answer_url: str) -> None:
    answer(answer_url, text="for all", response_type="in_channel")
    assert [message.text for message in ws.messages(PARTS)] == ["for all"]


def test_replacing_and_deleting_the_message_acted_on(ws: Workspace, client: WebClient, ana: Person) -> None:
    ts = client.chat_postEphemeral(channel=PARTS, user="U01ANA", text="one")["message_ts"]
    url = ws.response_urls.issue("U01ANA", PARTS, ws.clock.now(), ts)
    answer(url, text="two", replace_original=True)
    assert [message.text for message in ana.ephemerals()] == ["two"]
    answer(url, delete_original=True)
    assert ana.ephemerals() == []


def test_limits_can_be_set_one_by_one() -> None:
    limits = Limits(response_url_uses=1).without_rates()
    assert (limits.response_url_uses, limits.post_interval) == (1, 0.0)
