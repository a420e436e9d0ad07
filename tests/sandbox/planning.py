"""A bot with a planning modal whose preview follows what is entered: every element such a modal may need."""

import logging
import re
import threading
from typing import Any

from slack_sdk import WebClient

from bot.sandbox.server import SandboxServer
from bot.sandbox.workspace import Workspace
from tests.sandbox.bolt import bolt_app, plain

Block = dict[str, Any]


def option(text: str, description: str = "") -> Block:
    more = {"description": plain(description)} if description else {}
    return {"text": plain(text), "value": text.lower(), **more}


def field(block_id: str, label: str, element: Block, *, live: bool = True, **over: Any) -> Block:
    told = {"dispatch_action": True} if live else {}
    return {"type": "input", "block_id": block_id, "label": plain(label), "element": element, **told, **over}


CHARACTERS = {"trigger_actions_on": ["on_character_entered"]}
ONCE, REPEATING = option("Once"), option("Repeating")
DAILY, WEEKLY = option("Daily"), option("Weekly", "on Mondays")
OFTEN = {"label": plain("Often"), "options": [DAILY, WEEKLY]}
SELDOM = {"label": plain("Seldom"), "options": [option("Monthly"), option("Quarterly")]}
BOLTS, OIL, FUSES = option("Bolts"), option("Oil"), option("Fuses")
DUE, RANDOM = option("Due", "what its class promises"), option("Random", "a fresh sample every time")

NAME = {"type": "plain_text_input", "action_id": "name", "placeholder": plain("Daily parts"), "max_length": 40}
KIND = {"type": "radio_buttons", "action_id": "kind", "options": [ONCE, REPEATING], "initial_option": REPEATING}
PERIOD = {"type": "static_select", "action_id": "period", "option_groups": [OFTEN, SELDOM], "initial_option": DAILY}
CATEGORIES = {
    "type": "multi_static_select",
    "action_id": "categories",
    "options": [BOLTS, OIL, FUSES],
    "initial_options": [OIL],
    "max_selected_items": 2,
}
POLICIES = {"type": "checkboxes", "action_id": "policies", "options": [DUE, RANDOM], "initial_options": [DUE]}
LINES = {
    "type": "number_input",
    "action_id": "lines",
    "is_decimal_allowed": False,
    "min_value": "1",
    "initial_value": "10",
    "dispatch_action_config": CHARACTERS,
}
BINS = {"type": "plain_text_input", "action_id": "bins"}
NOTE = {"type": "plain_text_input", "action_id": "note", "multiline": True, "initial_value": "Mind\nthe gap"}
BLIND = {"type": "radio_buttons", "action_id": "blind", "options": [option("Yes"), option("No")]}


def plan_modal(values: Block | None = None) -> Block:
    """The modal, with a preview of `values`, a view's state."""
    said = {block_id: next(iter(entries.values())) for block_id, entries in (values or {}).items()}
    lines = said.get("lines", {}).get("value", "10")
    period = (said.get("period", {}).get("selected_option") or DAILY)["text"]["text"]
    bins = said.get("bins", {}).get("value") or "all bins"
    fields = [
        field("name", "Name", {**NAME, "dispatch_action_config": CHARACTERS, "focus_on_load": True}),
        field("kind", "How often", KIND),
        field("lines", "Lines a run", LINES, hint=plain(f"Now {lines}; a count takes about 2 minutes.")),
        field("period", "Period", PERIOD, optional=True),
        field("start", "First run", {"type": "datepicker", "action_id": "start", "initial_date": "2026-12-01"}),
        field("at", "At", {"type": "timepicker", "action_id": "at", "initial_time": "07:00"}),
        field("categories", "Categories", CATEGORIES, optional=True),
        field("policies", "Choose by", POLICIES),
        field("bins", "Bins", BINS, optional=True, hint=plain("Prefixes, with commas: A-01, B")),
        field("note", "Note", NOTE, live=False, optional=True),
        field("blind", "Blind", {**BLIND, "initial_option": option("Yes")}, live=False),
    ]
    example = {"type": "overflow", "action_id": "example", "options": [option("Another sample"), option("Explain")]}
    preview = f"*{period}: {lines} lines, {bins}*\nA 6 · B 3 · C 1\nA-01-01, A-01-03, A-02-02, B-01-01, B-02-04 …"
    blocks = [
        *fields,
        {"type": "divider", "block_id": "line"},
        {
            "type": "section",
            "block_id": "preview",
            "text": {"type": "mrkdwn", "text": preview},
            "accessory": example,
        },
        {
            "type": "context",
            "block_id": "warning",
            "elements": [plain("4 A items cannot be counted 12 times a year with 10 lines a day.")],
        },
    ]
    named = {"callback_id": "plan", "title": plain("New cycle count"), "submit": plain("Start")}
    return {"type": "modal", **named, "notify_on_close": True, "blocks": blocks}


