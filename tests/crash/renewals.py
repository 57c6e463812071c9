"""A renewal that charges itself while the product lives and dies: its round, its charge, and what must be true then."""

from datetime import date, timedelta
from typing import Any

from models import tables
from models.database import Database
from models.enums import Job, ServiceStatus
from tests.crash.journeys import MAILS, Journey
from tests.crash.stage import Run
from tests.crash.verdict import CENTS, SUM, at_paypal, complaints, request_ids
from tests.crash.visits import Visit
from tests.factories import TODAY, make_service, save
from tests.renewals import make_notice, make_notice_email, make_renewal
from workflows.outbox import owing_from_outside

EXPIRY, RENEWED = TODAY + timedelta(days=7), date(2026, 3, 15)
LABEL = "si.rinnova@pec.example"
SERVICE = "SELECT id, expires_on, auto_renewal, status, renewal_account_id FROM services WHERE label = :label"
CHARGED = "SELECT count(*) = 1 FROM services WHERE label = 'si.rinnova@pec.example' AND expires_on = '2026-03-15'"
HOLDER = "SELECT customer_id, account_id FROM payments WHERE id = :payment"
AUTOMATIC = "SELECT id FROM payments WHERE initiator = 'AUTOMATIC_RENEWAL'"
IN_THE_BOOKS = {
    "service": "SELECT expires_on, auto_renewal, status FROM services WHERE label = 'si.rinnova@pec.example'",
    "orders": "SELECT status, origin, gross_cents FROM orders WHERE origin = 'SCHEDULER'",
    "payments": "SELECT status, amount_cents FROM payments WHERE initiator = 'AUTOMATIC_RENEWAL'",
    "attempts": "SELECT number FROM payment_attempts",
    "renewals": "SELECT next_attempt_on, obstacle FROM renewals",
    "mails": "SELECT kind, status FROM emails ORDER BY kind",
    "consents": "SELECT kind FROM consents",
    "pauses": "SELECT id FROM pauses",
    "unfinished": "SELECT workflow_uuid, status FROM workflow_status WHERE status NOT IN ('SUCCESS', 'DELAYED')",
    "broken links": "PRAGMA foreign_key_check",
}


async def renew_by_itself(visit: Visit) -> None:
    """Seven days before its expiry, the calendar makes its round at a service whose notice went out in time."""
    database = Database(visit.books.url)
    try:
        async with owing_from_outside(database), database.write() as session:
            for batch in await announced(session, visit):
                await save(session, *batch)
            await session.later(Job.RUN_CALENDAR, "round-1")
    finally:
        await database.close()
    await visit.until(CHARGED)
    [(visit.payment_id,)] = visit.books.rows(AUTOMATIC)


async def announced(session: Any, visit: Visit) -> list[list[tables.Table]]:
    """Return a PEC of the customer's that renews on the registered account today, and what announced it."""
    [(customer_id, account_id)] = visit.books.rows(HOLDER, payment=visit.payment_id)
    customer = await session.get_one(tables.Customer, customer_id)
    account = await session.get_one(tables.PayPalAccount, account_id)
    pec = make_service(
        customer, renews_on=account, label=LABEL, expires_on=EXPIRY, status=ServiceStatus.EXPIRING, look_on=TODAY
    )
    email = make_notice_email(pec)
    return [[pec], [email], [make_notice(pec, email=email, account=account), make_renewal(pec)]]


RENEWAL = Journey(
    name="renewal",
    go=renew_by_itself,
    streams=("round 1", "charge 1", MAILS[0]),
    registered=True,
)


def check_renewal(run: Run) -> None:
    """Assert that the renewal was charged once, under stored request ids, and everything followed from it once."""
    expected: dict[str, list[tuple[Any, ...]]] = {
        "service": [(RENEWED.isoformat(), "ON", "ACTIVE")],
        "orders": [("PAID", "SCHEDULER", CENTS)],
        "payments": [("SUCCEEDED", CENTS)],
        "attempts": [(1,)],
        "renewals": [(None, None)],
        "mails": [("PAYMENT_CONFIRMATION", "SENT"), ("RENEWAL_NOTICE", "SENT")],
        "consents": [],
        "pauses": [],
        "unfinished": [],
        "broken links": [],
    }
    found = {what: run.books.rows(query) for what, query in IN_THE_BOOKS.items()}
    wrong = [f"{what}: {found[what]}, and not {rows}" for what, rows in expected.items() if found[what] != rows]
    assert wrong == [], f"{wrong}\n{run}"
    [(attempt,)] = run.books.rows("SELECT id FROM payment_attempts")
    assert request_ids(run, "/v2/checkout/orders") == {f"{attempt}-create", f"{attempt}-capture-1"}, run
    assert [each["amount"]["value"] for each in at_paypal(run)["captures"]] == [SUM], run
    assert complaints(run.log) == [], run
