"""What approvers and stock control read in the thread of a card that nobody decides."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot import ids
from bot.views.review_call import review_call
from models.services.review_calls import CallFacts
from scheduler.jobs import tick
from tests.bot.test_decisions import in_review
from tests.bot.workplace import REVIEW, Workplace

FACTS = CallFacts(
    line_id=34, is_current=True, sku="BOLT-10", location="A-01-03", team="Fleet Parts",
    since=datetime(2026, 11, 22, 9, 40, tzinfo=UTC), zone=ZoneInfo("UTC"), asked=("U01BEN", "U01EVA"),
    to_stock_control=False,
)  # fmt: skip
SINCE = "<!date^1795340400^{date_short_pretty} at {time}|22 Nov at 09:40>"


def test_the_sentences() -> None:
    assert review_call(FACTS).text == (
        f"<@U01BEN> or <@U01EVA>, please decide BOLT-10 in A-01-03: it waits since {SINCE}."
    )
    assert review_call(replace(FACTS, asked=("U01KIM",), to_stock_control=True)).text == (
        f"<@U01KIM>, please decide BOLT-10 in A-01-03: nobody of Fleet Parts has since {SINCE}."
    )
    assert review_call(replace(FACTS, asked=())).text == (
        f"Nobody may decide BOLT-10 in A-01-03, which waits since {SINCE}. Name an approver who has not counted it."
    )
    assert review_call(replace(FACTS, is_current=False)).text == (
        "BOLT-10 in A-01-03 waited long for a decision; this call is over."
    )


def test_the_calls_stand_in_the_thread_and_end_with_the_decision(place: Workplace) -> None:
    _, line = in_review(place)

    def thread() -> list[str]:
        replies = place.ws.thread(REVIEW, place.card(line).ts)
        return [place.read(one) for one in replies if one.ts != one.thread_ts]

    for hours in (8, 16):
        place.wait(timedelta(hours=hours))
        tick(place.database, place.now())
        place.settle()
    first, second = thread()
    assert first == "BOLT-10 in A-01-03 waited long for a decision; this call is over."
    assert second.startswith("@Kim, please decide BOLT-10 in A-01-03: nobody of Fleet Parts has since")
    place.click_card("ben", line, ids.APPROVE)
    place.settle()
    assert thread() == [first, first]
