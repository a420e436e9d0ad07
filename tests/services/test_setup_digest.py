"""`digest` in setup.toml: of the company, of one team, or off."""

import pytest

from models.errors import BadFile
from models.people import Company, Team
from tests.services.setup_example import SETUP
from tests.services.test_setup_calendars import apply
from tests.world import World


def file(*, company: str = "", team: str = "") -> str:
    """The set-up file of the manual, with these lines in it."""
    before, team_head, rest = SETUP.partition("\n[[team]]\n")
    return f"{before}{company}{team_head}{team}{rest}"


def said(world: World) -> tuple[str, str | None]:
    with world.database.read() as session:
        return session.get_one(Company, 1).digest, session.get_one(Team, world.team_id).digest


def test_what_nobody_says_is_eight_o_clock(world: World) -> None:
    world.stock("BOLT-10", "A-01-03", 1)
    apply(world.database, file(), world.now)
    assert said(world) == ("08:00", None)


def test_a_team_goes_before_the_company(world: World) -> None:
    world.stock("BOLT-10", "A-01-03", 1)
    both = file(company='digest = "7:30"\n', team='digest = "off"\n')
    told = apply(world.database, both, world.now)
    assert [one for one in told if "digest" in one] == [
        'company: timezone "UTC" -> "Europe/Berlin", digest "08:00" -> "07:30"',
        'team "Fleet Parts": digest as the company -> "off"',
    ]
    assert said(world) == ("07:30", "off")
    assert not any("digest" in one for one in apply(world.database, both, world.now))
    apply(world.database, file(), world.now)
    assert said(world) == ("08:00", None), "what the file says no more is as it was at first"


def test_what_is_no_time(world: World) -> None:
    with pytest.raises(BadFile) as refused:
        apply(world.database, file(company='digest = "noon"\n', team="digest = 8\n"), world.now)
    assert str(refused.value).splitlines() == [
        "setup.toml line 5: digest: “noon” is not a time of day. Write it like 08:00, or off.",
        'setup.toml line 8: team "Fleet Parts": digest must be a text',
    ]


@pytest.mark.parametrize("digest", ["08:00", "off"])
def test_an_older_file_leaves_it_alone(world: World, digest: str) -> None:
    """A file that has never named it does not take back what a newer one, or somebody, has said."""
    world.stock("BOLT-10", "A-01-03", 1)
    apply(world.database, file(), world.now)
    with world.step() as session:
        session.get_one(Company, 1).digest = digest
    apply(world.database, file(), world.now)
    assert said(world) == (digest, None)
