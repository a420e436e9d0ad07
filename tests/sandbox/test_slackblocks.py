"""What the library of the bot renders is what the workspace takes: two readings of Slack's reference agree."""

from typing import Any

import pytest
import slackblocks as sb

from bot.sandbox.checks.blocks import check_blocks
from bot.sandbox.checks.schema import Problems, Surface


def options() -> list[Any]:
    return [sb.Option(text=sb.Text("Damaged", sb.TextType.PLAINTEXT), value="damaged")]


BLOCKS: list[tuple[Surface, Any]] = [
    ("message", sb.SectionBlock("*Daily parts*", block_id="s", fields=["a", "b"])),
    ("message", sb.SectionBlock("x", accessory=sb.Button("Enter counts", "enter", value="7", style="primary"))),
    ("message", sb.ActionsBlock([sb.Button("Reject…", "reject", style="danger")], block_id="a")),
    ("message", sb.ContextBlock([sb.Text("x")])),
    ("message", sb.HeaderBlock("Daily parts")),
    ("message", sb.DividerBlock()),
    ("message", sb.TableBlock([[sb.RawText("SKU")], [sb.RawText("BOLT-10")]])),
    ("message", sb.CardBlock(title="BOLT-10", body="12 pcs short")),
    ("message", sb.ContainerBlock([sb.SectionBlock("x")], title="Parts")),
    ("modal", sb.AlertBlock("Sure?", level="warning")),
    ("modal", sb.InputBlock("How many?", sb.NumberInput(is_decimal_allowed=True, action_id="n", min_value="0"))),
    ("modal", sb.InputBlock("Note", sb.PlainTextInput("note", multiline=True), optional=True)),
    ("modal", sb.InputBlock("Reason", sb.RadioButtonGroup("r", options()))),
    ("home", sb.ActionsBlock([sb.StaticSelectMenu("pick", options=options(), placeholder="Reason")])),
]


@pytest.mark.parametrize(("surface", "block"), BLOCKS, ids=lambda one: getattr(one, "type", one))
def test_what_it_renders_is_taken(surface: Surface, block: Any) -> None:
    problems = Problems(surface)
    check_blocks([block._resolve()], "/blocks", problems, 50)
    assert problems.found == []
