"""Exports asked for in Slack: noted once, for who may have them, and with what they may see."""

from dataclasses import replace

import pytest
from sqlmodel import Session, select

from models.errors import WrongState
from models.export_requests import ExportRequest
from models.services import export_requests
from models.services.export_requests import Wish
from models.services.export_tables import EVERYTHING
from tests.services.test_exports import bolts_of, counted
from tests.services.test_races import ROUNDS, race
from tests.world import World

WISH = Wish("history", "xlsx", "")


def test_of_two_that_are_asked_for_at_once_one_is_made(world: World) -> None:
    ben = world.person("ben")

    def ask(session: Session) -> object:
        return export_requests.ask(session, ben, WISH, channel="D01BEN", now=world.now)

    for number in ROUNDS:
        results = race(world, ask, ask)
        assert {type(one) for one in results} == {ExportRequest, WrongState}
        with world.database.write() as session:
            made = session.exec(select(ExportRequest)).all()
            assert len(made) == number + 1
            export_requests.finish(session, made[-1].id or 0, now=world.now)


def test_what_is_left_out_is_that_of_the_lines_that_are_wanted(world: World) -> None:
    bolts, nuts = bolts_of(world), world.stock("NUT-1", "A-02", 5)
    counted(world, bolts)
    world.start()
    wanted = replace(EVERYTHING, hidden=frozenset({bolts.item_id, nuts.item_id}))
    with world.database.read() as session:
        assert export_requests.left_out(session, wanted).skus == ("BOLT-10", "NUT-1")
        assert export_requests.left_out(session, replace(wanted, item_id=bolts.item_id)).skus == ("BOLT-10",)
        assert export_requests.left_out(session, replace(wanted, location_id=nuts.location_id)).skus == ("NUT-1",)
        assert export_requests.left_out(session, EVERYTHING).skus == ()


@pytest.mark.parametrize("words", ["", "BOLT-10 last month", "only adjusted"])
def test_a_wish_is_what_it_says(words: str) -> None:
    for ending, form in (("", "xlsx"), (" xlsx", "xlsx"), (" CSV", "csv")):
        assert export_requests.read_wish(f"History {words}{ending}") == Wish("history", form, words)
