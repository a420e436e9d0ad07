"""Pictures that Slack hosts, in blocks: refused unless they are pictures, there, and the bot's to show."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from slack_sdk import WebClient

from bot.sandbox.person import Person
from bot.sandbox.server import SandboxServer
from bot.sandbox.workspace import Limits, SandboxClock, Workspace
from tests.sandbox.conftest import NINE_O_CLOCK
from tests.sandbox.refusals import error, refusal
from tests.sandbox.test_files import PARTS, PIXEL
from tests.sandbox.test_uploads import announced, complete, put

ANA, OTHER = "U01ANA", "C02OTHER"
INVALID = "[ERROR] invalid slack file [json-pointer:{}]"


def hosted(client: WebClient, name: str = "chart.png", content: bytes = PIXEL) -> dict[str, Any]:
    file_id, url = announced(client, name, content)
    assert put(url, content) == 200
    (file,) = complete(client, file_id)["files"]
    found: dict[str, Any] = file
    return found


def image(**slack_file: str) -> dict[str, Any]:
    return {"type": "image", "slack_file": slack_file, "alt_text": "accuracy"}


def home(*blocks: dict[str, Any]) -> dict[str, Any]:
    return {"type": "home", "blocks": list(blocks)}


@pytest.mark.parametrize("key", ["url_private", "permalink"])
def test_a_picture_of_the_bots_is_shown_by_its_id_and_by_its_addresses(client: WebClient, key: str) -> None:
    file = hosted(client)
    shown = [image(id=file["id"]), image(url=file[key])]
    assert client.chat_postMessage(channel=PARTS, text="x", blocks=shown)["ok"]
    assert client.views_publish(user_id=ANA, view=home(*shown))["ok"]
    beside = {"type": "section", "text": {"type": "mrkdwn", "text": "x"}, "accessory": shown[0]}
    within = {"type": "context", "elements": [shown[0]]}
    assert client.chat_postEphemeral(channel=PARTS, user=ANA, text="x", blocks=[beside, within])["ok"]


def not_there(_: WebClient) -> dict[str, str]:
    return {"id": "F09999999"}


def an_unknown_address(_: WebClient) -> dict[str, str]:
    return {"url": "https://files.slack.com/files-pri/T1-F09999999/a.png"}


def no_picture(client: WebClient) -> dict[str, str]:
    return {"id": hosted(client, "chart.csv")["id"]}


def a_picture_by_name_only(client: WebClient) -> dict[str, str]:
    return {"id": hosted(client, "chart.png", b"GIF89a")["id"]}


def a_picture_that_blocks_do_not_show(client: WebClient) -> dict[str, str]:
    return {"id": hosted(client, "chart.webp", b"RIFF\0\0\0\0WEBP")["id"]}


def a_file_that_was_only_announced(client: WebClient) -> dict[str, str]:
    return {"id": announced(client, "chart.png", PIXEL)[0]}


WRONG: list[Callable[[WebClient], dict[str, str]]] = [
    not_there,
    an_unknown_address,
    no_picture,
    a_picture_by_name_only,
    a_picture_that_blocks_do_not_show,
    a_file_that_was_only_announced,
]


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_not_a_picture_of_the_bots_is_refused(
    client: WebClient, wrong: Callable[[WebClient], dict[str, str]]
) -> None:
    block = image(**wrong(client))
    said = refusal(client.chat_postMessage, channel=PARTS, text="x", blocks=[{"type": "divider"}, block])
    assert said["error"] == "invalid_blocks"
    assert said["response_metadata"]["messages"] == [INVALID.format("/blocks/1/slack_file")]
    said = refusal(client.views_publish, user_id=ANA, view=home(block))
    assert said["response_metadata"]["messages"] == [INVALID.format("/view/blocks/0/slack_file")]


@pytest.mark.parametrize("given", [{"id": "f0123456789"}, {"id": "F12"}, {}, {"id": "F01234567", "url": "https://x/y"}])
def test_an_id_looks_like_one_and_stands_alone(client: WebClient, given: dict[str, str]) -> None:
    assert error(client.chat_postMessage, channel=PARTS, text="x", blocks=[image(**given)]) == "invalid_blocks"


def test_a_picture_of_somebody_is_shown_where_the_bot_has_seen_it(
    ws: Workspace, client: WebClient, ana: Person
) -> None:
    seen = ana.upload("shelf.png", PIXEL, "image/png")
    unseen = ana.upload("shelf.png", PIXEL, "image/png")
    assert error(client.chat_postMessage, channel=PARTS, text="x", blocks=[image(id=seen.id)]) == "invalid_blocks"
    ana.say(PARTS, "", files=[seen])
    ana.say(OTHER, "", files=[unseen])  # the bot is not there
    assert client.chat_postMessage(channel=PARTS, text="x", blocks=[image(id=seen.id)])["ok"]
    assert error(client.chat_postMessage, channel=PARTS, text="x", blocks=[image(id=unseen.id)]) == "invalid_blocks"


def test_a_deleted_picture_is_refused(client: WebClient, ana: Person) -> None:
    file = ana.upload("shelf.png", PIXEL, "image/png")
    ana.say(PARTS, "the shelf", files=[file])
    ana.delete_file(file.id)
    for given in ({"id": file.id}, {"url": f"{file.base}files/{ANA}/{file.id}/shelf.png"}):
        assert error(client.chat_postMessage, channel=PARTS, text="x", blocks=[image(**given)]) == "invalid_blocks"


def test_while_slack_looks_through_a_file_it_is_shown_nowhere() -> None:
    clock = SandboxClock.manual(NINE_O_CLOCK)
    ws = Workspace(clock=clock, limits=replace(Limits().without_rates(), file_processing=3.0))
    ws.add_user(ANA, name="Ana")
    with SandboxServer(ws) as server:
        client = WebClient(ws.bot_token, base_url=server.api_url, retry_handlers=[])
        file_id = hosted(client)["id"]
        assert client.files_info(file=file_id)["file"]["mimetype"] == ""
        assert error(client.views_publish, user_id=ANA, view=home(image(id=file_id))) == "invalid_arguments"
        clock.advance(timedelta(seconds=3))
        assert client.files_info(file=file_id)["file"]["mimetype"] == "image/png"
        assert client.views_publish(user_id=ANA, view=home(image(id=file_id)))["ok"]


def test_a_file_that_is_not_there_has_no_info(client: WebClient) -> None:
    assert error(client.files_info, file="F09999999") == "file_not_found"
