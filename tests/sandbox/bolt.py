"""A small Bolt app, unmodified, and the two ways it can be connected."""

import logging
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_bolt.adapter.wsgi import SlackRequestHandler
from slack_sdk import WebClient
from werkzeug.serving import WSGIRequestHandler, make_server

from bot.gateway import tls
from bot.sandbox.person import Person
from bot.sandbox.server import SandboxServer
from bot.sandbox.workspace import Workspace

PARTS = "C01PARTS"
BUTTONS = [
    {
        "type": "actions",
        "block_id": "buttons",
        "elements": [
            {
                "type": "button",
                "action_id": "enter",
                "text": {"type": "plain_text", "text": "Enter counts"},
                "value": "7",
            },
            {
                "type": "static_select",
                "action_id": "cause",
                "options": [{"text": {"type": "plain_text", "text": "Damaged"}, "value": "damaged"}],
            },
        ],
    }
]


def plain(text: str) -> dict[str, str]:
    return {"type": "plain_text", "text": text}


def count_modal(title: str = "Count", **over: Any) -> dict[str, Any]:
    number = {"type": "number_input", "action_id": "n", "is_decimal_allowed": True, "min_value": "0"}
    question = {"type": "input", "block_id": "q", "label": plain("BOLT-10"), "element": number}
    again = {
        "type": "actions",
        "block_id": "more",
        "elements": [{"type": "button", "action_id": "push", "text": plain("More")}],
    }
    modal = {"type": "modal", "callback_id": "count", "title": plain(title), "submit": plain("Save")}
    return {**modal, "blocks": [question, again], "notify_on_close": True, **over}


def bolt_app(ws: Workspace, server: SandboxServer, logger: logging.Logger | None = None) -> App:
    """An app of that workspace without listeners. Its name and certificates are given: Bolt finds them in 60 ms."""
    client = WebClient(ws.bot_token, base_url=server.api_url, ssl=tls(), retry_handlers=[])
    return App(
        name="test", client=client, signing_secret=ws.signing_secret, process_before_response=True, logger=logger
    )


class Bot:
    """A small bot that remembers what it was told."""

    def __init__(self, ws: Workspace, server: SandboxServer) -> None:
        self.heard: list[dict[str, Any]] = []
        self.gate = threading.Event()
        self.gate.set()
        self.answer: dict[str, Any] = {}
        self.reaction: Callable[[dict[str, Any], WebClient], object] = lambda *_: None
        """What it does, before it acknowledges, when a shortcut or a `live_` element is used."""
        logger = logging.getLogger("quiet bolt")
        logger.setLevel(logging.CRITICAL)
        self.app = bolt_app(ws, server, logger)
        self.app.event("message")(self.on_message)
        self.app.event("app_home_opened")(self.on_home)
        self.app.action("enter")(self.on_enter)
        self.app.action("cause")(self.on_cause)
        self.app.action("push")(self.on_push)
        self.app.view("count")(self.on_submit)
        self.app.view_closed("count")(self.on_cause)
        self.app.command("/count")(self.on_command)
        self.app.shortcut("new_count")(self.on_live)
        self.app.shortcut("count_this")(self.on_live)
        self.app.action(re.compile("live_.*"))(self.on_live)

    def events(self) -> list[dict[str, Any]]:
        """What was told, in Slack's order: a bot works on several at once."""
        return sorted((one["event"] for one in self.heard), key=lambda event: str(event["event_ts"]))

    def on_message(self, body: dict[str, Any], request: Any, client: WebClient) -> None:
        self.gate.wait(20)
        retry = request.headers.get("x-slack-retry-num", [None])[0]
        self.heard.append({**body, "retry": retry, "reason": request.headers.get("x-slack-retry-reason", [None])[0]})
        event = body["event"]
        if event.get("text") == "sheet":
            client.chat_postMessage(channel=event["channel"], text="sheet", blocks=BUTTONS)

    def on_home(self, body: dict[str, Any], client: WebClient) -> None:
        self.heard.append(body)
        client.views_publish(user_id=body["event"]["user"], view={"type": "home", "blocks": [{"type": "divider"}]})

    def on_enter(self, ack: Any, body: dict[str, Any], client: WebClient, respond: Any) -> None:
        self.gate.wait(20)
        self.heard.append(body)
        client.views_open(trigger_id=body["trigger_id"], view=count_modal())
        respond(text="opened", response_type="ephemeral")
        ack()

    def on_cause(self, ack: Any, body: dict[str, Any]) -> None:
        self.heard.append(body)
        ack()

    def on_push(self, ack: Any, body: dict[str, Any], client: WebClient) -> None:
        self.heard.append(body)
        client.views_push(trigger_id=body["trigger_id"], view=count_modal("More"))
        ack()

    def on_live(self, ack: Any, body: dict[str, Any], client: WebClient) -> None:
        self.gate.wait(20)
        self.heard.append(body)
        self.reaction(body, client)
        ack()

    def on_submit(self, ack: Any, body: dict[str, Any]) -> None:
        self.heard.append(body)
        ack(**self.answer)

    def on_command(self, ack: Any, body: dict[str, Any], respond: Any) -> None:
        self.heard.append(body)
        if body.get("text") == "broken":
            raise RuntimeError("on purpose")
        if body.get("text") == "public":
            respond(text="for all", response_type="in_channel")
        ack(text=f"you said {body.get('text', '')}")


@contextmanager
def connected(app: App, ws: Workspace, ping_interval: float = 10) -> Iterator[SocketModeHandler]:
    """Over Socket Mode."""
    handler = SocketModeHandler(app, ws.app_token, ping_interval=ping_interval)
    handler.connect()  # type: ignore[no-untyped-call]  # the SDK's
    yield handler
    hang_up(handler, ws)


def hang_up(handler: SocketModeHandler, ws: Workspace) -> None:
    """Close the SDK's client at once, and surely.

    Its own close() waits three seconds in the last read and one for the last message; and now and then for ever: its
    reading thread, when it begins at that moment, resets the flag that should end it.
    """
    client = handler.client
    client.auto_reconnect_enabled = False
    client.closed = True
    client.message_queue.put(None)
    runner = client.current_session_runner
    runner.event.set()
    ws.disconnect_sockets()
    while runner.is_alive():
        client.current_session_state.terminated = True
        runner.thread.join(0.01)
    handler.close()  # type: ignore[no-untyped-call]  # the SDK's


class Quiet(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


@contextmanager
def served(bot: Bot, ws: Workspace) -> Iterator[None]:
    """Over signed HTTP."""
    http = make_server("127.0.0.1", 0, SlackRequestHandler(bot.app), threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=http.serve_forever, args=(0.01,))
    thread.start()
    ws.use_http(f"http://127.0.0.1:{http.server_port}/slack/events")
    yield
    bot.gate.set()
    ws.wait_until_quiet()
    http.shutdown()
    thread.join()
    http.server_close()


def sheet(ws: Workspace, ana: Person) -> str:
    ana.say(PARTS, "sheet")
    return str(ws.wait_for(lambda: [one for one in ws.messages(PARTS) if one.blocks and one.bot_id])[0].ts)
