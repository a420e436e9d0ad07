"""`demo`: a local Slack workspace with demo stock."""

import argparse

from bot.demo import demo as play
from models.settings import Settings


def demo(parsed: argparse.Namespace, _settings: Settings) -> int:
    """Run the demo, or its tour."""
    return play(port=parsed.port, tour=parsed.tour)
