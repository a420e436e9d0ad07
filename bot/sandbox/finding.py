"""Finding, in blocks, the element a person means."""

from bot.sandbox.forms import elements_of
from bot.sandbox.json_types import JsonObject


class CannotDo(LookupError):
    """A person cannot do that in Slack."""


def find_element(
    blocks: list[JsonObject],
    *,
    action_id: str | None = None,
    block_id: str | None = None,
    value: str | None = None,
    text: str | None = None,
) -> tuple[JsonObject, JsonObject]:
    """The first (block, element) that has all that was said of it."""
    wanted = {"action_id": action_id, "block_id": block_id, "value": value, "text": text}
    there = list(elements_of(blocks))
    for block, element in there:
        label = element.get("text")
        actual = {
            "action_id": element["action_id"],
            "block_id": block["block_id"],
            "value": element.get("value"),
            "text": label.get("text") if isinstance(label, dict) else None,
        }
        if all(want is None or actual[key] == want for key, want in wanted.items()):
            return block, element
    asked = {key: want for key, want in wanted.items() if want is not None}
    offered = [(block["block_id"], element["action_id"], element.get("value")) for block, element in there]
    raise CannotDo(f"Nothing like {asked} there, but {offered}.")
