"""What a plan asks for, wherever it is written down: in its row, or in the facts of a form that is being filled in."""

import json
from dataclasses import dataclass

from models.plans import CountPlan, Pace
from models.rules.coverage import Covered
from models.rules.policies import Choice, parse_policies
from models.rules.runs import Run


@dataclass(frozen=True)
class Terms:
    """Which stock a plan may choose, by which policies, and how much of it a run takes.

    `bins` are prefixes within the team's (empty: all of them), `categories` names (empty: all), `lines` the most
    lines of a run.
    """

    team_id: int
    choices: tuple[Choice, ...]
    lines: int
    bins: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    pace: Pace = Pace.LEVEL


@dataclass(frozen=True)
class Leveled:
    """What a scheduled run is to be levelled by: which run it is, and which working days it stands for."""

    run: Run
    covered: Covered


def terms_of(plan: CountPlan) -> Terms:
    """The terms of a stored plan."""
    return Terms(
        team_id=plan.team_id,
        choices=parse_policies(plan.selection),
        lines=plan.lines,
        bins=tuple(filter(None, plan.bins.split(","))),
        categories=tuple(json.loads(plan.categories)),
        pace=plan.pace,
    )
