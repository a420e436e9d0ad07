"""The bot, to be killed: `python victim.py MILESTONE FILE COMMAND...` runs `python -m bot COMMAND...`.

The first time the work reaches MILESTONE, its name is written to FILE and the process gets SIGKILL: no clean-up, no
rollback, no goodbye, as when the power goes. With MILESTONE "none" it is the bot as it is.
"""

import os
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from bot.cli.main import main
from models.milestones import Milestone, observe


def kill_at(milestone: Milestone, file: Path) -> None:
    """End this process without warning when it reaches the milestone."""

    def look(reached: Milestone) -> None:
        if reached is milestone:
            file.write_text(reached.name, "utf-8")
            os.kill(os.getpid(), signal.SIGKILL)

    observe(look)


if __name__ == "__main__":
    if sys.argv[1] != "none":
        kill_at(Milestone[sys.argv[1]], Path(sys.argv[2]))
    sys.exit(main(sys.argv[3:]))
