"""What the page's tests share: where the browser is, a workspace without limits of speed, and pictures on request."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page

from bot.sandbox.workspace import Limits, Workspace
from tests.sandbox.bolt import PARTS

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
QUIET = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
IN_BROWSER = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no browser at {CHROMIUM}; set CHROMIUM"),
]


def small_workspace() -> Workspace:
    workspace = Workspace(limits=Limits().without_rates())
    workspace.add_user("U01ANA", name="Ana", tz="Europe/Berlin")
    workspace.add_user("U03BEN", name="Ben", tz="Europe/Berlin")
    workspace.add_channel(PARTS, name="parts", members=["U01ANA", "U03BEN"])
    workspace.add_channel("C04REVIEW", name="review", members=["U03BEN"], private=True)
    return workspace


def shot(page: Page, name: str) -> None:
    """A picture, into the folder SCREENSHOTS if that is set."""
    if folder := os.environ.get("SCREENSHOTS"):
        width = page.viewport_size["width"] if page.viewport_size else 0
        page.screenshot(path=Path(folder) / f"{name}-{width}.png")
