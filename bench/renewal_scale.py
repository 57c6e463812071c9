"""What renewals cost by how many services there are and how many are due: `python -m bench.renewal_scale`.

`--services`, `--due` and `--charges` measure other sizes, smaller ones for instance.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import structlog

from bench.renewal_books import Size, fill
from bench.renewal_charges import measure_charges
from bench.renewal_selection import Round
from tests.harness.simulator import ROOT, running_simulator
from tests.harness.template import make_template


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.renewal_scale")
    parser.add_argument("--services", type=int, nargs="+", default=[10_000, 100_000, 1_000_000], metavar="COUNT")
    parser.add_argument("--due", type=int, default=10_000, help="of each, and ten times as many of the last")
    parser.add_argument("--charges", type=int, default=200, help="renewals that are charged")
    return parser.parse_args()


def sizes(asked: argparse.Namespace) -> list[Size]:
    """Return what is measured: ever more services with as many due, then the most of them with ten times as many."""
    same_due = [Size(services=services, due=min(asked.due, services)) for services in asked.services]
    most = same_due[-1]
    return [*same_due, Size(services=most.services, due=min(10 * most.due, most.services))]


def measure_rounds(directory: Path, template: Path, asked: argparse.Namespace) -> None:
    print("services       due  transactions  seconds  CPU ms per due  MiB before  MiB peak", flush=True)
    for size in sizes(asked):
        with tempfile.TemporaryDirectory(dir=directory) as name:
            path = Path(shutil.copy(template, name))
            fill(path, size)
            found = make_round(path)
        print(
            f"{size.services:8}  {size.due:8}  {found.transactions:12}  {found.seconds:7.1f}  "
            f"{found.cpu_seconds / size.due * 1000:14.2f}  {found.before_mib:10.1f}  {found.peak_mib:8.1f}",
            flush=True,
        )
    print("first page, other pages:", *found.plans, sep="\n  ")


def make_round(path: Path) -> Round:
    """Let a process of its own make the round, so that its memory is nobody else's."""
    command = [sys.executable, "-m", "bench.renewal_selection", str(path)]
    told = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout
    return Round(**json.loads(told.splitlines()[-1]))


def main() -> None:
    asked = read_arguments()
    with tempfile.TemporaryDirectory() as name, running_simulator(Path(name) / "simulator.db") as simulator:
        directory = Path(name)
        log = (directory / "log").open("w")  # written as ever, but not between the figures
        structlog.configure(logger_factory=structlog.PrintLoggerFactory(log))
        template = make_template(directory, simulator)
        measure_rounds(directory, template, asked)
        measure_charges(directory, template, simulator, count=asked.charges)


if __name__ == "__main__":
    main()
