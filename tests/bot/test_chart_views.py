"""Charts in messages: what the workspace takes, and what is sent where it takes less."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from slackblocks import RawText, TableBlock

from bot.sandbox.checks.messages import prepared_blocks
from bot.sandbox.workspace import Limits
from bot.views import blocks
from bot.views.blocks import Rendered
from bot.views.charts import chart_message
from models.rules.charts import AnyChart
from tests.charting import ANY_CHART, CHARTS, LONG, causes, coverage, weeks, year

DRAWN = "data_visualization"


def dumped(part: object) -> str:
    return json.dumps(part, ensure_ascii=False)


def forms(message: Rendered) -> list[Rendered]:
    return [message] if message.plainer is None else [message, *forms(message.plainer)]


def kinds(message: Rendered) -> list[str]:
    return [str(block["type"]) for block in message.blocks]


def chart_of(message: Rendered) -> dict[str, Any]:
    (chart,) = [block["chart"] for block in message.blocks if block["type"] == DRAWN]
    assert isinstance(chart, dict)
    return chart


def values(message: Rendered) -> dict[str, list[float]]:
    return {one["name"]: [point["value"] for point in one["data"]] for one in chart_of(message)["series"]}


def labels(message: Rendered) -> list[str]:
    found: list[str] = chart_of(message)["axis_config"]["categories"]
    return found


@pytest.mark.parametrize("name", CHARTS)
def test_the_workspace_takes_every_chart_in_every_form(name: str) -> None:
    for form in forms(chart_message("Numbers", [CHARTS[name]()])):
        prepared_blocks(form.blocks, Limits())
        assert "none of it" not in form.text


@pytest.mark.parametrize("name", CHARTS)
def test_what_a_screen_reader_says_is_in_the_text_of_every_form(name: str) -> None:
    chart = CHARTS[name]()
    for form in forms(chart_message("Numbers", [chart])):
        assert form.text == f"Numbers\n{blocks.escape(chart.alt)}"


@pytest.mark.parametrize("name", [name for name in CHARTS if "none" not in name and "few" not in name])
def test_a_chart_is_drawn_then_a_table_then_lines(name: str) -> None:
    drawn, table, lines = forms(chart_message("Numbers", [CHARTS[name]()]))
    assert kinds(drawn) == [DRAWN, "context"]
    assert kinds(table) == ["section", "table", "context"]
    assert set(kinds(lines)) == {"section", "context"}


@pytest.mark.parametrize("name", [name for name in CHARTS if "none" in name])
def test_nothing_counted_is_said_instead_of_drawn(name: str) -> None:
    first = forms(chart_message("Numbers", [CHARTS[name]()]))[0]
    assert kinds(first) == ["section"]
    assert blocks.escape(CHARTS[name]().alt) in dumped(first.blocks)


def test_low_and_high_are_series_and_weeks_without_a_share_are_named_below() -> None:
    message = chart_message("Accuracy", [weeks((52, 50), (3, 3), (48, 41))])
    assert labels(message) == ["7 Sep", "21 Sep"]
    assert values(message) == {"Right, %": [96.2, 85.4], "Low, 95 %": [87.0, 72.8], "High, 95 %": [98.9, 92.8]}
    assert "Left out, fewer than 5 lines: 14 Sep." in dumped(message.blocks)


def test_of_more_than_twenty_weeks_the_last_twenty_are_shown_and_it_says_so() -> None:
    drawn, table, _ = forms(chart_message("Accuracy", [year()]))
    assert len(labels(drawn)) == 20 - 2  # two of the last twenty have too few lines
    assert labels(drawn)[-1] == "23 Nov"
    for form in (drawn, table):
        assert "The last 20 of 52 weeks." in dumped(form.blocks)
    (rows,) = [block["rows"] for block in table.blocks if block["type"] == "table"]
    assert isinstance(rows, list)
    assert len(rows) == 1 + 20


def test_causes_and_their_running_total_share_one_axis() -> None:
    message = chart_message("Causes", [causes(("Damaged", "60"), ("Miscount", "40"))])
    assert labels(message) == ["Damaged", "Miscount"]
    assert values(message) == {"Gross EUR": [60.0, 40.0], "Running total EUR": [60.0, 100.0]}


def test_names_that_are_alike_in_twenty_characters_are_told_apart() -> None:
    message = chart_message("Causes", [causes((LONG, "96.20"), (LONG + " again", "80"))])
    assert labels(message) == ["Unrecorded issue to…", "Unrecorded issue… 2"]


def test_promised_and_done_stand_beside_each_other() -> None:
    message = chart_message("Coverage", [coverage(("A", "12", "120", 96), ("", "0", "0", 3))])
    assert labels(message) == ["A · 12 a year", "No class · 0 a year"]
    assert values(message) == {"Promised": [120, 0], "Done": [96, 3]}


def test_two_charts_go_into_a_message_with_one_table_and_three_do_not() -> None:
    two = [CHARTS["accuracy"](), CHARTS["causes"]()]
    head = blocks.section("This week", "head")
    drawn, table, lines = forms(chart_message("Numbers", two, above=[head], below=[blocks.divider("end")]))
    for form in (drawn, table, lines):
        prepared_blocks(form.blocks, Limits())
        assert (form.blocks[0]["block_id"], form.blocks[-1]["block_id"]) == ("head", "end")
    assert kinds(drawn).count(DRAWN) == 2
    assert kinds(table).count("table") == 1
    assert "section" in kinds(table)[3:]
    with pytest.raises(ValueError, match="3 charts in one message"):
        chart_message("Numbers", [*two, CHARTS["coverage"]()])


def test_a_table_that_is_there_already_stays_the_only_one() -> None:
    there = TableBlock([[RawText("x")]], block_id="there")
    empty_first = chart_message("Numbers", [CHARTS["coverage-none"](), CHARTS["causes"]()])
    assert [kinds(form).count("table") for form in forms(empty_first)] == [0, 1, 0]
    for form in forms(chart_message("Numbers", [CHARTS["causes"]()], above=[there])):
        prepared_blocks(form.blocks, Limits())
        assert kinds(form).count("table") == 1


@settings(deadline=None)
@given(ANY_CHART)
def test_whatever_was_counted_is_taken(chart: AnyChart) -> None:
    for form in forms(chart_message("Numbers", [chart])):
        prepared_blocks(form.blocks, Limits())


def test_names_of_causes_ring_nobody_and_format_nothing() -> None:
    for form in forms(chart_message("Causes", [causes(("<!channel> *bold*", "5"), ("B", "1"))])):
        texts = [form.text, *(dumped(block) for block in form.blocks if block["type"] in {"section", "context"})]
        assert not any("<!channel>" in text for text in texts)
