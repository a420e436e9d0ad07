"""`run` and `serve`: the bot as a process."""

import argparse

from bot import runtime
from bot.workers import StartClock
from models.settings import Settings
from scheduler.clock import start_clock


def run(parsed: argparse.Namespace, settings: Settings) -> int:
    """Socket Mode and delivery, until told to stop."""
    settings.require("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", to="to run over Socket Mode")
    return runtime.run(settings, start_clock=_clock(parsed))


def serve(parsed: argparse.Namespace, settings: Settings) -> int:
    """Signed HTTP and delivery, until told to stop."""
    settings.require("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", to="to serve")
    return runtime.serve(
        settings, host=parsed.host or settings.bind_host, port=parsed.port or settings.port, start_clock=_clock(parsed)
    )


def _clock(parsed: argparse.Namespace) -> StartClock | None:
    """What starts the clock in the bot's own process, if it is asked for: only the command line knows both."""
    if not parsed.with_scheduler:
        return None

    return start_clock
