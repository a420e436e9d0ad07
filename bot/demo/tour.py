"""The tour: the whole loop played without hands, printed as a transcript, and checked while it runs.

Each step says who does what, shows what Slack showed that person, and what the ledger got. What a step expects is
checked against the database and the workspace; the first thing that does not hold ends the tour with the reason.
"""

from collections.abc import Callable, Mapping
from typing import TextIO

from bot import ids
from bot.demo.script import Script
from bot.demo.world import PARTS, REVIEW, World, import_stock_file

# What Ana finds. BELT-6PK, WIPER-55 and ALT-90 she leaves blank: Dan counts those.
ANA_COUNTS = {
    "OF-712": "2 boxes",
    "AF-2201": "19",  # a slip: it is 9
    "BOLT-10": "2 boxes + 8",
    "FUSE-15": "21 pcs",  # a digit lost: it is 210
    "FUSE-30": "96 pcs",
    "NUT-10": "399 pcs",  # one short of 400, within 2 %
    "BULB-H7": "48",  # of what? She is asked once
    "GREASE-1": "18.5 kg",
    "PAD-330": "16",
}
ASKED = ("FUSE-30", "BULB-H7")

NEW_PLAN: Mapping[str, str | list[str]] = {
    "name": "Aisle B",
    "team": "Fleet Parts",
    "bins": "B-",
    "choice": ["never"],
    "lines": "10",
}


def take_tour(world: World, out: TextIO) -> None:
    """Play the loop in `world` and write the transcript to `out`; raises DemoFailed at the first step that fails."""
    script = Script(world, out)
    for step in STEPS:
        step(script)
    script.say("\nEverything held: every step above was checked against the ledger, and `check` found nothing.")


def _sheet_arrives(script: Script) -> None:
    script.heading("The plan's time comes, and its count sheet arrives by itself")
    script.sheet_ts = script.wait("the count sheet", lambda: _sheet_ts(script))
    script.shows("Ana", PARTS, script.sheet_ts)


def _ana_counts(script: Script) -> None:
    script.heading("Ana counts nine bins, and never sees what the record says")
    script.click("Ana", PARTS, script.sheet_ts, ids.ENTER_COUNTS)
    script.shows_view("Ana")
    refused = script.submit("Ana", ANA_COUNTS | {"FUSE-30": "99999999999"})
    script.expect(len(refused.errors or {}) == len(ASKED), "an absurd quantity and a bare one are stopped at the field")
    script.saw("Ana", "\n".join((refused.errors or {}).values()))
    done = script.submit("Ana", {sku: ANA_COUNTS[sku] for sku in ASKED})
    script.expect(done.errors is None, f"the page is saved (errors: {done.errors})")
    script.shows_view("Ana")
    script.close_views("Ana")
    script.ledger("NUT-10", "A-02-02")
    script.expect(script.on_hand("NUT-10", "A-02-02") == "399", "one nut short is within 2 % and posted by itself")
    script.expect(script.on_hand("BOLT-10", "A-01-03") == "120", "nothing is posted for the bolts yet")


def _dan_replies(script: Script) -> None:
    script.heading("Dan replies in the thread, with his gloves on")
    script.reply("Dan", "BELT-6P 13\nWIPER-55 3 boxes\nALT-90 2")
    script.reply("Dan", "BELT-6PK 13")


def _goods_arrive(script: Script) -> None:
    script.heading("Meanwhile 20 bolts are received; nothing is frozen while people count")
    script.receive("BOLT-10", "A-01-03", "20", "PO-881")
    script.ledger("BOLT-10", "A-01-03")


def _recounts(script: Script) -> None:
    script.heading("What was out of tolerance is counted again, blind, by somebody else")
    script.recount("Dan", "BOLT-10", "108 pcs")
    script.recount("Dan", "FUSE-15", "210 pcs")
    script.recount("Dan", "AF-2201", "8")
    script.recount("Ana", "BELT-6PK", "14")
    script.recount("Ana", "WIPER-55", "29 pcs")
    script.recount("Ana", "ALT-90", "3")
    script.expect(script.on_hand("FUSE-15", "A-01-04") == "210", "the recount matched, so the fuses are settled")
    script.wait("the review cards", lambda: len(script.cards()) >= len(("BOLT-10", "AF-2201", "WIPER-55", "ALT-90")))


