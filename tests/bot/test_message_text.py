"""What stands in a message, wherever Slack puts it."""

from bot.message_text import text_of
from bot.payloads import JsonObject
from models.rules.chat_text import plain_lines


def read(message: JsonObject) -> list[str]:
    return plain_lines(text_of(message))


def test_text_blocks_and_attachments_each_once() -> None:
    message: JsonObject = {
        "text": "BOLT-10 &amp; co",
        "blocks": [
            {"type": "section", "text": {"type": "mrkdwn", "text": "BOLT-10 &amp; co"}, "block_id": "not-text"},
            {
                "type": "section",
                "fields": [{"type": "mrkdwn", "text": "A-&lt;01&gt;"}, {"type": "plain_text", "text": "B <02>"}],
                "accessory": {"type": "button", "text": {"type": "plain_text", "text": "Enter"}, "value": "12.3"},
            },
            {
                "type": "rich_text",
                "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "C & <03>"}]}],
            },
        ],
        "attachments": [
            {"fallback": "alarm", "title": "D-04", "text": "E-05", "blocks": [{"text": {"type": "x", "text": "F-06"}}]},
            "not an object",
        ],
    }
    assert read(message) == [
        "BOLT-10 & co", "A-<01>", "B <02>", "Enter", "C & <03>", "alarm", "D-04", "E-05", "F-06",
    ]  # fmt: skip


def test_marks_that_were_disarmed_are_read_as_they_were_written() -> None:
    assert read({"text": "\u2217X\u2217 \u02cdY\u02cd \u223cZ \u02cbW"}) == ["*X* _Y_ ~Z `W"]


def test_a_message_without_anything() -> None:
    assert read({}) == []
    assert read({"text": None, "blocks": None, "attachments": "?"}) == []
