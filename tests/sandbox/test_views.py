"""Modals and Home: what is refused, triggers, the stack, hashes; and what Slack's client refuses to submit."""

from datetime import timedelta
from typing import Any

import pytest
from slack_sdk import WebClient

from bot.sandbox.forms import complaints, initial_state
from bot.sandbox.workspace import SandboxClock, Workspace
from tests.sandbox.refusals import error, refusal

View = dict[str, Any]


def plain(text: str) -> View:
    return {"type": "plain_text", "text": text}


def question(**over: Any) -> View:
    element = {"type": "number_input", "action_id": "n", "is_decimal_allowed": False, "min_value": "0"}
    return {"type": "input", "block_id": "q", "label": plain("How many?"), "element": element, **over}


def modal(**over: Any) -> View:
    return {"type": "modal", "title": plain("Count"), "submit": plain("Save"), "blocks": [question()], **over}


def trigger(ws: Workspace, user: str = "U01ANA", from_view: str | None = None) -> str:
    return ws.views.issue_trigger(user, ws.clock.now(), from_view)


REFUSED: dict[str, tuple[View, str]] = {
    "title of 25": (modal(title=plain("x" * 25)), "must be less than 25 characters [json-pointer:/view/title/text]"),
    "submit of 25": (modal(submit=plain("x" * 25)), "must be less than 25 characters [json-pointer:/view/submit/text]"),
    "close of 25": (modal(close=plain("x" * 25)), "must be less than 25 characters [json-pointer:/view/close/text]"),
    "no title": (
        {"type": "modal", "blocks": [{"type": "divider"}]},
        "missing required field: title [json-pointer:/view]",
    ),
    "inputs without submit": (modal(submit=None), "must define `submit`"),
    "private_metadata of 3001": (modal(private_metadata="x" * 3001), "must be less than 3001 characters"),
    "callback_id of 256": (modal(callback_id="x" * 256), "must be less than 256 characters"),
    "101 blocks": (modal(blocks=[{"type": "divider"}] * 101), "no more than 100 items"),
    "no blocks": (modal(blocks=[]), "no fewer than 1 items"),
    "a table": (modal(blocks=[{"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]]}]), "unsupported type"),
    "the same block_id": (modal(blocks=[question(), question()]), "block_id already exists: q"),
    "unknown key": (modal(colour="red"), "invalid additional property: colour [json-pointer:/view]"),
    "a Home tab": ({"type": "home", "blocks": [{"type": "divider"}]}, "unsupported type: home"),
    "two with focus": (
        modal(
            blocks=[
                question(block_id=str(n), element={"type": "plain_text_input", "action_id": "t", "focus_on_load": True})
                for n in range(2)
            ]
        ),
        "only one element can have focus_on_load",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_slack_refuses_in_a_modal(ws: Workspace, client: WebClient, name: str) -> None:
    view, complaint = REFUSED[name]
    answer = refusal(client.views_open, trigger_id=trigger(ws), view=view)
    assert answer["error"] == "invalid_arguments"
    assert complaint in " ".join(answer["response_metadata"]["messages"])


def test_the_sizes_that_are_still_allowed(ws: Workspace, client: WebClient) -> None:
    wide = plain("x" * 24)
    view = modal(title=wide, submit=wide, close=wide, private_metadata="x" * 3000, callback_id="x" * 255)
    assert client.views_open(trigger_id=trigger(ws), view=view)["view"]["title"] == wide
    many = [question(block_id=f"q{number}") for number in range(100)]
    assert client.views_open(trigger_id=trigger(ws), view=modal(blocks=many))["ok"]


def test_a_view_over_250_kb(ws: Workspace, client: WebClient) -> None:
    heavy = [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 2600}} for _ in range(100)]
    assert error(client.views_open, trigger_id=trigger(ws), view=modal(blocks=heavy)) == "view_too_large"


def test_a_trigger_works_once_for_three_seconds(ws: Workspace, client: WebClient, clock: SandboxClock) -> None:
    used, old = trigger(ws), trigger(ws)
    client.views_open(trigger_id=used, view=modal())
    assert error(client.views_open, trigger_id=used, view=modal()) == "exchanged_trigger_id"
    clock.advance(timedelta(seconds=3.01))
    assert error(client.views_open, trigger_id=old, view=modal()) == "expired_trigger_id"
    assert error(client.views_open, trigger_id="made.up", view=modal()) == "invalid_trigger_id"


def test_the_stack_ends_at_three(ws: Workspace, client: WebClient) -> None:
    client.views_open(trigger_id=trigger(ws), view=modal())
    for _ in range(2):
        client.views_push(trigger_id=trigger(ws), view=modal())
    assert error(client.views_push, trigger_id=trigger(ws), view=modal()) == "push_limit_reached"
    views = ws.person("U01ANA").views
    assert [view["previous_view_id"] for view in views] == [None, views[0]["id"], views[1]["id"]]
    assert {view["root_view_id"] for view in views} == {views[0]["id"]}


def test_pushing_needs_an_open_modal(ws: Workspace, client: WebClient) -> None:
    assert error(client.views_push, trigger_id=trigger(ws), view=modal()) == "not_found"


def test_updating_by_id_hash_and_own_name(ws: Workspace, client: WebClient) -> None:
    opened = client.views_open(trigger_id=trigger(ws), view=modal(external_id="mine"))["view"]
    newer = client.views_update(view_id=opened["id"], hash=opened["hash"], view=modal(title=plain("Two")))["view"]
    assert newer["hash"] != opened["hash"]
    assert error(client.views_update, view_id=opened["id"], hash=opened["hash"], view=modal()) == "hash_conflict"
    assert error(client.views_update, view_id="V99", view=modal()) == "not_found"
    assert error(client.api_call, "views.update", json={"view": modal()}) == "invalid_arguments"
    client.views_update(view_id=opened["id"], view=modal(external_id="mine"))
    assert client.views_update(external_id="mine", view=modal(title=plain("Three")))["view"]["id"] == opened["id"]
    ws.person("U01ANA").close_view()
    assert error(client.views_update, view_id=opened["id"], view=modal()) == "not_found"


def test_two_views_cannot_have_the_same_own_name(ws: Workspace, client: WebClient) -> None:
    client.views_open(trigger_id=trigger(ws), view=modal(external_id="mine"))
    same = modal(external_id="mine")
    assert error(client.views_open, trigger_id=trigger(ws, "U03BEN"), view=same) == "duplicate_external_id"


def test_what_was_entered_stays_through_an_update_where_ids_stay(ws: Workspace, client: WebClient) -> None:
    opened = client.views_open(trigger_id=trigger(ws), view=modal())["view"]
    view = ws.views.find(opened["id"])
    view.state["q"]["n"]["value"] = "7"
    client.views_update(view_id=opened["id"], view=modal(blocks=[question(), question(block_id="new")]))
    assert view.state["q"]["n"]["value"] == "7"
    assert view.state["new"]["n"]["value"] is None


def test_home(ws: Workspace, client: WebClient) -> None:
    home = {"type": "home", "blocks": [{"type": "divider", "block_id": "d"}]}
    first = client.views_publish(user_id="U01ANA", view=home)["view"]
    second = client.views_publish(user_id="U01ANA", view=home, hash=first["hash"])["view"]
    assert first["id"] == second["id"]
    assert error(client.views_publish, user_id="U01ANA", view=home, hash=first["hash"]) == "hash_conflict"
    assert error(client.views_publish, user_id="U99", view=home) == "user_not_found"
    assert error(client.views_publish, user_id="U01ANA", view=modal()) == "invalid_arguments"
    shown = ws.home("U01ANA")
    assert shown is not None
    assert shown["blocks"] == home["blocks"]


NUMBER = {"type": "number_input", "action_id": "a", "is_decimal_allowed": False, "min_value": "0", "max_value": "100"}
DECIMAL = {**NUMBER, "is_decimal_allowed": True}
TEXT = {"type": "plain_text_input", "action_id": "a", "min_length": 2, "max_length": 4}
MAIL = {"type": "email_text_input", "action_id": "a"}


@pytest.mark.parametrize(
    ("element", "value", "complaint"),
    [
        (NUMBER, None, "required"),
        (NUMBER, "", "required"),
        (NUMBER, "0", None),
        (NUMBER, "100", None),
        (NUMBER, "-1", "at least 0"),
        (NUMBER, "101", "at most 100"),
        (NUMBER, "1.5", "whole number"),
        (NUMBER, "12 pcs", "a number"),
        (NUMBER, "1,5", "a number"),
        (NUMBER, "NaN", "a number"),
        (DECIMAL, "1.5", None),
        (TEXT, "x", "at least 2"),
        (TEXT, "xxxxx", "at most 4"),
        (TEXT, "xxx", None),
        (MAIL, "ana", "valid email"),
        (MAIL, "ana@example.com", None),
    ],
)
def test_what_the_client_says_under_a_field(element: View, value: str | None, complaint: str | None) -> None:
    blocks = [question(element=element)]
    state = initial_state(blocks)
    state["q"]["a"]["value"] = value
    found = complaints(blocks, state)
    assert (found.get("q") is None) if complaint is None else (complaint in found["q"])


def test_an_optional_field_may_be_empty_but_not_wrong() -> None:
    blocks = [question(element=NUMBER, optional=True)]
    state = initial_state(blocks)
    assert complaints(blocks, state) == {}
    state["q"]["a"]["value"] = "x"
    assert complaints(blocks, state)


def test_a_modal_opened_from_a_message_takes_the_place_of_others(ws: Workspace, client: WebClient) -> None:
    first = client.views_open(trigger_id=trigger(ws), view=modal())["view"]["id"]
    on_top = client.views_open(trigger_id=trigger(ws, from_view=first), view=modal())["view"]["id"]
    assert [view["id"] for view in ws.person("U01ANA").views] == [first, on_top]
    alone = client.views_open(trigger_id=trigger(ws), view=modal())["view"]["id"]
    assert [view["id"] for view in ws.person("U01ANA").views] == [alone]
