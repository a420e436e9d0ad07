"""How the bot does, in one line for stock control: what is behind, and what to do about it."""

from zoneinfo import ZoneInfo

from slackblocks import Block

from bot.views import blocks
from bot.views.blocks import When
from models.services.health import Health


def health_block(health: Health, zone: ZoneInfo) -> Block:
    """All is well, or each thing that is not."""
    return blocks.context("\n".join(_said(health, zone)) or "The bot is well: nothing is behind.", "health")


def _said(health: Health, zone: ZoneInfo) -> list[str]:
    said = []
    if not health.is_clock_well:
        behind = [
            _number(health.runs_late, "run of a plan", "runs of plans"),
            _number(health.lines_late, "line whose time is up", "lines whose time is up"),
            "sealing" if health.unsealed_since is not None else "",
        ]
        late = ", ".join(filter(None, behind))
        said.append(f":warning: See that the clock runs (`python -m scheduler`) and what its log says. Late: {late}.")
    if health.waiting and health.waiting_since is not None:
        since = blocks.date(health.waiting_since, When.DAY_TIME, zone, before="since ")
        said.append(f":warning: {_number(health.waiting, 'message waits', 'messages wait')} to be sent, {since}.")
    if health.failed:
        given_up = _number(health.failed, "message was", "messages were")
        said.append(f":warning: {given_up} given up in the last seven days: `python -m bot outbox --failed` says why.")
    return said


def _number(count: int, one: str, many: str) -> str:
    return "" if not count else f"1 {one}" if count == 1 else f"{count} {many}"
