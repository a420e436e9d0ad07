"""What a direct message wants: one of a few words, or an answer."""

import pytest

from models.rules.direct_words import Said, Verb, understand_direct


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("count", Said(Verb.COUNT, "")),
        ("Start!", Said(Verb.COUNT, "")),
        ("  UNDO ", Said(Verb.UNDO, "")),
        ("later.", Said(Verb.LATER, "")),
        ("Done!", Said(Verb.DONE, "done")),
        ("stop", Said(Verb.STOP, "")),
        ("practise", Said(Verb.PRACTICE, "")),
        ("help", Said(Verb.HELP, "")),
        ("skip", Said(Verb.SKIP, "")),
        ("Skip: behind a &lt;pallet&gt;", Said(Verb.SKIP, "behind a <pallet>")),
        ("Blocked by a pallet", Said(Verb.SKIP, "Blocked by a pallet")),
        ("can't count", Said(Verb.SKIP, "can't count")),
        ("blocked 4", Said(Verb.ANSWER, "blocked 4")),
        ("missing", Said(Verb.ANSWER, "missing")),
        ("42", Said(Verb.ANSWER, "42")),
        ("count 42", Said(Verb.ANSWER, "count 42")),
        ("undo that, please", Said(Verb.ANSWER, "undo that, please")),
        ("later 5", Said(Verb.ANSWER, "later 5")),
        ("1\u2009234", Said(Verb.ANSWER, "1\u2009234")),
        ("done 5", Said(Verb.ANSWER, "done 5")),
        ("", Said(Verb.ANSWER, "")),
        ("42\n43", Said(Verb.ANSWER, "42 43")),
    ],
)
def test_a_direct_message_is_read(text: str, said: Said) -> None:
    assert understand_direct(text) == said
