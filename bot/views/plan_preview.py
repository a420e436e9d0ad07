"""The preview at the end of the form of a plan: what it would do first, or what is wrong so far."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from slackblocks import Block

from bot.plan_looks import Look
from bot.schedule_text import day_of
from bot.views import blocks
from models.rules import wording
from models.rules.runs import Run
from models.services.plan_preview import Nothing, Preview

_MOST_SENTENCES = 5


def preview_blocks(look: Look, zone: ZoneInfo) -> list[Block]:
    """The preview; it always has the same two blocks, so that the form does not jump while somebody types."""
    if look.preview is None:
        lines = [f"• {blocks.escape(sentence)}" for sentence in look.problems[:_MOST_SENTENCES]]
        return [blocks.divider("preview.line"), blocks.section("\n".join(["*Preview*", *lines]), "preview")]
    return [
        blocks.divider("preview.line"),
        blocks.section("\n".join(_lines(look, look.preview, zone)), "preview"),
    ]


def planned_text(name: str, look: Look, zone: ZoneInfo, *, is_new: bool, is_paused: bool) -> str:
    """What was saved, and when it runs: a sentence of plain text."""
    done = f"“{name}” is {'planned' if is_new else 'saved'}"
    if is_paused:
        return f"{done}; it is paused."
    found = look.preview
    if found is None or found.first_run is None:
        return f"{done}; it has no run to come."
    lines = f"about {_count(found.lines, 'line')}" if found.lines else "no lines so far"
    if look.secret:
        lines = f"up to {_count(look.most_lines, 'line')}"
    return f"{done}: {'first' if is_new else 'next'} run {run_text(found.first_run, found.seen_at, zone)}, {lines}."


def run_text(run: Run, seen_at: datetime, zone: ZoneInfo) -> str:
    """When a run happens, as “Wed 25 Nov 07:00”; with its year when that is another one."""
    at = run.at.astimezone(zone)
    return f"{day_of(at, seen_at.astimezone(zone).year)} {at:%H:%M}"


def _lines(look: Look, found: Preview, zone: ZoneInfo) -> Iterator[str]:
    if found.first_run is None:
        yield "*Preview* · it has no run to come"
    else:
        moved = f" · {blocks.escape(found.first_run.moved_because)}" if found.first_run.moved_because else ""
        when = (
            "Paused. If it is resumed by then, next run"
            if look.is_paused
            else "First run"
            if look.is_new
            else "Next run"
        )
        yield f"*{when} {run_text(found.first_run, found.seen_at, zone)}*{moved}"
    if look.secret:
        kept = wording.all_of([f"“{name}”" for name in look.secret])
        yield f"Up to {_count(look.most_lines, 'line')}. You count, so you do not see what {kept} would choose."
    elif found.nothing is not None:
        yield from _nothing(found, zone)
    elif found.lines:
        yield from _chosen(found)
    if found.in_reach:
        held = f"; {found.held:,} on open sheets now {'is' if found.held == 1 else 'are'} left out here"
        yield (
            f"{found.in_reach:,} {'stock is' if found.in_reach == 1 else 'stocks are'} in its bins and categories"
            f"{held if 0 < found.held < found.in_reach else ''}"
        )
    yield from (f"• {blocks.escape(warning)}" for warning in found.warnings[:_MOST_SENTENCES])


def _chosen(found: Preview) -> Iterator[str]:
    parts = [f"{count} {blocks.escape(letter) or 'without class'}" for letter, count in found.by_class]
    if found.drawn:
        parts.append(f"{found.drawn} drawn at random when it starts")
    yield f"{_count(found.lines, 'line')}: {', '.join(parts)}" if parts else _count(found.lines, "line")
    if len(found.by_policy) > 1:
        yield f"By {', '.join(f'{policy} {count}' for policy, count in found.by_policy)}"
    more = " …" if found.lines > len(found.first_bins) else ""
    if found.first_bins:
        yield f"First bins: {', '.join(map(blocks.escape, found.first_bins))}{more}"


def _nothing(found: Preview, zone: ZoneInfo) -> Iterator[str]:
    """Why there is nothing on the first sheet, and what comes instead."""
    match found.nothing:
        case Nothing.HELD:
            yield "No lines as it stands: all of this stock is on open sheets now. The run takes what is free by then."
        case Nothing.NO_QUOTA:
            when = (
                f"; the first run with lines is {run_text(found.first_lines, found.seen_at, zone)}"
                if found.first_lines
                else ""
            )
            yield f"No lines in this run: spread evenly, so little stock needs one only now and then{when}."
            yield "“Run now” takes what has waited longest at once; the pace “Always full” does so in each run."
        case Nothing.NOT_DUE:
            yield "No lines in this run: nothing is due by then."
        case Nothing.NO_SUCH:
            yield "No lines as it stands: no stock is what this plan looks for just now."


def _count(count: int, what: str) -> str:
    return f"1 {what}" if count == 1 else f"{count} {what}s"
