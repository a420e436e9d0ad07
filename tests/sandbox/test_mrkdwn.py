"""Reading mrkdwn: what is markup, what is text, and whose clock it is."""

from datetime import UTC, datetime

import pytest

from bot.sandbox.mrkdwn import Reader, Span, plain

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
READER = Reader({"U01ANA": "Ana"}, {"C01PARTS": "parts"}, "Europe/Berlin", NOON)
AT = int(NOON.timestamp())


def kinds(text: str) -> list[tuple[str, str]]:
    return [(span.kind, span.text or plain(span.inner)) for span in READER.mrkdwn(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", [("text", "plain")]),
        ("*bold* and _it_", [("bold", "bold"), ("text", " and "), ("italic", "it")]),
        ("~gone~", [("strike", "gone")]),
        ("`A-01-03`", [("code", "A-01-03")]),
        ("```a\nb```", [("pre", "a\nb")]),
        ("a\nb", [("text", "a"), ("break", ""), ("text", "b")]),
        ("&gt; said", [("quote", "said")]),
        ("<@U01ANA>", [("mention", "@Ana")]),
        ("<@U99|eva>", [("mention", "@eva")]),
        ("<#C01PARTS>", [("mention", "#parts")]),
        ("<!channel>", [("ring", "@channel")]),
        ("&lt;!channel&gt;", [("text", "<!channel>")]),
        ("<https://example.com|here &amp; now>", [("link", "here & now")]),
        ("<javascript:alert(1)|click>", [("text", "click")]),
        (":package: :no_such:", [("emoji", "📦"), ("text", " "), ("emoji", ":no_such:")]),
        ("&lt;b&gt;x&lt;/b&gt;", [("text", "<b>x</b>")]),
        ("&amp;lt;", [("text", "&lt;")]),
        # What is not markup: part of a word, a lone mark, a time, a multiplication
        ("snake_case_name", [("text", "snake_case_name")]),
        ("2 * 3 * 4", [("text", "2 * 3 * 4")]),
        ("10:42:07", [("text", "10:42:07")]),
        ("M10*40", [("text", "M10*40")]),
    ],
)
def test_reading(text: str, expected: list[tuple[str, str]]) -> None:
    assert kinds(text) == expected


def test_marks_inside_of_marks() -> None:
    (bold,) = READER.mrkdwn("*a _b_ <@U01ANA>*")
    assert [span.kind for span in bold.inner] == ["text", "italic", "text", "mention"]


@pytest.mark.parametrize(
    ("at", "shown"),
    [
        (AT, "due today at 13:00"),
        (AT + 86_400, "due tomorrow at 13:00"),
        (AT - 86_400, "due yesterday at 13:00"),
        (AT + 3 * 86_400, "due Nov 26, 2026 at 13:00"),
    ],
)
def test_dates_are_the_readers(at: int, shown: str) -> None:
    assert plain(READER.mrkdwn(f"due <!date^{at}^{{date_short_pretty}} at {{time}}|later>")) == shown


def test_a_date_can_be_a_link_and_falls_back_to_its_words() -> None:
    (span,) = READER.mrkdwn(f"<!date^{AT}^{{date_num}}^https://example.com|then>")
    assert (span.text, span.url) == ("2026-11-23", "https://example.com")
    assert READER.mrkdwn("<!date^soon^{date}|then>") == [Span("text", "then")]


def test_plain_text_has_emoji_and_nothing_else() -> None:
    assert [(span.kind, span.text) for span in READER.plain_text("*x* <!channel> :eyes:")] == [
        ("text", "*x* <!channel> "),
        ("emoji", "👀"),
    ]
