"""What happens in the workspace is told to the bot, over Socket Mode and over signed HTTP alike."""

from slack_sdk import WebClient

from bot.sandbox.person import Person
from bot.sandbox.workspace import Limits, Workspace
from tests.sandbox.bolt import PARTS, Bot, sheet
from tests.sandbox.conftest import NINE_O_CLOCK


def test_a_message_becomes_an_event(ws: Workspace, bot: Bot, ana: Person) -> None:
    ts = ana.say(PARTS, "BOLT-10 <42> & @Ben")
    ana.say(PARTS, "in the thread", thread_ts=ts)
    ana.say(PARTS, "for all", thread_ts=ts, broadcast=True)
    ws.wait_until_quiet()
    first, second, third = bot.events()
    assert first["text"] == "BOLT-10 &lt;42&gt; &amp; <@U03BEN>"
    assert (first["user"], first["channel"], first["channel_type"]) == ("U01ANA", PARTS, "channel")
    assert (first["ts"], first["event_ts"]) == (ts, ts)
    assert "thread_ts" not in first
    assert (second["thread_ts"], second["parent_user_id"]) == (ts, "U01ANA")
    assert (third["subtype"], third["root"]["ts"]) == ("thread_broadcast", ts)
    assert bot.heard[0]["event_id"] != bot.heard[1]["event_id"]


def test_edits_and_deletions(ws: Workspace, bot: Bot, ana: Person) -> None:
    ts = ana.say(PARTS, "BOLT-10 42")
    ana.edit(PARTS, ts, "BOLT-10 43")
    ana.delete(PARTS, ts)
    ws.wait_until_quiet()
    changed, deleted = bot.events()[1:]
    assert changed["subtype"] == "message_changed"
    assert (changed["previous_message"]["text"], changed["message"]["text"]) == ("BOLT-10 42", "BOLT-10 43")
    assert changed["message"]["edited"]["user"] == "U01ANA"
    assert (deleted["subtype"], deleted["deleted_ts"]) == ("message_deleted", ts)
    assert deleted["previous_message"]["text"] == "BOLT-10 43"


def test_a_deleted_parent_leaves_a_stone(ws: Workspace, bot: Bot, ana: Person) -> None:
    ts = ana.say(PARTS, "sheet?")
    ana.say(PARTS, "reply", thread_ts=ts)
    ana.delete(PARTS, ts)
    ws.wait_until_quiet()
    event = bot.events()[-1]
    assert (event["subtype"], event["message"]["subtype"]) == ("message_changed", "tombstone")
    assert [message.subtype for message in ws.messages(PARTS)] == ["tombstone"]


def test_the_bots_own_updates_are_told_too(ws: Workspace, bot: Bot, client: WebClient) -> None:
    ts = client.chat_postMessage(channel=PARTS, text="one")["ts"]
    client.chat_update(channel=PARTS, ts=ts, text="two")
    ws.wait_until_quiet()
    told = [one.payload["event"] for one in ws.deliveries]
    assert [event.get("subtype") for event in told] == [None, "message_changed"]
    assert told[0]["bot_id"] == ws.ids.bot_id
    assert bot.heard == [] or bot.heard[0]["event"]["subtype"] == "message_changed"


def test_events_come_only_from_where_the_bot_is(ws: Workspace, bot: Bot, ana: Person) -> None:
    ana.say("C02OTHER", "x")
    ana.say("C03SECRET", "x")
    ana.say(ws.dm_channel("U01ANA"), "x")
    ws.person("U03BEN").say("C04REVIEW", "x")
    ws.wait_until_quiet()
    assert [event["channel_type"] for event in bot.events()] == ["im", "group"]


def test_home(ws: Workspace, bot: Bot, ana: Person) -> None:
    ana.open_home()
    ws.wait_for(lambda: ws.home("U01ANA"))
    assert bot.heard[-1]["event"]["tab"] == "home"


def test_the_same_event_again(ws: Workspace, bot: Bot, ana: Person) -> None:
    ana.say(PARTS, "BOLT-10 42")
    ws.wait_until_quiet()
    assert [attempt.outcome for attempt in ws.redeliver_last_event(times=2)] == ["acknowledged"] * 2
    assert len({one["event_id"] for one in bot.heard}) == 1
    assert [int(one["retry"] or 0) for one in bot.heard] == [0, 1, 2]


def test_the_same_click_again(ws: Workspace, bot: Bot, ana: Person) -> None:
    ts = sheet(ws, ana)
    ana.choose(PARTS, ts, "damaged", action_id="cause")
    assert ws.deliver_again().outcome == "acknowledged"
    first, second = bot.heard[-2:]
    assert first["trigger_id"] == second["trigger_id"]


def test_time_of_the_first_message(ws: Workspace, ana: Person) -> None:
    first, second = ana.say(PARTS, "a"), ana.say(PARTS, "b")
    assert first == f"{int(NINE_O_CLOCK.timestamp())}.000000"
    assert second > first


def told(ws: Workspace) -> list[str]:
    ws.wait_until_quiet()
    return [one.payload["event"]["type"] for one in ws.deliveries]


def test_only_what_was_subscribed_to_is_told() -> None:
    def happen(subscriptions: set[str]) -> list[str]:
        ws = Workspace(subscriptions=subscriptions, limits=Limits(retry_delays=()))
        ana = ws.add_user("U01ANA", name="Ana")
        ws.add_channel(PARTS, name="parts", members=["U01ANA"])
        ts = ana.say(PARTS, "x")
        ana.react(PARTS, ts, "eyes")
        ana.open_home()
        events = told(ws)
        ws.close()
        return events

    assert happen(set()) == []
    assert happen({"message.groups", "message.im"}) == []
    assert happen({"message.channels"}) == ["message"]
    assert happen({"reaction_added", "app_home_opened"}) == ["reaction_added", "app_home_opened"]
