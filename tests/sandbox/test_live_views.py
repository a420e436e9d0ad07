"""Modals and Home tabs that answer while somebody fills them in, over Socket Mode and over signed HTTP alike."""

from typing import Any

import pytest
from slack_sdk import WebClient

from bot.sandbox.person import CannotDo, Person
from bot.sandbox.workspace import Workspace
from tests.sandbox.bolt import Bot, plain
from tests.sandbox.refusals import error

Block = dict[str, Any]


def option(value: str) -> Block:
    return {"text": plain(value.capitalize()), "value": value}


def options(*values: str) -> Block:
    return {"options": [option(value) for value in values]}


def field(block_id: str, element: Block, *, live: bool = True, **over: Any) -> Block:
    element = {"action_id": f"live_{block_id}", **element}
    dispatching = {"dispatch_action": True} if live else {}
    return {"type": "input", "block_id": block_id, "label": plain(block_id), "element": element, **dispatching, **over}


def typed(*triggers: str, kind: str = "plain_text_input", **over: Any) -> Block:
    config = {"dispatch_action_config": {"trigger_actions_on": list(triggers)}} if triggers else {}
    return {"type": kind, **config, **over}


TEXT, NUMBER = "plain_text_input", "number_input"
CHARACTER, ENTER = "on_character_entered", "on_enter_pressed"
PERIOD = {"type": "static_select", **options("daily", "weekly"), "initial_option": option("daily")}


def modal(*blocks: Block) -> Block:
    named = {"title": plain("New cycle count"), "submit": plain("Save"), "callback_id": "count"}
    return {"type": "modal", **named, "blocks": list(blocks)}


def open_modal(ws: Workspace, bot: Bot, *blocks: Block) -> Block:
    trigger = ws.views.issue_trigger("U01ANA", ws.clock.now())
    view: Block = bot.app.client.views_open(trigger_id=trigger, view=modal(*blocks))["view"]
    return view


def values(person: Person) -> Block:
    assert person.view is not None
    state: Block = person.view["state"]["values"]
    return state


# --- when the bot is told


@pytest.mark.parametrize(
    ("element", "value", "key", "told"),
    [
        ({"type": "radio_buttons", **options("once", "repeating")}, "once", "selected_option", option("once")),
        (PERIOD, "Weekly", "selected_option", option("weekly")),
        (
            {"type": "static_select", "option_groups": [{"label": plain("Often"), **options("daily")}]},
            "daily",
            "selected_option",
            option("daily"),
        ),
        ({"type": "multi_static_select", **options("bolts", "oil")}, ["oil"], "selected_options", [option("oil")]),
        ({"type": "checkboxes", **options("due", "random")}, ["due"], "selected_options", [option("due")]),
        ({"type": "datepicker"}, "2026-12-01", "selected_date", "2026-12-01"),
        ({"type": "timepicker", "initial_time": "07:00"}, "11:30", "selected_time", "11:30"),
        ({"type": "users_select"}, "U03BEN", "selected_user", "U03BEN"),
        (typed(), "Daily parts", "value", "Daily parts"),
        (typed(CHARACTER, kind=NUMBER, is_decimal_allowed=False), "12", "value", "12"),
    ],
    ids=lambda one: one["type"] if isinstance(one, dict) and "type" in one else "",
)
def test_what_the_bot_is_told(
    ws: Workspace, bot: Bot, ana: Person, element: Block, value: Any, key: str, told: Any
) -> None:
    opened = open_modal(ws, bot, field("first", element), field("note", typed(), live=False))
    assert ana.enter("note", "said before") is None
    result = ana.enter("first", value)
    assert result is not None
    assert result.ok
    body = bot.heard[-1]
    assert (body["type"], len(bot.heard)) == ("block_actions", 1)
    assert body["container"] == {"type": "view", "view_id": opened["id"]}
    assert {"id": opened["id"], "hash": opened["hash"], "type": "modal"}.items() <= body["view"].items()
    assert body["view"]["state"]["values"] == {
        "first": {"live_first": {"type": element["type"], key: told}},
        "note": {"live_note": {"type": TEXT, "value": "said before"}},
    }
    (action,) = body["actions"]
    assert {
        "type": element["type"],
        "block_id": "first",
        "action_id": "live_first",
        key: told,
    }.items() <= action.items()
    assert not {"channel", "message", "response_url"} & body.keys()