def _ben_approves(script: Script) -> None:
    script.heading("Ben approves the bolts")
    script.wait("the receipt on the card", lambda: "+20" in script.read("Ben", REVIEW, script.card("BOLT-10")))
    script.shows("Ben", REVIEW, script.card("BOLT-10"))
    script.choose_cause("Ben", "BOLT-10", "unrecorded issue")
    script.click_text("Ben", REVIEW, script.card("BOLT-10"), "Approve")
    script.wait("the decided card", lambda: "Approved by Ben" in script.read("Ben", REVIEW, script.card("BOLT-10")))
    script.shows("Ben", REVIEW, script.card("BOLT-10"))
    script.ledger("BOLT-10", "A-01-03")
    script.expect(script.on_hand("BOLT-10", "A-01-03") == "128", "-12 as of the count, the +20 since stays: 128")


def _limits(script: Script) -> None:
    script.heading("Alternators are over Ben's limit, so Eva is asked")
    refused = script.click_text("Ben", REVIEW, script.card("ALT-90"), "Approve")
    script.expect("over your limit" in refused, "an approver cannot exceed the limit")
    script.choose_cause("Eva", "ALT-90", "lost or stolen")
    seen = script.message("Ben", REVIEW, script.card("ALT-90"))
    script.click_text("Eva", REVIEW, script.card("ALT-90"), "Approve")
    late = script.click_text("Ben", REVIEW, script.card("ALT-90"), "Approve", seen=seen)
    script.expect("Eva approved this" in late, "the second click is told who decided")
    script.ledger("ALT-90", "A-03-02")
    script.expect(script.on_hand("ALT-90", "A-03-02") == "3", "the alternators are 3")


def _adjust_and_reject(script: Script) -> None:
    script.heading("Two wipers lie in the van: Ben adjusts. The air filters he does not believe: rejected")
    script.click_text("Ben", REVIEW, script.card("WIPER-55"), "Adjust…")
    script.shows_view("Ben")
    script.fill("Ben", quantity="31", reason="misplaced", note="two in the van, one missing")
    script.ledger("WIPER-55", "A-02-03")
    script.expect(script.on_hand("WIPER-55", "A-02-03") == "31", "the adjustment took what was there at the count")
    script.click_text("Ben", REVIEW, script.card("AF-2201"), "Reject…")
    script.fill("Ben", reason="count error", note="19 and 8 cannot both be")
    script.wait("the rejection", lambda: "Rejected by Ben" in script.read("Ben", REVIEW, script.card("AF-2201")))
    script.expect(script.on_hand("AF-2201", "A-01-02") == "9", "a rejected count posts nothing")


def _closed(script: Script) -> None:
    script.heading("The last line is settled: the sheet shows the result")
    script.wait("the closed sheet", lambda: "closed" in script.read("Ana", PARTS, script.sheet_ts))
    script.shows("Ana", PARTS, script.sheet_ts)


def _questions(script: Script) -> None:
    script.heading("Anybody can ask afterwards")
    script.slash("Kim", "/count history BOLT-10")
    script.slash("Kim", "/count item BOLT-10")
    script.slash("Val", "/count status")


def _kim_plans(script: Script) -> None:
    script.heading("Kim plans a cycle count, and sees what it would do before she switches it on")
    script.slash("Kim", "/count new")
    script.fill_in_form("Kim", NEW_PLAN)
    script.shows_view("Kim")
    script.submit_form("Kim")
    script.slash("Ana", "/count plans")
    script.slash("Dan", "/count schedule Workshop")


def _spot_count(script: Script) -> None:
    script.heading("Ana wonders about a bin, and has it counted now")
    script.slash("Ana", "/count now B-02-01")
    script.wait("the sheet of the spot count", lambda: len(script.world.workspace.messages(PARTS)) > 1)


def _same_file_again(script: Script) -> None:
    script.heading("The same stock file is imported again: it undoes nothing")
    before = script.all_on_hand()
    done = import_stock_file(script.world.database, script.world.now())
    script.say(f"  import: {done.unchanged} unchanged, {done.corrected} corrected, {len(done.conflicts)} conflicts")
    script.expect(script.all_on_hand() == before, "importing the same file after the counts changes nothing")
    problems = script.problems()
    script.expect(not problems, f"check is clean ({problems})")


def _sheet_ts(script: Script) -> str | None:
    messages = script.world.workspace.messages(PARTS)
    return messages[0].ts if messages else None


STEPS: tuple[Callable[[Script], None], ...] = (
    _sheet_arrives,
    _ana_counts,
    _dan_replies,
    _recounts,
    _goods_arrive,
    _ben_approves,
    _limits,
    _adjust_and_reject,
    _closed,
    _questions,
    _kim_plans,
    _spot_count,
    _same_file_again,
)
