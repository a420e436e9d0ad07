"""Charts, as strict as Slack: every limit from both sides, and points that fit the axis."""

from typing import Any

import pytest

from bot.sandbox.checks.schema import Surface
from tests.sandbox.test_blocks import chart, problems_of

Series = dict[str, Any]


def series(points: dict[str, float], name: str = "IRA") -> Series:
    return {"name": name, "data": [{"label": label, "value": value} for label, value in points.items()]}


def drawn(*all_series: Series, categories: list[str] | None = None, **axis: Any) -> list[dict[str, Any]]:
    names = [point["label"] for point in all_series[0]["data"]] if categories is None else categories
    return [chart(series=list(all_series), axis_config={"categories": names, **axis})]


def numbered(count: int) -> dict[str, float]:
    return {f"w{number}": number for number in range(count)}


@pytest.mark.parametrize("kind", ["line", "bar", "area"])
def test_what_fits_is_taken(kind: str) -> None:
    full = [series(numbered(20), f"Series {number}") for number in range(6)]
    (block,) = drawn(*full, x_label="x" * 50, y_label="y" * 50)
    block["chart"]["type"] = kind
    assert problems_of([block]) == []
    assert problems_of(drawn(series({"l" * 20: -1.5}, "n" * 20))) == []


@pytest.mark.parametrize(
    ("blocks", "complaint"),
    [
        (drawn(series({"Mon": 1}, "n" * 21)), "must be less than 21 characters"),
        (drawn(series({"l" * 21: 1})), "must be less than 21 characters"),
        (drawn(series({"Mon": 1}), x_label="x" * 51), "must be less than 51 characters"),
        (drawn(series({"Mon": 1}), y_label="y" * 51), "must be less than 51 characters"),
        (drawn(series({"Mon": 1}), series({"Mon": 2})), "series names must be unique"),
        (drawn(series({"Mon": 1, "Tue": 2}, "A"), series({"Mon": 1}, "B")), "must have one point for every category"),
        (drawn(series({"Mon": 1}), categories=["Tue"]), "must have one point for every category"),
        (drawn(series(numbered(20)), categories=[*numbered(21)]), "no more than 20 items"),
        (drawn({"name": "A", "data": [{"label": "Mon", "value": 1}] * 2}), "categories must be unique"),
        (drawn(series({})), "no fewer than 1 items"),
        (drawn(series({"Mon": float("nan")})), "must provide a number"),
        (drawn(series({"Mon": float("inf")})), "must provide a number"),
        (drawn({"name": "A", "data": [{"label": "Mon", "value": None}]}), "must provide a number"),
        (drawn({"name": "A", "data": [{"label": "Mon"}]}), "missing required field: value"),
        ([{"type": "data_visualization", "chart": chart()["chart"]}], "missing required field: title"),
        ([chart(type="scatter")], "unsupported type: scatter"),
    ],
)
def test_what_does_not_fit_is_refused(blocks: list[dict[str, Any]], complaint: str) -> None:
    assert complaint in " ".join(problems_of(blocks))


@pytest.mark.parametrize("surface", ["modal", "home"])
def test_charts_are_for_messages(surface: Surface) -> None:
    assert "unsupported type: data_visualization" in " ".join(problems_of([chart()], surface))
