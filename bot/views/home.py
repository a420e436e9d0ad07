"""Home: what waits for this person, then what comes; for approvers and stock control, the plans. No number of stock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from slackblocks import Block, HomeTabView

from bot import ids, schedule_text, schedule_weeks
from bot.views import blocks
from bot.views.blocks import JsonObject, When
from bot.views.home_health import health_block
from bot.views.home_numbers import ShownNumbers, company_blocks, team_blocks
from bot.views.home_past import past_blocks
from bot.views.home_review import waiting_blocks
from bot.views.plan_list import plan_rows
from bot.views.schedule import line_text
from bot.views.unsigned import unsigned_rows
from models.services.health import Health
from models.services.home_numbers import TeamNumbers
from models.services.my_week import MyWeek
from models.services.past_sessions import PastSessions
from models.services.review_totals import WaitingTotals
from models.services.statuses import PlanRow, SessionStatus
from models.services.team_schedules import TeamSchedule
from models.services.unsigned import Unsigned

MOST_SESSIONS = 15
MOST_UNSIGNED = 5
MOST_RUNS = 5
MOST_PLANS = 40
"""A Home has 100 blocks; these leave room for the rest."""


@dataclass(frozen=True)
class HomeFacts:
    """What one person's Home shows. `coming` None: they see the plans instead; `past` None: they decide nothing.

    `week` is what they counted since Monday, None for who does not count; `health` and `company` are for stock
    control alone, `teams` for approvers.
    """

    sessions: Sequence[SessionStatus]
    coming: TeamSchedule | None
    plans: Sequence[PlanRow]
    can_plan: bool
    zone: ZoneInfo
    currency: str
    now: datetime
    waiting: WaitingTotals
    week: MyWeek | None = None
    past: PastSessions | None = None
    health: Health | None = None
    unsigned: Sequence[Unsigned] = ()
    company: ShownNumbers | None = None
    teams: TeamNumbers | None = None


def home_view(facts: HomeFacts, said: str = "") -> JsonObject:
    """The Home of a person; `said` (mrkdwn) is what they have just done there."""
    built: list[Block] = []
    if said:
        built.append(blocks.section(said, "said"))
    built += waiting_blocks(facts.waiting, facts.currency, facts.zone, facts.now)
    built += _running(facts)
    if facts.week is not None:
        built.append(blocks.context(_week(facts.week), "week"))
    built += unsigned_rows(facts.unsigned[:MOST_UNSIGNED], facts.zone, ids.HOME_SIGN_OFF)
    if facts.coming is not None:
        built += _coming(facts.coming)
    if facts.can_plan or facts.plans:
        built.append(blocks.header("Cycle counts", "plans.head"))
    if facts.can_plan:
        new = blocks.button("New cycle count", ids.HOME_NEW_PLAN, "new", primary=True)
        built.append(blocks.actions([new], "plans.new"))
    built += plan_rows(facts.plans, facts.zone, facts.now, ids.HOME_PLAN_MENU, MOST_PLANS)
    if facts.company is not None:
        built += company_blocks(facts.company)
    if facts.teams is not None:
        built += team_blocks(facts.teams)
    if facts.past is not None:
        built += past_blocks(facts.past, facts.currency, facts.zone, facts.now)
    if facts.health is not None:
        built.append(health_block(facts.health, facts.zone))
    view: JsonObject = HomeTabView(built).to_dict()
    return view


def stranger_view(sentence: str) -> JsonObject:
    """The Home of somebody who is in no team."""
    view: JsonObject = HomeTabView([blocks.section(blocks.escape(sentence), "stranger")]).to_dict()
    return view


def _running(facts: HomeFacts) -> list[Block]:
    built = [blocks.header("Now", "now.head")]
    mine = [one for one in facts.sessions if one.for_you]
    others = [one for one in facts.sessions if not one.for_you]
    for one in [*mine, *others][:MOST_SESSIONS]:
        button = blocks.button("Enter counts", ids.HOME_ENTER_COUNTS, str(one.session_id), primary=True)
        text = f"*{blocks.escape(one.name)}* · {blocks.escape(one.team)}\n{_state(one, facts)}"
        built.append(blocks.section(text, f"now.{one.session_id}", button if one.for_you else None))
    if len(facts.sessions) > MOST_SESSIONS:
        built.append(blocks.context(f"… {len(facts.sessions) - MOST_SESSIONS} more", "now.more"))
    if not facts.sessions:
        built.append(blocks.section("Nothing is being counted right now.", "now.none"))
    return built


def _week(week: MyWeek) -> str:
    if not week.lines:
        return "You have counted nothing since Monday."
    lines = "1 line" if week.lines == 1 else f"{week.lines} lines"
    return f"Counted by you since Monday: {lines} in {_counts(week.sessions)}."


def _counts(number: int) -> str:
    return "1 cycle count" if number == 1 else f"{number} cycle counts"


def _state(one: SessionStatus, facts: HomeFacts) -> str:
    parts = []
    if one.for_you:
        parts.append("1 line for you" if one.for_you == 1 else f"{one.for_you} lines for you")
    if one.to_decide:
        parts.append("1 waits for a decision" if one.to_decide == 1 else f"{one.to_decide} wait for a decision")
    if not parts:
        parts.append(f"{one.counted} of {one.lines} counted")
    is_today = one.due_at.astimezone(facts.zone).date() == facts.now.astimezone(facts.zone).date()
    parts.append(blocks.date(one.due_at, When.TIME if is_today else When.DAY_TIME, facts.zone, before="due "))
    return " · ".join(parts)


def _coming(coming: TeamSchedule) -> list[Block]:
    texts = [line_text(line) for line in schedule_weeks.day_lines(coming)[:MOST_RUNS]]
    if not texts:
        texts = [blocks.escape(schedule_text.no_runs(coming)) if not coming.runs else "Nothing is due."]
    texts.append("“/count schedule” for all")
    return [blocks.header("Next 7 days", "coming.head"), *blocks.sections(texts, "coming")]
