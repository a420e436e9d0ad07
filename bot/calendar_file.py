"""The schedule as a calendar file (RFC 5545), for calendars that people look at anyway.

An event is an occurrence of a plan, and its UID says which: importing a later file moves the event of a run that was
moved, and changes what it says, instead of adding another. A run that is no more is simply not in the later file: what
subscribes to the file drops it, what imported it does not. Nothing is said to be cancelled, because that would take a
memory of every file there was, and many calendars do not listen to it in an import.

Times are in UTC, which every calendar shows in its own zone. The events make nobody busy: a count is done between other
things.
"""

from datetime import datetime

from icalendar import Calendar, Event

from bot.schedule_text import cut_notes, due_text, how_much, until
from models.services.plan_schedule import ScheduledRun
from models.services.team_schedules import TeamSchedule


def calendar_file(found: TeamSchedule, now: datetime) -> str:
    """The file's text, its lines ending as the standard says; `now` is when the events were last looked at."""
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//Cycle Count//Schedule//EN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", "Cycle counts")
    calendar.add("x-wr-caldesc", " ".join([f"Until {until(found)}.", *cut_notes(found)]))
    for run in found.runs:
        calendar.add_component(_event(run, found, now))
    content: bytes = calendar.to_ical()
    return content.decode()


def _event(run: ScheduledRun, found: TeamSchedule, now: datetime) -> Event:
    event = Event()
    event.add("uid", f"plan-{run.plan_id}-{run.occurrence:%Y%m%dT%H%M%SZ}@cycle-count")
    event.add("dtstamp", now)
    event.add("sequence", int(now.timestamp()) // 60)  # of two files the later one is right
    event.add("dtstart", run.at)
    event.add("dtend", run.due_at)
    event.add("summary", f"{run.plan}: {how_much(run)}")
    event.add("description", "\n".join(_description(run, found)))
    event.add("categories", [run.team])
    event.add("transp", "TRANSPARENT")
    return event


def _description(run: ScheduledRun, found: TeamSchedule) -> list[str]:
    sentences = [f"{due_text(run, found.zone)} ({found.zone.key})", run.moved_because]
    return [f"{run.team}: {run.what}.", *(f"{one[0].upper()}{one[1:]}." for one in sentences if one)]
