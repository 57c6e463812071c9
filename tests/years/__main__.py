"""The long form: ten years of many customers; ``python -m tests.years``, or `make simulate`."""

import asyncio
import os
import sys
from time import monotonic, process_time

from tests.years.run import live_through
from tests.years.simulation import Plan


def main() -> int:
    """Run the plan that the environment names, and say what the books say; 1 when an auditor objects to something."""
    seed = int(os.environ.get("SALDO_TEST_SEED", "1"))
    customers = int(os.environ.get("SIMULATED_CUSTOMERS", "1000"))
    plan = Plan(seed=seed, customers=customers, deaths=bool(os.environ.get("SIMULATED_DEATHS")))
    sys.stdout.write(f"Ten years of {plan.customers} customers, seed {plan.seed}.\n")
    began, worked = monotonic(), process_time()
    outcome = asyncio.run(live_through(plan, tell=tell))
    for name, figure in outcome.figures.items():
        sys.stdout.write(f"{name:32}{figure:>12,}\n")
    if plan.deaths:
        sys.stdout.write(f"{'deaths of the process':32}{outcome.deaths.total():>12,}\n")
    sys.stdout.write(f"{monotonic() - began:,.0f} s, of which {process_time() - worked:,.0f} s at work\n")
    for finding in outcome.findings:
        sys.stdout.write(f"FOUND: {finding}\n")
    sys.stdout.write(f"{len(outcome.findings)} findings\n")
    return 1 if outcome.findings else 0


def tell(news: str) -> None:
    sys.stdout.write(f"{news}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
