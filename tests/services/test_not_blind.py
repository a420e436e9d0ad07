"""Plans that are not blind: the first counter sees the record, nobody who recounts does, and accuracy leaves it out."""

from decimal import Decimal

import pytest

from bot.views.count_modal import count_modal
from models.plans import CountPlan
from models.services import cards, count_pages, counts, history
from models.services.history import Query
from models.services.sheets import sheet_facts
from tests.world import World


@pytest.fixture
def open_book(world: World) -> World:
    with world.database.write() as session:
        session.get_one(CountPlan, world.plan_id).blind = False
    return world


def shown(world: World, who: str, session_id: int) -> dict[str, Decimal | None]:
    with world.database.read() as session:
        return {line.sku: line.on_hand for line in counts.lines_to_count(session, world.person(who), session_id)}


def test_the_first_counter_sees_the_record_and_the_recounter_does_not(open_book: World) -> None:
    bolts = open_book.stock("BOLT-10", "A-01-03", 100)
    open_book.stock("NUT-10", "A-01-04", 50)
    line = open_book.line(bolts)
    session_id = open_book.see(line).session_id
    assert shown(open_book, "ana", session_id) == {"BOLT-10": 100, "NUT-10": 50}
    open_book.count(line, "ana", 90)
    assert shown(open_book, "dan", session_id) == {"BOLT-10": None, "NUT-10": 50}
    with open_book.database.read() as session:
        page = count_pages.shown_page(session, session_id, [line], number=1, is_single=True)
    assert [one.on_hand for one in page.lines] == [None]


def test_a_blind_plan_shows_nobody_the_record(world: World) -> None:
    line = world.line(world.stock("BOLT-10", "A-01-03", 100))
    session_id = world.see(line).session_id
    assert shown(world, "ana", session_id) == {"BOLT-10": None}
    with world.database.read() as session:
        page = count_pages.shown_page(session, session_id, [line], number=1, is_single=False)
        assert page.lines[0].on_hand is None
        assert sheet_facts(session, session_id).blind


def test_what_was_not_blind_is_no_part_of_accuracy_and_the_card_says_it(open_book: World) -> None:
    line = open_book.line(open_book.stock("BOLT-10", "A-01-03", 100))
    open_book.count(line, "ana", 90)
    open_book.count(line, "dan", 90)
    with open_book.database.read() as session:
        assert not cards.card_facts(session, line).blind
    open_book.approve(line, "ben")
    with open_book.database.read() as session:
        found = history.history(session, open_book.person("kim"), Query())
    assert (len(found.rows), found.counts, found.right_at_first) == (1, 0, 0)


def test_a_session_keeps_what_its_plan_said_when_it_started(open_book: World) -> None:
    line = open_book.line(open_book.stock("BOLT-10", "A-01-03", 100))
    with open_book.database.write() as session:
        session.get_one(CountPlan, open_book.plan_id).blind = True
    assert shown(open_book, "ana", open_book.see(line).session_id) == {"BOLT-10": 100}


def test_the_form_shows_the_record_for_the_first_count_only(open_book: World) -> None:
    bolts = open_book.stock("BOLT-10", "A-01-03", "100.5")
    open_book.stock("NUT-10", "A-01-04", -2)
    line = open_book.line(bolts)
    session_id = open_book.see(line).session_id

    def hints(who: str) -> list[str]:
        with open_book.database.read() as session:
            page = count_pages.first_page(session, open_book.person(who), session_id)
        blocks = count_modal(page)["blocks"]
        assert isinstance(blocks, list)
        return [block["hint"]["text"] for block in blocks]

    assert hints("ana") == ["BOLT-10 · pcs · the record says 100.5", "NUT-10 · pcs · the record says -2"]
    open_book.count(line, "ana", 90)
    assert hints("dan") == ["BOLT-10 · pcs", "NUT-10 · pcs · the record says -2"]


def test_the_sheet_names_what_chose_its_lines_but_nothing_that_gives_the_record_away(world: World) -> None:
    """Zero, negative and value go together; what is simply due is not worth a word, alone."""
    for number, on_hand in enumerate((0, -1, 50, 50, 50)):
        world.stock(f"SKU-{number}", f"A-0{number}", on_hand)
    for select_text, chosen in (
        ("zero 20%, negative 20%, value 20%, due 40%", {"by stock control": 3, "due": 2}),
        ("due", {}),
        ("never 40%, random 20%", {"never": 2, "random": 1}),
    ):
        with world.database.write() as session:
            session.get_one(CountPlan, world.plan_id).sqlmodel_update({"selection": select_text, "lines": 5})
        session_id = world.start().id or 0
        with world.database.read() as session:
            facts = sheet_facts(session, session_id)
        assert dict(facts.chosen) == chosen
        for line_id in world.open_lines(session_id):
            world.skip(line_id, "ana")


def test_what_somebody_has_to_count_blind_elsewhere_is_not_shown_here_either(open_book: World) -> None:
    here = open_book.stock("BOLT-10", "A-01-03", 100)
    open_book.stock("NUT-10", "A-01-04", 50)
    open_session = open_book.see(open_book.line(here)).session_id
    open_book.stock("BOLT-10", "B-02-01", 77)
    with open_book.database.write() as session:
        blind_plan = open_book.plan(session, "Blind", open_book.team_id)
    open_book.start(blind_plan)
    assert shown(open_book, "ana", open_session) == {"BOLT-10": None, "NUT-10": 50}
