"""A workspace that has no tables yet: sections in their place, one refusal, and never again."""

from collections.abc import Iterator

import pytest
from slackblocks import RawText, RichTextLink, RichTextObject, RichTextSection, TableBlock

from bot.gateway import Gateway, SlackRefused, web_client
from bot.refused_blocks import RefusedBlocks
from bot.sandbox.faults import slack_error
from bot.sandbox.workspace import Limits
from bot.views import blocks
from bot.views.blocks import Rendered
from models.database import Database
from models.journal import Intent
from tests.bot.outbound import PARTS, Outbound, outbound
from tests.conftest import NOW


@pytest.fixture
def old(sqlite_database: Database) -> Iterator[Outbound]:
    """A workspace without tables."""
    with outbound(sqlite_database, NOW, Limits(refused_blocks=frozenset({"table"})).without_rates()) as slack:
        yield slack


def gateway(slack: Outbound, refused: RefusedBlocks | None = None) -> Gateway:
    return Gateway(web_client(slack.ws.bot_token, slack.api_url), refused)


def with_table() -> Rendered:
    link = RichTextSection([RichTextLink(url="https://x.test/p1", text="BOLT-10")])
    rows: list[list[RawText | RichTextObject]] = [
        [RawText("Item"), RawText("Why")],
        [link, RawText("<!channel> & co")],
        [RawText("NUT-10"), RawText("")],
    ]
    return blocks.rendered("2 wait", [blocks.header("Waiting", "head"), TableBlock(rows, block_id="table")])


def post(through: Gateway, message: Rendered, subject: str = "1") -> str:
    return through.post(channel=PARTS, message=message, intent=Intent.SHEET, subject=subject)


def kinds(slack: Outbound) -> list[list[str]]:
    return [[block["type"] for block in message.blocks] for message in slack.messages()]


def test_a_refused_table_is_shown_as_sections_and_the_rest_stays(old: Outbound) -> None:
    post(gateway(old), with_table())
    assert kinds(old) == [["header", "section"]]
    (message,) = old.messages()
    assert not message.rings_everybody
    assert old.text(message).endswith("Item · Why\nBOLT-10 · <!channel> & co\nNUT-10")
    assert "<https://x.test/p1|BOLT-10>" in message.blocks[1]["text"]["text"]


def test_it_is_refused_once_and_remembered_by_all_who_share_it(old: Outbound) -> None:
    first = gateway(old)
    second = gateway(old, first.refused)
    ts = post(first, with_table())
    first.update(channel=PARTS, ts=ts, message=with_table(), intent=Intent.SHEET, subject="1")
    second.post_ephemeral(channel=PARTS, user="U01ANA", message=with_table())
    assert [call.error for call in old.ws.calls] == ["invalid_blocks", None, None, None]


def test_where_there_are_tables_they_are_used(slack: Outbound) -> None:
    post(gateway(slack), with_table())
    assert kinds(slack) == [["header", "table"]]


def test_what_is_refused_for_another_reason_is_not_tried_again(slack: Outbound) -> None:
    slack.ws.faults.on(method="chat.postMessage", action=slack_error("invalid_blocks"))
    with pytest.raises(SlackRefused, match="invalid_blocks"):
        post(gateway(slack), blocks.rendered("x", [blocks.header("Waiting", "head")]))
    slack.ws.faults.on(method="chat.postMessage", action=slack_error("channel_not_found"))
    with pytest.raises(SlackRefused, match="channel_not_found"):
        post(gateway(slack), with_table())
    assert slack.calls("chat.postMessage") == 2


def test_what_is_refused_as_sections_too_says_nothing_of_tables(slack: Outbound) -> None:
    through = gateway(slack)
    slack.ws.faults.on(method="chat.postMessage", action=slack_error("invalid_blocks"), times=2)
    with pytest.raises(SlackRefused, match="invalid_blocks"):
        post(through, with_table())
    assert through.refused.fitting(with_table()) == with_table()


def test_where_the_workspace_is_is_asked_once(slack: Outbound) -> None:
    through = gateway(slack)
    slack.ws.faults.on(method="auth.test", action="500")
    assert through.workspace_url() is None
    assert through.workspace_url() == through.workspace_url() == slack.ws.response_urls.base
    assert slack.calls("auth.test") == 2