@pytest.mark.parametrize(
    ("triggers", "left_alone", "with_enter"),
    [((), 0, 1), ((ENTER,), 0, 1), ((CHARACTER,), 1, 1), ((CHARACTER, ENTER), 1, 2)],
)
def test_when_a_text_is_told(
    ws: Workspace, bot: Bot, ana: Person, triggers: tuple[str, ...], left_alone: int, with_enter: int
) -> None:
    for press_enter, times in ((False, left_alone), (True, with_enter)):
        bot.heard.clear()
        open_modal(ws, bot, field("name", typed(*triggers)))
        result = ana.enter("name", "Daily parts", press_enter=press_enter)
        assert [body["actions"][0]["value"] for body in bot.heard] == ["Daily parts"] * times
        assert (result is not None) == (times > 0)
        assert values(ana)["name"]["live_name"]["value"] == "Daily parts"


def test_an_emptied_text_is_told_as_nothing(ws: Workspace, bot: Bot, ana: Person) -> None:
    open_modal(ws, bot, field("name", typed(CHARACTER, initial_value="Daily parts")))
    ana.enter("name", "")
    assert bot.heard[-1]["actions"][0]["value"] is None


def test_what_does_not_change_is_not_told(ws: Workspace, bot: Bot, ana: Person) -> None:
    open_modal(ws, bot, field("period", PERIOD), field("name", typed(CHARACTER, initial_value="x")))
    assert ana.enter("period", "daily") is None
    assert ana.enter("name", "x") is None
    assert bot.heard == []


@pytest.mark.parametrize(
    ("element", "value"), [(PERIOD, "weekly"), (typed(CHARACTER), "x"), ({"type": "datepicker"}, "2026-12-01")]
)
def test_an_input_that_does_not_dispatch_is_only_filled_in(
    ws: Workspace, bot: Bot, ana: Person, element: Block, value: str
) -> None:
    opened = open_modal(ws, bot, field("q", element, live=False))
    assert ana.enter("q", value) is None
    with pytest.raises(CannotDo, match="without dispatch_action"):
        ana.choose_in_view(opened["id"], value, block_id="q")
    assert bot.heard == []
    assert ana.submit().closed
    assert bot.heard[-1]["type"] == "view_submission"


def test_what_stands_in_no_input_block_is_told_at_once(ws: Workspace, bot: Bot, ana: Person) -> None:
    picker = {"type": "timepicker", "action_id": "live_at", "initial_time": "07:00"}
    section = {"type": "section", "block_id": "s", "text": plain("When?"), "accessory": picker}
    open_modal(ws, bot, section)
    assert values(ana) == {"s": {"live_at": {"type": "timepicker", "selected_time": "07:00"}}}
    assert ana.enter("s", "11:30") is not None
    assert bot.heard[-1]["actions"][0]["selected_time"] == "11:30"


def test_submitting_tells_first_what_changed(ws: Workspace, bot: Bot, ana: Person) -> None:
    typing, waiting = field("name", typed(CHARACTER)), field("bins", typed(ENTER))
    open_modal(ws, bot, field("period", PERIOD), typing, waiting, field("note", typed(), live=False))
    ana.enter("period", "weekly")
    ana.submit({"period": "weekly", "name": "Parts", "bins": "A-01", "note": "x"})
    told = [(body["type"], [action["block_id"] for action in body.get("actions", [])]) for body in bot.heard]
    assert told == [("block_actions", ["period"]), ("block_actions", ["name"]), ("view_submission", [])]


