"""Clicks, modals and commands, over Socket Mode and over signed HTTP alike."""

from typing import Any

import pytest
from slack_sdk import WebClient

from bot.sandbox.person import CannotDo, Person
from bot.sandbox.workspace import Workspace
from tests.sandbox.bolt import PARTS, Bot, count_modal, sheet


def test_a_click_opens_a_modal(ws: Workspace, bot: Bot, ana: Person) -> None:
    ts = sheet(ws, ana)
    assert ana.choose(PARTS, ts, "Damaged", action_id="cause").ok
    assert ana.click(PARTS, ts, text="Enter counts").ok
    body = bot.heard[-1]
    assert body["container"] == {"type": "message", "message_ts": ts, "channel_id": PARTS, "is_ephemeral": False}
    assert (body["actions"][0]["value"], body["actions"][0]["block_id"]) == ("7", "buttons")
    assert body["message"]["ts"] == ts
    assert body["state"]["values"]["buttons"]["cause"]["selected_option"]["value"] == "damaged"
    assert ana.view is not None
    assert ana.view["title"]["text"] == "Count"
    assert [message.text for message in ana.ephemerals()] == ["opened"]


def test_submitting(ws: Workspace, bot: Bot, ana: Person) -> None:
    ana.click(PARTS, sheet(ws, ana), action_id="enter")
    assert ana.submit().errors == {"q": "Please complete this required field."}
    local = ana.submit({"q": "-1"})
    assert (local.refused_locally, local.closed) == (True, False)
    assert "q" in (local.errors or {})
    bot.answer = {"response_action": "errors", "errors": {"q": "Really?"}}
    assert ana.submit({"q": "7"}).errors == {"q": "Really?"}
    bot.answer = {}
    done = ana.submit({("q", "n"): "7.5"})
    assert (done.closed, done.errors, done.view) == (True, None, None)
    assert bot.heard[-1]["view"]["state"]["values"] == {"q": {"n": {"type": "number_input", "value": "7.5"}}}


def test_force_submits_what_the_client_refuses(ws: Workspace, bot: Bot, ana: Person) -> None:
    ana.click(PARTS, sheet(ws, ana), action_id="enter")
    assert ana.submit({"q": "-1"}, force=True).closed


def test_answers_to_a_submission(ws: Workspace, bot: Bot, ana: Person) -> None:
    ana.click(PARTS, sheet(ws, ana), action_id="enter")
    bot.answer = {"response_action": "update", "view": count_modal("Page 2")}
    updated = ana.submit({"q": "1"})
    assert updated.view is not None
    assert (updated.closed, updated.view["title"]["text"]) == (False, "Page 2")
    bot.answer = {"response_action": "push", "view": count_modal("On top")}
    ana.submit({"q": "1"})
    assert [view["title"]["text"] for view in ana.views] == ["Page 2", "On top"]
    ana.submit({"q": "1"})
    too_many = ana.submit({"q": "1"})
    assert (too_many.problem, too_many.details) == (
        "We had some trouble connecting. Try again?",
        ["push_limit_reached"],
    )
    bot.answer = {"response_action": "clear"}
    assert ana.submit({"q": "1"}).closed
    assert ana.views == []


@pytest.mark.parametrize(
    "answer",
    [
        {"response_action": "errors", "errors": {"nowhere": "x"}},
        {"response_action": "errors", "errors": {"q": ""}},
        {"response_action": "errors", "errors": {"more": "not an input"}},
        {"response_action": "update", "view": {"type": "modal", "blocks": []}},
        {"response_action": "dance"},
    ],
)
def test_answers_that_make_no_sense_are_trouble(ws: Workspace, bot: Bot, ana: Person, answer: dict[str, Any]) -> None:
    ana.click(PARTS, sheet(ws, ana), action_id="enter")
    bot.answer = answer
    result = ana.submit({"q": "1"})
    assert (result.closed, result.errors) == (False, None)
    assert result.problem == "We had some trouble connecting. Try again?"
    assert result.details


def test_acting_inside_of_a_modal(ws: Workspace, bot: Bot, ana: Person) -> None:
    ana.click(PARTS, sheet(ws, ana), action_id="enter")
    assert ana.view is not None
    assert ana.click_in_view(ana.view["id"], "push").ok
    assert bot.heard[-1]["container"] == {"type": "view", "view_id": ana.views[0]["id"]}
    assert [view["title"]["text"] for view in ana.views] == ["Count", "More"]
    ana.close_view()
    assert [view["title"]["text"] for view in ana.views] == ["Count"]
    assert (bot.heard[-1]["type"], bot.heard[-1]["is_cleared"]) == ("view_closed", False)


def test_slash_commands(ws: Workspace, bot: Bot, ana: Person) -> None:
    result = ana.slash(PARTS, "/count status <all>")
    assert (result.ok, result.text, result.response_type) == (True, "you said status &lt;all&gt;", "ephemeral")
    assert [message.text for message in ana.ephemerals()] == ["you said status &lt;all&gt;"]
    assert (bot.heard[-1]["channel_id"], bot.heard[-1]["user_id"]) == (PARTS, "U01ANA")
    ana.slash(PARTS, "/count public")
    assert [message.text for message in ws.messages(PARTS)] == ["for all"]
    assert ana.slash("C03SECRET", "/count help").ok


def test_everything_a_person_could_read_is_recorded_in_order(ws: Workspace, bot: Bot, ana: Person) -> None:
    ana.click(PARTS, sheet(ws, ana), action_id="enter")
    bot.answer = {"response_action": "errors", "errors": {"q": "Really?"}}
    ana.submit({"q": "7"})
    ana.slash(PARTS, "/count x")
    sent = [(one.method, one.to) for one in ws.payloads_to_people()]
    assert sent == [
        ("chat.postMessage", PARTS),
        ("views.open", "U01ANA"),
        ("response_url", "U01ANA"),
        ("view_submission", "U01ANA"),
        ("slash_command", "U01ANA"),
    ]


def test_what_people_cannot_do(ws: Workspace, bot: Bot, ana: Person, client: WebClient) -> None:
    ts = sheet(ws, ana)
    seen = ws.message(PARTS, ts)
    with pytest.raises(CannotDo, match="enter"):
        ana.click(PARTS, ts, text="Approve")
    client.chat_update(channel=PARTS, ts=ts, text="closed")
    with pytest.raises(CannotDo):
        ana.click(PARTS, ts, action_id="enter")
    assert ana.click(PARTS, ts, action_id="enter", seen=seen).ok
    with pytest.raises(CannotDo):
        ana.say("C04REVIEW", "let me in")
    with pytest.raises(CannotDo):
        ana.edit(PARTS, ts, "not mine")
    with pytest.raises(CannotDo, match="no field"):
        ana.submit({"nowhere": "1"})


def test_reading_aloud(ws: Workspace, bot: Bot, ana: Person) -> None:
    ts = sheet(ws, ana)
    assert ana.reads(ws.message(PARTS, ts)) == "[ Enter counts ] [ static_select ]"
    ana.click(PARTS, ts, action_id="enter")
    assert ana.view is not None
    assert ana.reads(ana.view) == "Count\nBOLT-10: ____\n[ More ]\n[ Save ]"
