"""Pictures that Slack itself hosts (`slack_file`): each must be one, be there, and be the bot's to show.

Slack says `invalid slack file` for all of it: an id it does not know, a file that was deleted, that is no PNG, JPEG or
GIF, that the bot has no access to, or that was uploaded so recently that Slack is still looking through it.
"""

from collections.abc import Callable, Iterator

from bot.sandbox.checks.schema import Problems
from bot.sandbox.json_types import Json, JsonObject

IsShowable = Callable[[JsonObject], bool]
"""Whether the workspace would show what a `slack_file` names."""


def check_slack_files(blocks: Json, path: str, problems: Problems, is_showable: IsShowable) -> None:
    """Note every picture in blocks that could not be shown."""
    for where, given in _slack_files(blocks, path):
        if not is_showable(given):
            problems.add("invalid slack file", where)


def _slack_files(part: Json, path: str) -> Iterator[tuple[str, JsonObject]]:
    inner = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    for key, value in inner:
        if key == "slack_file" and isinstance(value, dict):
            yield f"{path}/{key}", value
        else:
            yield from _slack_files(value, f"{path}/{key}")
