"""When plans run next, whenever what that follows from has changed: their own times, a calendar, or the zone.

An occurrence has one turn. `CountPlan.runs_after` remembers up to when they are over: since then the plan was made,
resumed or given other times, or the clock came upon them and started them, or found them too old. A calendar moves only
what lies after it, so that the morning's run does not come back at noon because the morning was closed meanwhile.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from models.people import Team
from models.plans import CountPlan
from models.rules.occurrences import instant_of, latest_at
from models.rules.runs import Run, next_run
from models.rules.schedules import Schedule, parse_schedule
from models.rules.slots import settle, wall_of
from models.rules.workdays import WorkCalendar
from models.services import people
from models.services.calendars import calendar_of

RESCHEDULING = frozenset(("team", "schedule", "paused"))
"""Facts that, when they change, change when the plan runs next. Other changes must not lose a run that is due."""

_INSTANT = timedelta(microseconds=1)  # the shortest time there is


def over_until(plan: CountPlan, now: datetime) -> datetime:
    """Up to which instant, itself included, the occurrences of a plan are over: they come no more.

    What is due at this moment counts among them, because the next tick starts it.
    """
    waiting = plan.next_occurrence or plan.next_due
    if waiting is not None and plan.next_due is not None and plan.next_due <= now:
        return waiting
    if plan.runs_after is not None:
        return plan.runs_after
    # A plan that never was scheduled runs from now on; one from before there was this column may have a run that waits.
    return now if waiting is None or waiting > now else waiting - _INSTANT


def schedule_again(
    session: Session, names: set[str] | None, now: datetime, *, zone_before: str | None = None
) -> list[str]:
    """Compute when these plans (None: every active one) run next; returns a sentence for each that will no more.

    A paused plan has no next run until it is resumed. One that is due at this moment is left alone: the next tick
    starts it, and moves on by the times that hold then. When the zone has changed, `zone_before` is the one before:
    what is over is over by the clock on the wall, so that this day's 07:00 does not come again in another zone.

    Raises:
        BadInput: when the working calendar leaves a plan no time.
    """
    zone = people.company(session).timezone
    over = []
    found = session.exec(
        select(CountPlan, Team)
        .join(Team, col(Team.id) == col(CountPlan.team_id))
        .where(col(CountPlan.is_active))
        .order_by(col(CountPlan.id))
        .with_for_update(of=CountPlan)  # a clock that starts one now is waited for, and what it wrote is read
        .execution_options(populate_existing=True)
    )
    for plan, team in found.all():
        is_due = plan.next_due is not None and plan.next_due <= now
        if is_due or (names is not None and plan.name not in names):
            continue
        if zone_before is not None and plan.runs_after is not None:
            plan.runs_after = instant_of(wall_of(plan.runs_after, ZoneInfo(zone_before)), ZoneInfo(zone))
        run = None
        was_over = plan.next_due is None and plan.runs_after is not None
        if not plan.is_paused:
            run = _next_run(plan, parse_schedule(plan.schedule, zone), calendar_of(session, team), now)
            if run is None and not was_over:
                over.append(f'plan "{plan.name}": “{plan.schedule}” is over, so it will not run; give it a later time')
        plan.runs_after = over_until(plan, now)
        plan.next_due = None if run is None else run.at
        plan.next_occurrence = None if run is None else run.occurrence
        session.add(plan)
    return over


def _next_run(plan: CountPlan, rhythm: Schedule, calendar: WorkCalendar, now: datetime) -> Run | None:
    """The next run of a plan that has not started yet.

    A run that waits for a slot, and that the calendar does not hold up any more, is due now; unless the plan's next
    occurrence has come meanwhile.
    """
    waiting = plan.next_occurrence
    if rhythm.once is not None and waiting is None and plan.runs_after is not None:
        return None  # it had its turn, whatever the time is called in another zone
    if waiting is not None and waiting <= now and latest_at(rhythm, now) == waiting:
        slot = settle(calendar, rhythm.zone, waiting)
        if slot is not None and slot.at <= now:
            return Run(waiting, now)
    return next_run(rhythm, calendar, now, over_until(plan, now))
