"""What somebody writes to the bot in a direct message: a word that it knows, or else the answer to its question."""

from dataclasses import dataclass
from enum import StrEnum

from models.rules.chat_text import folded, plain_lines, spaced_lines
from models.rules.skips import is_reason


class Verb(StrEnum):
    """What is wanted."""

    COUNT = "count"
    PRACTICE = "practice"
    SKIP = "skip"
    LATER = "later"
    UNDO = "undo"
    STOP = "stop"
    DONE = "done"
    HELP = "help"
    ANSWER = "answer"


_WORDS = {
    "count": Verb.COUNT,
    "start": Verb.COUNT,
    "practice": Verb.PRACTICE,
    "practise": Verb.PRACTICE,
    "skip": Verb.SKIP,
    "later": Verb.LATER,
    "undo": Verb.UNDO,
    "stop": Verb.STOP,
    "done": Verb.DONE,
    "help": Verb.HELP,
}


@dataclass(frozen=True)
class Said:
    """A message: the verb, and what follows it.

    Of an ANSWER that is all of it, in plain text; of DONE the word itself, which may be an answer too.
    """

    verb: Verb
    rest: str


def understand_direct(text: str) -> Said:
    """Read a direct message as Slack sends it.

    Only *skip* takes words behind it, and may be left out (“blocked by a pallet”); any other sentence is an answer.
    """
    written = " ".join(plain_lines(text))
    word, _, rest = written.partition(" ")
    verb = _WORDS.get(folded(word).strip(".:!/,"))
    if verb is None and is_reason(written):
        return Said(Verb.SKIP, written)
    if verb is None or (rest and verb is not Verb.SKIP):
        return Said(Verb.ANSWER, " ".join(spaced_lines(text)))
    if verb is Verb.DONE:
        return Said(verb, verb.value)
    return Said(verb, rest)
