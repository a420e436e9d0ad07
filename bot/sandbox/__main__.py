"""`python -m bot.sandbox --port 8765`: an empty workspace to play in by hand.

The app in it is the one of `manifest.json`, where that stands in the current folder.
"""

import argparse
import signal
import sys
import threading
from pathlib import Path

from bot.sandbox.server import SandboxServer
from bot.sandbox.workspace import AppSettings, Workspace

MANIFEST = Path("manifest.json")


def main() -> int:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m bot.sandbox", description="A local Slack workspace.")
    parser.add_argument("--port", type=int, default=8765, help="the port on 127.0.0.1 (default 8765; 0: any free one)")
    port = parser.parse_args().port
    ws = Workspace(app=AppSettings.from_file(MANIFEST) if MANIFEST.is_file() else None)
    people = {"U01ANA": "Ana", "U02DAN": "Dan", "U03BEN": "Ben", "U04EVA": "Eva", "U05KIM": "Kim"}
    for user, name in people.items():
        ws.add_user(user, name=name, tz="Europe/Berlin")
    ws.add_channel("C01PARTS", name="parts", members=["U01ANA", "U02DAN", "U03BEN", "U05KIM"])
    ws.add_channel("C01REVIEW", name="parts-review", members=["U03BEN", "U04EVA", "U05KIM"], private=True)
    enough = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: enough.set())
    with SandboxServer(ws, port) as server:
        lines = [
            f"Page            {server.url}",
            f"SLACK_API_URL   {server.api_url}",
            f"SLACK_BOT_TOKEN {ws.bot_token}",
            f"SLACK_APP_TOKEN {ws.app_token}",
            "Ctrl-C ends it.",
        ]
        sys.stdout.write("\n".join(lines) + "\n")
        sys.stdout.flush()
        enough.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
