import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.chat_text import folded, plain_lines


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("BOLT-10 42", ["BOLT-10 42"]),
        ("a\n\n \nb\r\nc\u2028d", ["a", "b", "c", "d"]),
        ("A&amp;B &lt;1&gt; 5", ["A&B <1> 5"]),
        ("&amp;lt; &amp;gt; &amp;amp; 5", ["&lt; &gt; &amp; 5"]),
        ("<http://acme.io|ACME.IO> 5", ["ACME.IO 5"]),
        ("<http://acme.io> 5", ["http://acme.io 5"]),
        ("<mailto:a@b.io|a@b.io> 5", ["a@b.io 5"]),
        ("<tel:+4912345> 5", ["+4912345 5"]),
        ("<@U012AB> please, <#C1|general> <!here> <!subteam^S1|@crew>", ["please,"]),
        ("BOLT-10 42 :+1::skin-tone-3: :100:", ["BOLT-10 42"]),
        ("at 10:30:15 :", ["at 10:30:15 :"]),
        (":tada:", []),
        ("  a \t  b  ", ["a b"]),
    ],
)
def test_lines_are_what_was_seen(text: str, lines: list[str]) -> None:
    assert plain_lines(text) == lines


@pytest.mark.parametrize(
    ("text", "compared"),
    [
        ("Bolt‑10", "bolt-10"),  # noqa: RUF001 - the dash of a phone
        ("Pipe 3/4” ’n’", "pipe 3/4\" 'n'"),  # noqa: RUF001 - its quotes
        ("BO\u200bLT  10 ", "bolt 10"),
        ("Straße", "strasse"),
        ("10²", "10²"),  # not 102
    ],
)
def test_folding_drops_what_a_keyboard_chooses_and_keeps_the_rest(text: str, compared: str) -> None:
    assert folded(text) == compared


@given(st.text(alphabet="<>|@&;lt gmp:\n*ab1", max_size=40))
def test_lines_are_never_blank_and_never_broken(text: str) -> None:
    for line in plain_lines(text):
        assert line == " ".join(line.split()) != ""


@given(st.lists(st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp", "Zs")), min_size=1), min_size=1))
def test_what_slack_escapes_comes_back_as_it_was_typed(words: list[str]) -> None:
    typed = " ".join(word.replace(":", "") for word in words if word.replace(":", "")) or "x"
    sent = typed.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert plain_lines(sent) == [typed]
