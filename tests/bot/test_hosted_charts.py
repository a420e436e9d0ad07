"""Charts that Slack hosts: uploaded once while they look the same, and shown when Slack has looked through them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.charts.hosting import HostedCharts
from bot.charts.picture import key_of, picture
from bot.gateway import Gateway, SlackRefused, SlackUnavailable, web_client
from bot.sandbox.faults import slack_error
from bot.sandbox.server import SandboxServer
from bot.sandbox.workspace import Limits, SandboxClock, Workspace
from bot.views import blocks
from bot.views.charts import home_blocks
from models.rules.charts import AnyChart
from tests.charting import CHARTS
from tests.conftest import NOW

ANA = "U01ANA"
PROCESSING = 2.0


class Slack:
    def __init__(self) -> None:
        self.clock = SandboxClock.manual(NOW)
        limits = replace(Limits().without_rates(), file_processing=PROCESSING)
        self.ws = Workspace(clock=self.clock, limits=limits)
        self.ws.add_user(ANA, name="Ana")
        self.server = SandboxServer(self.ws)

    def gateway(self) -> Gateway:
        return Gateway(web_client(self.ws.bot_token, self.server.api_url))

    def wait(self) -> None:
        self.clock.advance(timedelta(seconds=PROCESSING))

    def calls(self, method: str) -> int:
        return sum(call.method == method for call in self.ws.calls)


@pytest.fixture
def slack() -> Iterator[Slack]:
    slack = Slack()
    with slack.server:
        yield slack


def show(gateway: Gateway, chart: AnyChart, file_id: str | None) -> list[str]:
    built = blocks.as_json(home_blocks(chart, file_id, "accuracy"))
    gateway.publish_home(user=ANA, view={"type": "home", "blocks": built})
    return [str(block["type"]) for block in built]


def test_a_chart_is_uploaded_once_and_shown_when_slack_has_it(slack: Slack) -> None:
    gateway, chart = slack.gateway(), CHARTS["accuracy"]()
    charts = HostedCharts(gateway)
    assert charts.file_id(chart) is None
    assert show(gateway, chart, charts.file_id(chart)) == ["section", "context"]
    file_id = charts.upload(chart)
    assert charts.file_id(chart) is None
    with pytest.raises(SlackRefused, match="invalid slack file"):
        show(gateway, chart, file_id)
    slack.wait()
    assert charts.file_id(chart) == file_id
    assert show(gateway, chart, charts.file_id(chart)) == ["image"]
    assert charts.upload(CHARTS["accuracy"]()) == charts.file_id(CHARTS["accuracy"]()) == file_id
    assert slack.calls("files.completeUploadExternal") == 1
    assert slack.calls("files.info") == 2  # once ready, it is not asked again


def test_what_slack_hosts_is_the_picture_with_its_name_and_in_no_conversation(slack: Slack) -> None:
    chart = CHARTS["causes"]()
    made = picture(chart)
    file = slack.ws.files.find(HostedCharts(slack.gateway()).upload(chart))
    assert (file.name, file.mimetype, file.content) == (made.name, "image/png", made.content)
    assert file.as_slack()["title"] == made.title
    assert not any(channel.messages for channel in slack.ws.conversations.channels.values())


def test_a_chart_that_changed_is_another_file(slack: Slack) -> None:
    charts = HostedCharts(slack.gateway())
    assert charts.upload(CHARTS["accuracy"]()) != charts.upload(CHARTS["accuracy-year"]())


def test_what_was_uploaded_before_is_known_by_its_key(slack: Slack) -> None:
    chart, ids = CHARTS["coverage"](), dict[str, str]()
    file_id = HostedCharts(slack.gateway(), ids).upload(chart)
    assert ids == {key_of(chart): file_id}
    slack.wait()
    assert HostedCharts(slack.gateway(), ids).file_id(chart) == file_id
    assert slack.calls("files.completeUploadExternal") == 1


def test_a_file_that_is_gone_is_uploaded_again(slack: Slack) -> None:
    chart = CHARTS["coverage"]()
    charts = HostedCharts(slack.gateway(), {key_of(chart): "F09999999"})
    assert charts.file_id(chart) is None
    charts.forget("F09999999")
    file_id = charts.upload(chart)
    slack.wait()
    assert charts.file_id(chart) == file_id


@pytest.mark.parametrize(
    "method", ["files.getUploadURLExternal", "files.upload.content", "files.completeUploadExternal"]
)
def test_an_upload_that_failed_is_made_again(slack: Slack, method: str) -> None:
    slack.ws.faults.on(method=method, action="500")
    charts, chart = HostedCharts(slack.gateway()), CHARTS["coverage"]()
    with pytest.raises(SlackUnavailable):
        charts.upload(chart)
    assert charts.file_id(chart) is None
    charts.upload(chart)
    slack.wait()
    assert charts.file_id(chart) is not None


def test_an_upload_that_slack_lost_is_made_again(slack: Slack) -> None:
    slack.ws.faults.on(method="files.completeUploadExternal", action=slack_error("file_not_found"))
    charts, chart = HostedCharts(slack.gateway()), CHARTS["coverage"]()
    with pytest.raises(SlackUnavailable, match="file_not_found"):
        charts.upload(chart)
    assert charts.upload(chart)


def test_other_refusals_are_not_taken_for_a_missing_file(slack: Slack) -> None:
    charts, chart = HostedCharts(slack.gateway()), CHARTS["coverage"]()
    charts.upload(chart)
    slack.ws.faults.on(method="files.info", action=slack_error("missing_scope"))
    with pytest.raises(SlackRefused, match="missing_scope"):
        charts.file_id(chart)
