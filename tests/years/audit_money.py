"""No double charge and no lost year: every sum that PayPal took pays one order, every paid order moves one expiry."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from tests.years.books import moment
from tests.years.evidence import Evidence

PAID = {"PAID", "ACTIVATED"}
ENDED = {"SUCCEEDED", "FAILED", "CANCELED", "EXPIRED"}
WAITING = {"AWAITING_ACCOUNT", "AWAITING_CONFIRMATION", "PENDING"}  # for the customer, or for PayPal's decision


def captures(seen: Evidence) -> Iterator[str]:
    """Every capture belongs to one payment that has succeeded, with its sum; no payment has succeeded without one."""
    for capture in seen.taken:
        payment = seen.payments[seen.attempts[capture["custom_id"]]["payment_id"]]
        claimed = (payment["status"], payment["capture_id"], payment["amount_cents"])
        if claimed != ("SUCCEEDED", capture["id"], capture["amount"]["minor"]):
            yield f"PayPal has {capture['id']}, {capture['amount']['minor']}; we have {claimed}"
    succeeded = {id for id, payment in seen.payments.items() if payment["status"] == "SUCCEEDED"}
    if succeeded != set(seen.success) or len(seen.taken) != len(succeeded):
        of_one_side = len(succeeded ^ set(seen.success))
        yield f"{len(seen.taken)} captures, {len(succeeded)} successes, {of_one_side} of one side only"


def orders(seen: Evidence) -> Iterator[str]:
    """An order is paid by one capture, of its sum; an order that is not paid by none."""
    captured = Counter(seen.payments[id]["order_id"] for id in seen.success)
    for id, order in seen.orders.items():
        if captured[id] != (order["status"] in PAID):
            yield f"{order['number']} is {order['status']} with {captured[id]} captures"
    for id, capture in seen.success.items():
        order = seen.orders[seen.payments[id]["order_id"]]
        if capture["amount"]["minor"] != order["gross_cents"]:
            yield f"{order['number']} costs {order['gross_cents']}, PayPal took {capture['amount']['minor']}"


def renewals(seen: Evidence) -> Iterator[str]:
    """Money was taken at most once for each service and expiry."""
    paid = Counter[tuple[str, str]]()
    for id in seen.success:
        order = seen.orders[seen.payments[id]["order_id"]]
        if order["renews_service_id"]:
            paid[order["renews_service_id"], order["renews_expiry"]] += 1
    yield from (
        f"{service} was paid {times} times at {expiry}" for (service, expiry), times in paid.items() if times > 1
    )


def years(seen: Evidence) -> Iterator[str]:
    """Every service ends where its first expiry and its paid terms say: no gap, no year lost, none given twice."""
    for id, contract in seen.contracts.items():
        row, periods = seen.books.row("services", id), seen.periods[id]
        reckoned = periods[-1].expiry if periods else contract.expires_on
        if row["expires_on"] != (reckoned.isoformat() if reckoned else None):
            yield f"{id} expires on {row['expires_on']}, paid until {reckoned}"
        for earlier, later in pairwise(periods):
            if later.expiry.year - earlier.expiry.year < 1 or later.since != earlier.until:
                yield f"{id}: after {earlier.expiry} comes {later.expiry}"


def expiries(seen: Evidence) -> Iterator[str]:
    """What is paid renews the expiry that the service had at that moment."""
    for id in seen.success:
        payment = seen.payments[id]
        order = seen.orders[payment["order_id"]]
        if order["renews_service_id"] is None:
            continue
        at, expiry = moment(payment["ended_at"]), date.fromisoformat(order["renews_expiry"])
        renewed = [period for period in seen.periods[order["renews_service_id"]] if period.until == at]
        if [period.expiry for period in renewed] != [expiry]:
            yield f"{order['number']} renews {order['renews_service_id']} at {expiry}, but it was {renewed}"


def refunds(seen: Evidence) -> Iterator[str]:
    """What was given back is the same in both books."""
    theirs = Counter((each["capture_id"], each["amount"]["minor"]) for each in seen.books.records("refund"))
    ours = Counter((row["capture_id"], row["amount_cents"]) for row in seen.books.rows("refunds"))
    if theirs != ours:
        yield f"PayPal gave back {theirs}, we say {ours}"


def ends(seen: Evidence) -> Iterator[str]:
    """Every payment has come to its end, or waits for a person; nothing is paused, no work has failed."""
    for id, payment in seen.payments.items():
        if payment["status"] not in ENDED | WAITING:
            yield f"{id} is still {payment['status']}"
    yield from (f"paused: {row['reason']}" for row in seen.books.rows("pauses"))
    yield from (f"failed: {row['key']}" for row in seen.books.rows("stepping_jobs", "state = 'FAILED'"))


CHECKS = (captures, orders, renewals, years, expiries, refunds, ends)
