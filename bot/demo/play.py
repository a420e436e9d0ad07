"""`python -m bot demo`: start the world, say what to try, and stay until Ctrl-C - or take the tour."""

import contextlib
import signal
import sys
import threading

from bot.demo.tour import take_tour
from bot.demo.world import DemoFailed, World, running_world

WHAT_TO_TRY = """
The local Slack workspace is open at  {url}

  Choose at the top who you are: Ana and Dan count; Ben (up to 500 EUR) and Eva decide; Kim is stock control;
  Val is in no team. In a few seconds a count sheet appears in #fleet-parts. Then:
  1. As Ana: "Enter counts", type a few quantities, leave some blank, save.
  2. As Dan: reply in the sheet's thread, for example   BOLT-10 2 boxes + 8
     or answer a recount that is asked of you.
  3. As Ben: decide in #parts-review what did not match.
  4. As Kim: open "Home of Cycle Count" and make a plan, or type   /count schedule
  5. As anybody: type   /count history BOLT-10   or   /count help

Ctrl-C ends it; nothing is kept.
"""


def demo(*, port: int = 0, tour: bool = False) -> int:
    """Run the demo on 127.0.0.1 (`port` 0: a free one) and return the exit code."""
    _end_as_with_ctrl_c()
    try:
        with running_world(port) as world:
            if tour:
                take_tour(world, sys.stdout)
            else:
                _stay(world)
    except DemoFailed as failure:
        sys.stdout.flush()
        sys.stderr.write(f"{failure}\n")
        return 1
    except KeyboardInterrupt:
        return 0
    return 0


def _end_as_with_ctrl_c() -> None:
    """Take the bot and the temporary folder down too when the terminal is closed or the process is told to end."""
    if threading.current_thread() is threading.main_thread():
        for name in ("SIGTERM", "SIGHUP"):  # Windows has no SIGHUP
            number: int | None = getattr(signal, name, None)
            if number is not None:
                signal.signal(number, signal.default_int_handler)


def _stay(world: World) -> None:
    sys.stdout.write(WHAT_TO_TRY.format(url=world.server.url))
    sys.stdout.flush()
    with contextlib.suppress(KeyboardInterrupt):
        world.bot.wait()
        world.require_bot()
