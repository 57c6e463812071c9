"""One run of a plan from its first day to the audit of its books."""

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import structlog

from tests.years import audit_charges, audit_mails, audit_money
from tests.years.evidence import Evidence
from tests.years.ledger import ledger
from tests.years.simulation import Plan, Simulation

Check = Callable[[Evidence], Iterator[str]]
SHARED_MEMORY = Path("/dev/shm")
MEMORY = SHARED_MEMORY if SHARED_MEMORY.is_dir() else None  # no disk: what dies here is a process, no machine
CHECKS: tuple[Check, ...] = (*audit_money.CHECKS, *audit_charges.CHECKS, *audit_mails.CHECKS)
PUNCTUAL: tuple[Check, ...] = (audit_charges.days, audit_mails.explained)  # they reckon with a round on every day


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What an auditor says of a run, its books, and some figures of them."""

    findings: list[str]
    ledger: list[str]
    figures: dict[str, int]
    deaths: Counter[str]


async def live_through(plan: Plan, *, tell: Callable[[str], None] = lambda _: None) -> Outcome:
    """Let the years of the plan pass, and audit them; what the product logs meanwhile is of no interest."""
    configuration = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger("critical"))
    try:
        with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
            simulation = Simulation(plan, Path(folder), tell=tell)
            await simulation.run()
            seen = evidence_of(simulation)
            outcome = Outcome(
                findings=[f"{check.__name__}: {finding}" for check in checks_of(plan) for finding in check(seen)],
                ledger=ledger(seen),
                figures=figures_of(seen),
                deaths=simulation.world.fate.deaths,
            )
            await simulation.close()
    finally:
        structlog.configure(**configuration)
    return outcome


def checks_of(plan: Plan) -> list[Check]:
    """Return what must hold in such a run."""
    checks = [check for check in CHECKS if not (plan.outages and check in PUNCTUAL)]
    return checks if plan.deaths else [*checks, audit_mails.posted_once]


def evidence_of(simulation: Simulation) -> Evidence:
    return Evidence(
        books=simulation.books,
        diary=simulation.diary,
        posted=simulation.world.mail.posted,
        postal=simulation.postal,
        prices=simulation.prices,
        contracts={contract.id: contract for person in simulation.people.values() for contract in person.contracts},
        ended_at=simulation.ended_at,
    )


def figures_of(seen: Evidence) -> dict[str, int]:
    """Count what the years have brought."""
    charges = [charge for each in seen.charges.values() for charge in each]
    by_hand = [id for id in seen.success if seen.payments[id]["initiator"] == "CUSTOMER"]
    renewed = [id for id in by_hand if seen.orders[seen.payments[id]["order_id"]]["renews_service_id"]]
    mails = Counter(row["kind"] for row in seen.emails)
    return {
        "customers": len(seen.books.rows("customers")),
        "services": len(seen.contracts),
        "flags turned": len(seen.diary.turns),
        "charges": len(charges),
        "… that PayPal refused": sum(charge["status"] == "FAILED" for charge in charges),
        "renewals charged": sum(charge["status"] == "SUCCEEDED" for charge in charges),
        "renewals paid by hand": len(renewed),
        "other orders paid": len(by_hand) - len(renewed),
        "captures at PayPal": len(seen.taken),
        "cents taken": sum(each["amount"]["minor"] for each in seen.taken),
        "mails": len(seen.emails),
        "… that bounced": sum(row["status"] == "BOUNCED" for row in seen.emails),
        **{f"… {kind}": mails[kind] for kind in sorted(mails)},
    }
