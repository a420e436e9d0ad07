"""Newer blocks where the workspace takes them, plainer ones where it does not: asked once, then remembered."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from slackblocks import RawText, TableBlock

from bot.gateway import Gateway, SlackRefused, SlackUnavailable, Unsendable, web_client
from bot.plain import plain_version
from bot.sandbox.faults import slack_error
from bot.sandbox.server import SandboxServer
from bot.sandbox.workspace import Limits, Workspace
from bot.views import blocks
from bot.views.blocks import Rendered
from bot.views.charts import chart_message
from models.journal import Intent
from tests.charting import CHARTS

CHANNEL, ANA = "C01PARTS", "U01ANA"
DRAWN = "data_visualization"
CHART = chart_message("Accuracy", [CHARTS["accuracy"]()])
PLAIN = blocks.rendered("hello", [blocks.section("hello", "a")])


class Slack:
    """A workspace that refuses some kinds of blocks, and the bot's way to it."""

    def __init__(self, *refused: str) -> None:
        self.ws = Workspace(limits=replace(Limits().without_rates(), refused_blocks=frozenset(refused)))
        self.ws.add_user(ANA, name="Ana")
        self.ws.add_channel(CHANNEL, name="parts", members=[ANA])
        self.server = SandboxServer(self.ws)

    def gateway(self) -> Gateway:
        return Gateway(web_client(self.ws.bot_token, self.server.api_url))

    def kinds(self) -> list[set[str]]:
        return [{str(block["type"]) for block in message.blocks} for message in self.ws.messages(CHANNEL)]

    def calls(self) -> int:
        return len(self.ws.calls)


@pytest.fixture(params=[()])
def slack(request: pytest.FixtureRequest) -> Iterator[Slack]:
    slack = Slack(*request.param)
    with slack.server:
        yield slack


def post(gateway: Gateway, message: Rendered = CHART) -> str:
    return gateway.post(channel=CHANNEL, message=message, intent=Intent.SHEET, subject="1")


def test_a_chart_is_drawn_where_the_workspace_takes_it(slack: Slack) -> None:
    post(slack.gateway())
    assert (slack.kinds(), slack.calls()) == ([{DRAWN, "context"}], 1)


def test_a_transcript_says_the_numbers_of_a_chart(slack: Slack) -> None:
    post(slack.gateway())
    (message,) = slack.ws.messages(CHANNEL)
    lines = slack.ws.person(ANA).reads(message).splitlines()
    assert lines[0] == "Accuracy by week · Fleet Parts"
    assert lines[1].startswith("Right, %: 7 Sep 96.2, 14 Sep 85.4, 28 Sep 100.0")


@pytest.mark.parametrize("slack", [(DRAWN,)], indirect=True)
def test_a_table_is_posted_where_charts_are_refused_and_from_then_on_at_once(slack: Slack) -> None:
    gateway = slack.gateway()
    ts = post(gateway)
    assert slack.kinds() == [{"section", "table", "context"}]
    assert slack.calls() == 2
    gateway.update(channel=CHANNEL, ts=ts, message=CHART, intent=Intent.SHEET, subject="1")
    gateway.post_ephemeral(channel=CHANNEL, user=ANA, message=CHART)
    assert slack.calls() == 4


@pytest.mark.parametrize("slack", [(DRAWN,)], indirect=True)
def test_what_stood_beside_a_refused_chart_is_not_to_blame(slack: Slack) -> None:
    gateway = slack.gateway()
    table = TableBlock([[RawText("SKU")], [RawText("BOLT-10")]], block_id="stock")
    post(gateway, chart_message("Accuracy", [CHARTS["accuracy"]()], above=[table]))
    post(gateway, blocks.rendered("stock", [table]))
    assert slack.kinds() == [{"table", "section", "context"}, {"table"}]


@pytest.mark.parametrize("slack", [(DRAWN, "table")], indirect=True)
def test_lines_are_posted_where_tables_are_refused_too(slack: Slack) -> None:
    gateway = slack.gateway()
    post(gateway)
    post(gateway)
    assert slack.kinds() == [{"section", "context"}] * 2
    assert slack.calls() == 3 + 1


@pytest.mark.parametrize("slack", [(DRAWN, "table", "section")], indirect=True)
def test_when_nothing_is_taken_nothing_is_remembered(slack: Slack) -> None:
    gateway = slack.gateway()
    for _ in range(2):
        with pytest.raises(SlackRefused, match="invalid_blocks"):
            post(gateway)
    assert slack.calls() == 6


@pytest.mark.parametrize("slack", [(DRAWN,)], indirect=True)
def test_a_refusal_says_nothing_about_messages_without_that_kind(slack: Slack) -> None:
    gateway = slack.gateway()
    post(gateway)
    post(gateway, PLAIN)
    assert slack.kinds()[-1] == {"section"}
    assert slack.calls() == 3


@pytest.mark.parametrize(("code", "error"), [("channel_not_found", SlackRefused), ("fatal_error", SlackUnavailable)])
def test_other_troubles_are_not_about_blocks(slack: Slack, code: str, error: type[Exception]) -> None:
    slack.ws.faults.on(method="chat.postMessage", action=slack_error(code))
    gateway = slack.gateway()
    with pytest.raises(error):
        post(gateway)
    post(gateway)
    assert slack.kinds() == [{DRAWN, "context"}]


def test_three_charts_are_stopped_before_they_are_sent(slack: Slack) -> None:
    chart = CHART.blocks[0]
    three = Rendered("x", [{**chart, "block_id": str(number)} for number in range(3)])
    with pytest.raises(Unsendable, match="3 charts in one message"):
        post(slack.gateway(), three)
    assert slack.calls() == 0


def test_the_plain_version_of_a_chart_is_its_lines() -> None:
    plain = plain_version(CHART)
    assert {block["type"] for block in plain.blocks} == {"section"}
    assert "*21 Sep*  3 lines, too few" in str(plain.blocks)