def plan_home(state: str = "running") -> Block:
    """A Home tab with one plan."""
    menu = {"type": "overflow", "action_id": "plan", "options": [option("Pause"), option("Run now"), option("End")]}
    new = {"type": "button", "action_id": "new", "text": plain("New cycle count"), "style": "primary"}
    sort = {"type": "static_select", "action_id": "sort", "placeholder": plain("Show"), "options": [DAILY, WEEKLY]}
    search = {"type": "plain_text_input", "action_id": "search"}
    return {
        "type": "home",
        "blocks": [
            {"type": "header", "block_id": "h", "text": plain("Cycle counts")},
            {
                "type": "section",
                "block_id": "plan-7",
                "text": {
                    "type": "mrkdwn",
                    "text": f"*Daily parts* · {state}\n10 lines, daily at 07:00, due 70 %, random 30 %",
                },
                "accessory": menu,
            },
            {"type": "context", "block_id": "c", "elements": [plain("Next run tomorrow, 07:00")]},
            {"type": "actions", "block_id": "a", "elements": [new, sort]},
            field("search", "Find a plan", search, optional=True),
        ],
    }


class PlanBot:
    """Opens the planning modal from shortcuts and from Home, keeps its preview up to date, and remembers."""

    def __init__(self, ws: Workspace, server: SandboxServer) -> None:
        self.told: list[Any] = []
        self.gate = threading.Event()
        self.gate.set()
        """Closed, it keeps the preview waiting."""
        logger = logging.getLogger("quiet bolt")
        logger.setLevel(logging.CRITICAL)
        self.app = bolt_app(ws, server, logger)
        self.app.shortcut("new_count")(self.open)
        self.app.shortcut("count_this")(self.answer)
        self.app.action("new")(self.open)
        self.app.action("plan")(self.change)
        self.app.action(re.compile(".*"))(self.preview)
        self.app.view("plan")(self.remember)
        self.app.view_closed("plan")(self.remember)
        self.app.event("app_home_opened")(self.home)
        self.app.event("message")(lambda: None)

    def open(self, ack: Any, body: Any, client: WebClient) -> None:
        self.told.append(body)
        client.views_open(trigger_id=body["trigger_id"], view=plan_modal())
        ack()

    def answer(self, ack: Any, body: Any, respond: Any) -> None:
        self.told.append(body)
        respond(text=f"Counting {body['message']['text']}", response_type="ephemeral")
        ack()

    def preview(self, ack: Any, body: Any, client: WebClient) -> None:
        self.told.append(body)
        self.gate.wait(2)
        view = body.get("view", {})
        if view.get("type") == "modal":
            client.views_update(view_id=view["id"], hash=view["hash"], view=plan_modal(view["state"]["values"]))
        ack()

    def remember(self, ack: Any, body: Any) -> None:
        self.told.append(body)
        ack()

    def change(self, ack: Any, body: Any, client: WebClient) -> None:
        self.told.append(body)
        client.views_publish(user_id=body["user"]["id"], view=plan_home("paused"))
        ack()

    def home(self, event: Any, client: WebClient) -> None:
        self.told.append(event)
        if event["tab"] == "home":
            client.views_publish(user_id=event["user"], view=plan_home())
