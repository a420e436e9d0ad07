"""The long measurements: `python -m tests.bench WHAT`. What each one measures stands in README.md beside this file."""

import argparse
import sys
from pathlib import Path

from tests.bench.asking import run as run_history
from tests.bench.exporting import run as run_export
from tests.bench.forecasting import run as run_forecast
from tests.bench.picking import run as run_pick
from tests.bench.planning import run as run_plan
from tests.bench.reordering import run as run_reorder
from tests.bench.sealing import run as run_seal


def main() -> int:
    """Run one measurement and print its table; 1 when something that must hold did not."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="WHAT")
    plan = commands.add_parser("plan", help="simulated years of levelled counting")
    plan.add_argument("--items", type=int, default=10_000)
    plan.add_argument("--years", type=int, default=2)
    plan.add_argument("--seed", type=int, default=1)
    plan.add_argument("--capacity", type=float, nargs="+", default=[1.2, 0.8], help="as parts of the demand")
    plan.set_defaults(run=run_plan)
    pick = commands.add_parser("pick", help="the lines of one run out of many stock rows, against plain SQL")
    pick.add_argument("--rows", type=int, default=1_000_000)
    pick.add_argument("--lines", type=int, default=200)
    pick.add_argument("--url", help="an empty PostgreSQL database (default: a SQLite file that is thrown away)")
    pick.set_defaults(run=run_pick)
    seal = commands.add_parser("seal", help="ledger rows sealed and followed a second")
    seal.add_argument("--rows", type=int, default=200_000)
    seal.add_argument("--url", help="an empty PostgreSQL database (default: a SQLite file that is thrown away)")
    seal.set_defaults(run=run_seal)
    export = commands.add_parser("export", help="memory that an export takes, against one of a hundredth of the rows")
    export.add_argument("--rows", type=int, default=1_000_000)
    export.add_argument("--url", help="an empty PostgreSQL database (default: a SQLite file that is thrown away)")
    export.set_defaults(run=run_export)
    forecast = commands.add_parser("forecast", help="every way to forecast, on days held out before")
    forecast.add_argument("--data", type=Path, required=True, metavar="DIR", help="with retail_demand.csv.gz")
    forecast.add_argument("--lead-time", type=int, nargs="+", default=[1, 4], metavar="WEEKS")
    forecast.set_defaults(run=run_forecast)
    reorder = commands.add_parser("reorder", help="simulated years of ordering by records that drift")
    reorder.add_argument("--items", type=int, default=300)
    reorder.add_argument("--seeds", type=int, default=5)
    reorder.set_defaults(run=run_reorder)
    history = commands.add_parser("history", help="history and accuracy of many counts against those of few")
    history.add_argument("--rows", type=int, nargs=2, default=[10_000, 10_000_000], metavar=("FEW", "MANY"))
    history.add_argument("--url", nargs=2, help="two empty PostgreSQL databases (default: SQLite files, thrown away)")
    history.set_defaults(run=run_history)
    parsed = parser.parse_args()
    code: int = parsed.run(parsed)
    return code


if __name__ == "__main__":
    sys.exit(main())
