"""What stands beside an export in somebody's direct messages, and why there is none."""

from zoneinfo import ZoneInfo

from bot.views import blocks
from bot.views.blocks import Rendered
from models.rules import wording
from models.services.export_requests import Left

MOST_NAMED = 10


def comment(what: str, words: str, rows: int, zone: ZoneInfo, left: Left) -> str:
    """What the file holds, and what was left out of it (mrkdwn)."""
    of = f" of “{blocks.escape(words)}”" if words else ""
    number = "1 row" if rows == 1 else f"{rows:,} rows"
    lines = [f"*{what}*{of}: {number}. Times are those of {zone.key}."]
    if left.skus:
        more = len(left.skus) - MOST_NAMED
        named = [*map(blocks.escape, left.skus[:MOST_NAMED]), *([f"{more} more"] if more > 0 else [])]
        lines.append(f"Left out, because you may have to count it: {wording.all_of(named)}.")
    if left.open_lines:
        lines.append("Lines that are still being counted or decided are left out.")
    return "\n".join(lines)


def refused(what: str, problem: str) -> Rendered:
    """Why there is no file."""
    text = f"Your export of {what}: {blocks.escape(problem)}"
    return blocks.rendered(text, [blocks.section(text, "export.refused")])