def test_nobody_to_enter_it(ws: Workspace, bot: Bot, ana: Person) -> None:
    with pytest.raises(CannotDo, match="no modal open"):
        ana.enter("name", "x")
    more = {"type": "button", "action_id": "live_more", "text": plain("More")}
    open_modal(ws, bot, field("name", typed()), {"type": "actions", "block_id": "a", "elements": [more]})
    with pytest.raises(CannotDo, match="no field 'a', but"):
        ana.enter("a", "x")
    open_modal(ws, bot, field("period", PERIOD))
    with pytest.raises(LookupError, match="does not offer 'hourly'"):
        ana.enter("period", "hourly")
    open_modal(ws, bot, field("start", {"type": "datepicker"}), field("at", {"type": "timepicker"}))
    for block_id, value in (("start", "tomorrow"), ("start", "2026-13-01"), ("at", "7:00")):
        with pytest.raises(LookupError, match="nobody can pick"):
            ana.enter(block_id, value)


# --- what an update does to what was entered


def test_a_live_preview(ws: Workspace, bot: Bot, ana: Person) -> None:
    def preview(body: Block, client: WebClient) -> None:
        view = body["view"]
        lines = view["state"]["values"]["lines"]["live_lines"]["value"]
        said = {"type": "section", "block_id": "preview", "text": plain(f"{lines} lines a day")}
        client.views_update(view_id=view["id"], hash=view["hash"], view=modal(*blocks, said))

    blocks = [
        field("name", typed(), live=False),
        field("lines", typed(CHARACTER, kind=NUMBER, is_decimal_allowed=False)),
    ]
    bot.reaction = preview
    open_modal(ws, bot, *blocks)
    ana.enter("name", "Daily parts")
    for lines in ("1", "12"):
        ana.enter("lines", lines)
        assert ana.view is not None
        assert ana.view["blocks"][-1]["text"]["text"] == f"{lines} lines a day"
        assert values(ana)["name"]["live_name"]["value"] == "Daily parts"
    assert [body["view"]["hash"] for body in bot.heard] == sorted({body["view"]["hash"] for body in bot.heard})


def test_what_was_typed_goes_before_a_new_initial_value(ws: Workspace, bot: Bot, ana: Person) -> None:
    named = field("name", typed(initial_value="Cycle count"), live=False)
    opened = open_modal(ws, bot, named, field("period", PERIOD))
    ana.enter("name", "Daily parts")
    proposed = field("name", typed(initial_value="Weekly count"), live=False)
    weekly = field("period", {**PERIOD, "initial_option": option("weekly")})
    bot.app.client.views_update(view_id=opened["id"], view=modal(proposed, weekly))
    assert values(ana)["name"]["live_name"]["value"] == "Daily parts"
    # Not even where nobody has touched the field: its ids are what counts.
    assert values(ana)["period"]["live_period"]["selected_option"] == option("daily")


@pytest.mark.parametrize(
    ("over", "expected"),
    [
        ({"block_id": "name_2"}, {"name_2": {"live_name": {"type": TEXT, "value": "new"}}}),
        ({"action_id": "live_name_2"}, {"name": {"live_name_2": {"type": TEXT, "value": "new"}}}),
        ({"type": "url_text_input"}, {"name": {"live_name": {"type": "url_text_input", "value": "new"}}}),
    ],
)
def test_what_was_typed_goes_with_its_ids(ws: Workspace, bot: Bot, ana: Person, over: Block, expected: Block) -> None:
    opened = open_modal(ws, bot, field("name", typed(initial_value="old")))
    ana.enter("name", "typed", press_enter=False)
    element = {"action_id": "live_name", **typed(initial_value="new"), **over}
    block_id = element.pop("block_id", "name")
    bot.app.client.views_update(view_id=opened["id"], view=modal(field(block_id, element)))
    assert values(ana) == expected


