"""Direct messages of a count: the question about one line, and why an answer was not saved.

A question says where and what, never how much, and not what became of the answer before it.
"""

from bot.views import blocks
from bot.views.blocks import Rendered
from models.rules import wording
from models.services import count_answers
from models.services.direct_facts import QuestionFacts, RefusalFacts, Subject

HOW = "Answer with a number. Or write: skip and why · later · undo · stop"
FINISHED = "That was the last one. Thank you."


def question(facts: QuestionFacts) -> Rendered:
    """What is asked; under it, what was understood before."""
    if facts.subject is None:
        text = FINISHED
    else:
        one = facts.subject
        place = f"*{blocks.escape(one.location)}* · {_name(one)}"
        units = blocks.escape(wording.any_of([one.unit, *one.packs]))
        text = f"{place}. How many {units}? ({facts.place} of {facts.total})"
    built = [blocks.section(text, "question")]
    if facts.subject is not None and facts.subject.adding_up:
        adding = f"Adding up: {facts.subject.adding_up}. Write +12 for a part, or the whole number."
        built.append(blocks.context(blocks.escape(adding), "question.parts"))
    if before := _before(facts):
        built.append(blocks.context(before, "question.before"))
    if facts.is_first:
        built.append(blocks.context(HOW, "question.how"))
    return blocks.rendered(text, built)


def refusal(facts: RefusalFacts) -> Rendered:
    """An answer that came too late, and why."""
    one = facts.subject
    typed = f"“{blocks.escape(blocks.cut(facts.typed, blocks.NAME_LENGTH))}”"
    text = f"*{blocks.escape(one.location)}* · {_name(one)}: your {typed} was not saved. {blocks.escape(facts.said)}"
    return blocks.rendered(text, [blocks.section(text, "unsaved")])


def _before(facts: QuestionFacts) -> str:
    if facts.before is None:
        return ""
    place = f"{blocks.escape(facts.before.location)} {blocks.escape(facts.before.sku)}"
    if facts.quantity is not None:
        plain = f"{wording.quantity(facts.quantity)} {facts.before.unit}"
        amount = blocks.escape(facts.echo if count_answers.is_converted(facts.echo) else plain)
        return f"{place}: {amount}. For two minutes, “undo” takes it back."
    if facts.reason:
        return f"{place}: can't be counted, {blocks.escape(facts.reason)}. For two minutes, “undo” takes it back."
    if facts.is_done:
        return f"{place}: done, with its parts. For two minutes, “undo” takes it back."
    return f"{place} comes at the end."


def _name(one: Subject) -> str:
    return f"{blocks.escape(blocks.cut(one.name, blocks.NAME_LENGTH))} ({blocks.escape(one.sku)})"
