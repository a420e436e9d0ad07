"""Charts on the page, in light and dark, on a desk and on a phone: drawn, named, and with their numbers."""

from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from bot.charts.picture import picture
from bot.gateway import Gateway, web_client
from bot.sandbox.server import SandboxServer
from bot.sandbox.workspace import Workspace
from bot.views import blocks
from bot.views.blocks import Rendered
from bot.views.charts import chart_message, home_blocks
from models.journal import Intent
from tests.charting import CHARTS
from tests.sandbox.bolt import PARTS, Bot, connected
from tests.sandbox.browsing import IN_BROWSER, shot

pytestmark = IN_BROWSER
SCHEMES: list[Literal["light", "dark"]] = ["light", "dark"]


@pytest.fixture
def bot(ws: Workspace, server: SandboxServer) -> Iterator[Bot]:
    bot = Bot(ws, server)
    with connected(bot.app, ws):
        yield bot


@pytest.fixture
def gateway(ws: Workspace, server: SandboxServer) -> Gateway:
    return Gateway(web_client(ws.bot_token, server.api_url))


def post(gateway: Gateway, message: Rendered) -> None:
    gateway.post(channel=PARTS, message=message, intent=Intent.SHEET, subject="1")


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("names", [("accuracy", "coverage"), ("causes", "accuracy-year"), ("causes-many",)])
def test_a_chart_in_a_message(
    page: Page, gateway: Gateway, names: tuple[str, ...], scheme: Literal["light", "dark"]
) -> None:
    page.emulate_media(color_scheme=scheme)
    charts = [CHARTS[name]() for name in names]
    post(gateway, chart_message("Numbers of the week", charts, above=[blocks.section("*This week*", "head")]))
    for chart in charts:
        drawn = page.get_by_role("img", name=f"{chart.title}: ")
        expect(drawn).to_be_visible()
        assert page.locator(".chart text").count() > 4
    page.get_by_role("log", name="Messages").evaluate("one => one.scrollTo(0, 0)")
    shot(page, f"chart-{names[0]}-{scheme}")
    page.get_by_text("Numbers", exact=True).first.click()
    expect(page.get_by_role("table", name=charts[0].title)).to_be_visible()


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_table_and_lines_in_a_message(page: Page, gateway: Gateway, scheme: Literal["light", "dark"]) -> None:
    page.emulate_media(color_scheme=scheme)
    message = chart_message("Numbers", [CHARTS["accuracy"]()])
    assert message.plainer is not None
    assert message.plainer.plainer is not None
    post(gateway, message.plainer)
    expect(page.get_by_role("cell", name="87 to 99 %").first).to_be_visible()
    post(gateway, message.plainer.plainer)
    expect(page.get_by_text("96 % (87 to 99 %), 50 lines")).to_be_visible()
    shot(page, f"chart-table-{scheme}")


@pytest.mark.parametrize("scheme", SCHEMES)
def test_pictures_on_home(page: Page, gateway: Gateway, scheme: Literal["light", "dark"]) -> None:
    page.emulate_media(color_scheme=scheme)
    page.get_by_role("button", name="Home of Cycle Count").click()
    expect(page.get_by_role("separator")).to_be_visible()  # what this bot shows there by itself
    built = []
    for number, name in enumerate(("accuracy", "causes", "coverage")):
        chart = CHARTS[name]()
        made = picture(chart)
        file_id = gateway.host(name=made.name, title=made.title, alt=made.alt, content=made.content)
        built += home_blocks(chart, file_id, f"chart.{number}")
    gateway.publish_home(user="U01ANA", view={"type": "home", "blocks": blocks.as_json(built)})
    for name in ("accuracy", "causes", "coverage"):
        shown = page.get_by_role("img", name=CHARTS[name]().alt)
        shown.scroll_into_view_if_needed()
        expect(shown).to_have_js_property("naturalWidth", 1080)
    page.get_by_role("img").first.scroll_into_view_if_needed()
    shot(page, f"chart-home-{scheme}")