def test_an_update_of_something_older_is_refused(ws: Workspace, bot: Bot, ana: Person) -> None:
    open_modal(ws, bot, field("period", PERIOD))
    ana.enter("period", "weekly")
    seen = bot.heard[-1]["view"]
    update = bot.app.client.views_update
    update(view_id=seen["id"], hash=seen["hash"], view=modal(field("period", PERIOD)))
    assert error(update, view_id=seen["id"], hash=seen["hash"], view=modal(field("period", PERIOD))) == "hash_conflict"


INITIALS: list[Block] = [
    typed(initial_value="Daily parts", multiline=True),
    typed(kind=NUMBER, is_decimal_allowed=False, initial_value="12"),
    PERIOD,
    {"type": "multi_static_select", **options("bolts", "oil"), "initial_options": [option("oil")]},
    {"type": "checkboxes", **options("due", "random"), "initial_options": [option("due")]},
    {"type": "radio_buttons", **options("once", "repeating"), "initial_option": option("once")},
    {"type": "datepicker", "initial_date": "2026-12-01"},
    {"type": "timepicker", "initial_time": "07:00"},
    {"type": "users_select", "initial_user": "U03BEN"},
    {"type": "multi_users_select", "initial_users": ["U03BEN"]},
]


@pytest.mark.parametrize("element", INITIALS, ids=lambda element: element["type"])
def test_initial_values_are_submitted_untouched(ws: Workspace, bot: Bot, ana: Person, element: Block) -> None:
    open_modal(ws, bot, field("q", element, live=False))
    assert ana.submit().closed
    key = next(key for key in element if key.startswith("initial_"))
    entry = bot.heard[-1]["view"]["state"]["values"]["q"]["live_q"]
    assert entry.pop("type") == element["type"]
    assert list(entry.values()) == [element[key]]


def test_reading_a_form_aloud(ws: Workspace, bot: Bot, ana: Person) -> None:
    open_modal(ws, bot, *(field(f"q{number}", element) for number, element in enumerate(INITIALS)))
    ana.enter("q4", ["due", "random"])
    assert ana.view is not None
    assert ana.reads(ana.view).splitlines() == [
        "New cycle count",
        "q0: Daily parts",
        "q1: 12",
        "q2: Daily",
        "q3: Oil",
        "q4: Due, Random",
        "q5: Once",
        "q6: 2026-12-01",
        "q7: 07:00",
        "q8: U03BEN",
        "q9: U03BEN",
        "[ Save ]",
    ]


# --- the Home tab


def test_home_tells_and_opens_modals(ws: Workspace, bot: Bot, ana: Person) -> None:
    def opens(body: Block, client: WebClient) -> None:
        client.views_open(trigger_id=body["trigger_id"], view=modal(field("name", typed())))

    menu = {"type": "overflow", "action_id": "live_plan", **options("pause", "end")}
    button = {"type": "button", "action_id": "live_new", "text": plain("New cycle count"), "value": "new"}
    home = {
        "type": "home",
        "blocks": [
            {"type": "section", "block_id": "plan-7", "text": plain("Daily parts"), "accessory": menu},
            {"type": "actions", "block_id": "new", "elements": [button]},
            field("search", typed(ENTER)),
        ],
    }
    view = bot.app.client.views_publish(user_id="U01ANA", view=home)["view"]
    assert ana.choose_in_view(view["id"], "Pause", block_id="plan-7").ok
    told = bot.heard[-1]
    assert (told["container"], told["view"]["type"]) == ({"type": "view", "view_id": view["id"]}, "home")
    assert told["actions"][0]["selected_option"] == option("pause")
    assert ana.enter("search", "BOLT", view_id=view["id"]) is not None
    assert bot.heard[-1]["view"]["state"]["values"]["search"]["live_search"]["value"] == "BOLT"
    bot.reaction = opens
    assert ana.click_in_view(view["id"], "live_new").ok
    assert bot.heard[-1]["actions"][0]["value"] == "new"
    assert ana.view is not None
    assert (ana.view["type"], ana.view["previous_view_id"]) == ("modal", None)
