"""The blocks and the metadata of a message."""

import re

from bot.sandbox.checks.blocks import check_blocks, with_ids
from bot.sandbox.checks.schema import Problems
from bot.sandbox.checks.slack_files import IsShowable, check_slack_files
from bot.sandbox.errors import SlackError
from bot.sandbox.json_types import Json, JsonObject
from bot.sandbox.limits import Limits

EVENT_TYPE = re.compile(r"[\w.:-]{1,255}")


def prepared_blocks(blocks: Json, limits: Limits, is_showable: IsShowable | None = None) -> list[JsonObject]:
    """The blocks as Slack stores them; refuses those it would refuse. Without `is_showable` every picture is fine."""
    if not isinstance(blocks, list):
        raise SlackError("invalid_blocks_format")
    problems = Problems("message")
    check_blocks(blocks, "/blocks", problems, limits.message_blocks)
    for position, block in enumerate(blocks):
        if isinstance(block, dict) and block.get("type") in limits.refused_blocks:
            problems.add(f"unsupported type: {block['type']}", f"/blocks/{position}/type")
    if is_showable is not None and not problems.found:
        check_slack_files(blocks, "/blocks", problems, is_showable)
    if problems.found:
        raise SlackError("invalid_blocks", messages=problems.found)
    return with_ids(blocks)


def prepared_metadata(metadata: Json) -> JsonObject | None:
    """Metadata as Slack stores it: an event type and a flat payload; an empty object removes it."""
    if metadata is None or metadata == {}:
        return None
    if not isinstance(metadata, dict) or set(metadata) - {"event_type", "event_payload"}:
        raise SlackError("invalid_metadata_format")
    kind, payload = metadata.get("event_type"), metadata.get("event_payload")
    if not isinstance(kind, str) or not EVENT_TYPE.fullmatch(kind) or not isinstance(payload, dict):
        raise SlackError("invalid_metadata_format")
    if any(isinstance(value, dict) for value in payload.values()):
        raise SlackError("invalid_metadata_schema")
    return metadata
