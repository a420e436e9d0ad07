"""The bot behind the page's tests: it opens a modal, refuses 13, and remembers."""

from typing import Any

from slack_sdk import WebClient

from bot.sandbox.server import SandboxServer
from bot.sandbox.workspace import Workspace
from tests.sandbox.bolt import PARTS, bolt_app, plain

NASTY = "<img src=x onerror=alert(1)> <script>alert(2)</script> & \"quotes\" 'n' <!channel>"
WIRE = NASTY.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def count_modal() -> dict[str, Any]:
    number = {"type": "number_input", "action_id": "n", "is_decimal_allowed": False, "min_value": "0"}
    reasons = [{"text": plain("Blocked by a pallet"), "value": "blocked"}, {"text": plain(NASTY[:75]), "value": "b"}]
    return {
        "type": "modal",
        "callback_id": "count",
        "title": plain("Daily parts 1/2"),
        "submit": plain("Save, next page"),
        "notify_on_close": True,
        "blocks": [
            {
                "type": "input",
                "block_id": "q",
                "label": plain("A-01-03 · " + NASTY),
                "hint": plain("pcs"),
                "element": number,
            },
            {
                "type": "input",
                "block_id": "r",
                "optional": True,
                "label": plain("Reason"),
                "element": {"type": "radio_buttons", "action_id": "r", "options": reasons},
            },
            {
                "type": "input",
                "block_id": "f",
                "optional": True,
                "label": plain("Photo"),
                "element": {"type": "file_input", "action_id": "f", "filetypes": ["png"], "max_files": 1},
            },
        ],
    }


SHEET: list[dict[str, Any]] = [
    {"type": "section", "block_id": "s", "text": {"type": "mrkdwn", "text": f"*Daily parts* {WIRE}"}},
    {
        "type": "actions",
        "block_id": "b",
        "elements": [
            {"type": "button", "action_id": "enter", "text": plain("Enter counts"), "value": "7"},
            {
                "type": "static_select",
                "action_id": "cause",
                "placeholder": plain("Reason"),
                "options": [{"text": plain("Damaged"), "value": "damaged"}],
            },
        ],
    },
]


class PageBot:
    """Opens a modal, refuses 13, and remembers."""

    def __init__(self, ws: Workspace, server: SandboxServer) -> None:
        self.told: list[Any] = []
        self.app = bolt_app(ws, server)
        self.app.action("enter")(self.enter)
        self.app.action("cause")(self.remember)
        self.app.action("more")(self.remember)
        self.app.view("count")(self.submit)
        self.app.view_closed("count")(self.remember)
        self.app.command("/count")(self.command)
        self.app.event("message")(self.message)
        self.app.event("app_home_opened")(self.home)

    def enter(self, ack: Any, body: Any, client: WebClient) -> None:
        client.views_open(trigger_id=body["trigger_id"], view=count_modal())
        ack()

    def remember(self, ack: Any, body: Any) -> None:
        self.told.append(body)
        ack()

    def submit(self, ack: Any, body: Any, view: Any) -> None:
        self.told.append(body)
        if view["state"]["values"]["q"]["n"]["value"] == "13":
            ack(response_action="errors", errors={"q": "13 pcs? Nobody has 13."})
        else:
            ack()

    def command(self, ack: Any, command: Any) -> None:
        ack(text=f"*You said* {command['text']}")

    def message(self, event: Any) -> None:
        self.told.append(event)

    def home(self, event: Any, client: WebClient) -> None:
        more = {"type": "button", "action_id": "more", "text": plain("Review")}
        section = {"type": "section", "text": {"type": "mrkdwn", "text": "2 wait for you"}, "accessory": more}
        client.views_publish(user_id=event["user"], view={"type": "home", "blocks": [section]})


def post_sheet(bot: PageBot) -> str:
    return str(bot.app.client.chat_postMessage(channel=PARTS, text="sheet", blocks=SHEET)["ts"])
