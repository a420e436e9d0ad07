"""The form of a plan: *New cycle count*, and the same for one that is there already.

What is entered in fields that do not show at the moment travels in the view's metadata, so that nothing is lost when
they go and come.
"""

import json
from dataclasses import dataclass, field, replace

from slackblocks import Block

from bot import ids
from bot import plan_entries as entry
from bot.payloads import NOT_MINE
from bot.plan_looks import Look
from bot.policy_entries import Entries
from bot.views import blocks
from bot.views.blocks import JsonObject
from bot.views.plan_fields import common_fields, more_field, rare_fields
from bot.views.plan_preview import preview_blocks
from models.errors import BadInput
from models.rules.tolerance import Side
from models.services.plan_changes import PlanFacts
from models.services.plan_offers import Offer
from models.services.setup_things import Facts

METADATA_LENGTH = 3000


@dataclass(frozen=True)
class Origin:
    """Where somebody was when a form was opened: a channel, Home, or neither."""

    channel: str = ""
    is_home: bool = False


@dataclass(frozen=True)
class Subject:
    """What the form is about: a new plan, or one by its id, as of the version that was seen; and where it came from.

    `kept` are the entries of fields that do not show.
    """

    origin: Origin = Origin()
    plan_id: int | None = None
    version: str = ""
    kept: Entries = field(default_factory=dict)


def plan_form(entries: Entries, offer: Offer, look: Look, subject: Subject, before: PlanFacts | None) -> JsonObject:
    """The form with what is entered, and the preview of it."""
    uneven = {} if before is None else entry.uneven_limits(before.tolerance)
    # The preview stands next to what it mostly follows from; what is rarely set comes after it.
    built: list[Block] = [*common_fields(entries, offer), *preview_blocks(look, offer.zone), more_field(entries)]
    if entries.get(entry.MORE):
        built += rare_fields(entries, offer, without=uneven)
        built += [blocks.context(_uneven(block_id, sides), f"uneven.{block_id}") for block_id, sides in uneven.items()]
    shown = fields_of(blocks.as_json(built))
    kept = {block_id: texts for block_id, texts in entries.items() if block_id not in shown}
    is_new = subject.plan_id is None
    return blocks.modal(
        title="New cycle count" if is_new else "Edit cycle count",
        blocks=built,
        callback_id=ids.PLAN_FORM,
        private_metadata=_metadata(replace(subject, kept=kept)),
        submit="Create" if is_new else "Save",
    )


def fields_of(built: object) -> set[str]:
    """The block ids of the fields among blocks."""
    return {str(one["block_id"]) for one in built if one["type"] == "input"} if isinstance(built, list) else set()


def read_metadata(text: str) -> Subject:
    """What the form is about, from a view's metadata."""
    try:
        found = json.loads(text)
        kept = {str(block_id): [str(text) for text in texts] for block_id, texts in found["k"].items()}
        origin = Origin(str(found["c"]), bool(found["h"]))
        plan_id = found["p"]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise BadInput(NOT_MINE) from None
    if plan_id is not None and type(plan_id) is not int:
        raise BadInput(NOT_MINE)
    return Subject(origin, plan_id, str(found.get("v") or ""), kept)


def said_view(title: str, sentence: str) -> JsonObject:
    """A form that only says something: why there is none, or what was done."""
    return blocks.modal(
        title=title, blocks=[blocks.section(blocks.escape(sentence), "said")], callback_id=ids.PLAN_FORM, close="Close"
    )


def _metadata(subject: Subject) -> str:
    def text(kept: Entries) -> str:
        origin = subject.origin
        content = {"p": subject.plan_id, "v": subject.version, "c": origin.channel, "h": origin.is_home, "k": kept}
        return json.dumps(content, separators=(",", ":"), ensure_ascii=False)

    whole = text(subject.kept)
    if len(whole) <= METADATA_LENGTH:
        return whole
    # The arguments of policies that were chosen once are the only thing that can be this long.
    return text({name: texts for name, texts in subject.kept.items() if not name.startswith("policy.")})


def _uneven(block_id: str, sides: Facts) -> str:
    plus, minus = (sides.get(side) or "none" for side in Side)
    return f"Tolerance, {block_id}: plus {plus}, minus {minus}. It stays so; setup.toml can change it."
