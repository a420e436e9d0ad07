"""A workspace with two people and a bot, on 127.0.0.1."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from slack_sdk import WebClient

from bot.sandbox.person import Person
from bot.sandbox.server import SandboxServer
from bot.sandbox.workspace import Limits, SandboxClock, Workspace
from tests.sandbox.bolt import Bot, connected, served
from tests.sandbox.browsing import CHROMIUM, QUIET

NINE_O_CLOCK = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> SandboxClock:
    return SandboxClock.manual(NINE_O_CLOCK)


@pytest.fixture
def ws(clock: SandboxClock) -> Workspace:
    workspace = Workspace(clock=clock, limits=Limits().without_rates())
    workspace.add_user("U01ANA", name="Ana", tz="Europe/Berlin")
    workspace.add_user("U03BEN", name="Ben", tz="America/New_York")
    workspace.add_channel("C01PARTS", name="parts", members=["U01ANA", "U03BEN"])
    workspace.add_channel("C02OTHER", name="other", members=["U01ANA"], bot_member=False)
    workspace.add_channel("C03SECRET", name="secret", members=["U01ANA"], private=True, bot_member=False)
    workspace.add_channel("C04REVIEW", name="review", members=["U03BEN"], private=True)
    return workspace


@pytest.fixture
def server(ws: Workspace) -> Iterator[SandboxServer]:
    with SandboxServer(ws) as running:
        yield running


@pytest.fixture
def client(ws: Workspace, server: SandboxServer) -> WebClient:
    return WebClient(ws.bot_token, base_url=server.api_url, retry_handlers=[])


@pytest.fixture
def ana(ws: Workspace) -> Person:
    return ws.person("U01ANA")


@pytest.fixture
def ben(ws: Workspace) -> Person:
    return ws.person("U03BEN")


@pytest.fixture(params=["socket", "http"])
def bot(request: pytest.FixtureRequest, ws: Workspace, server: SandboxServer) -> Iterator[Bot]:
    bot = Bot(ws, server)
    with connected(bot.app, ws) if request.param == "socket" else served(bot, ws):
        yield bot
        bot.gate.set()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET.split())
        yield chromium
        chromium.close()


@pytest.fixture(params=[(1280, 800), (390, 844)], ids=["desktop", "phone"])
def page(request: pytest.FixtureRequest, browser: Browser, bot: object, server: SandboxServer) -> Iterator[Page]:
    width, height = request.param
    page = browser.new_page(viewport={"width": width, "height": height})
    page.set_default_timeout(10_000)
    troubles: list[str] = []
    page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("dialog", lambda dialog: troubles.append(dialog.message))
    page.goto(f"{server.url}?as=U01ANA")
    expect(page.get_by_label("You are")).to_have_value("U01ANA")
    yield page
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "it scrolls sideways"
    page.close()
    assert troubles == []
