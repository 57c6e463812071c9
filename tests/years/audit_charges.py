"""No charge without notice, none after switching off, none for what never renews itself; and none is forgotten."""

from collections.abc import Iterator
from datetime import date, datetime

from tests.years.books import Row, moment, rome
from tests.years.evidence import RENEWABLE, Evidence, Period, before, morning

CHARGE_DAYS = {7, 5, 3, 1}  # before the expiry
RETRIES = {  # how often a refusal with this word may be followed by another charge; with any other it may not
    "INSTRUMENT_DECLINED": 3,
    "TRANSACTION_REFUSED": 1,
    "PAYER_ACCOUNT_LOCKED_OR_CLOSED": 1,
}


def consent(seen: Evidence) -> Iterator[str]:
    """Whoever was charged had the flag on at the claim, and had agreed; of the account that was charged, too."""
    for (service_id, expiry), charges in seen.charges.items():
        product = seen.contracts[service_id].product
        if product not in RENEWABLE:
            yield f"{service_id}: {product} was charged by itself"
        agreed = seen.books.rows("consents", "service_id = ? AND kind = 'AUTO_RENEWAL'", service_id)
        for charge in charges:
            at = moment(charge["created_at"])
            flag = seen.flag_at(service_id, at)
            if flag is None or not flag.is_on:
                yield f"{service_id} at {expiry} was charged at {at}, its flag turned off before: {flag}"
            elif flag.account_id != charge["account_id"]:
                yield f"{service_id} at {expiry}: {charge['account_id']} was charged, {flag.account_id} was chosen"
            if flag is not None and flag.maximum is not None and charge["amount_cents"] > flag.maximum:
                yield f"{service_id} at {expiry}: {charge['amount_cents']} was charged, at most {flag.maximum} agreed"
            granted = [row["granted"] for row in agreed if moment(row["at"]) <= at]
            if not granted or not granted[-1]:
                yield f"{service_id} at {expiry} was charged at {at} without a consent in force"


def notice(seen: Evidence) -> Iterator[str]:
    """A notice had gone out while the charge could be stopped; it named the sum that was charged, of the day's list."""
    sent = {each.email_id: each.at for each in reversed(seen.posted)}
    for (service_id, expiry), charges in seen.charges.items():
        told = seen.notices.get((service_id, expiry))
        if told is None or told["email_id"] not in sent:
            yield f"{service_id} at {expiry} was charged without a notice"
            continue
        at, contract = sent[told["email_id"]], seen.contracts[service_id]
        if at >= morning(before(expiry, 7), hour=0) or before(expiry, 30) > rome(told["recorded_at"]):
            yield f"{service_id} at {expiry}: the notice went out at {at}"
        net = seen.prices.net_on(rome(told["recorded_at"]), product=contract.product, term_years=told["term_years"])
        if net is None or told["gross_cents"] != net + (net * 22 + 50) // 100:
            yield f"{service_id} at {expiry}: {told['gross_cents']} was announced, the list says {net} without VAT"
        yield from (
            f"{service_id} at {expiry}: {charge['amount_cents']} was charged, {told['gross_cents']} announced"
            for charge in charges
            if charge["amount_cents"] != told["gross_cents"] or moment(charge["created_at"]) <= at
        )


def days(seen: Evidence) -> Iterator[str]:
    """Charges come on their days, one a day, of the expiry that the service has."""
    for (service_id, expiry), charges in seen.charges.items():
        ahead = [(expiry - rome(charge["created_at"])).days for charge in charges]
        if not set(ahead) <= CHARGE_DAYS or len(ahead) != len(set(ahead)):
            yield f"{service_id} at {expiry} was charged so many days before: {ahead}"
        for charge in charges:
            if period_at(seen, service_id, moment(charge["created_at"])) != expiry:
                yield f"{service_id} at {expiry} was charged when it had another expiry"


def retries(seen: Evidence) -> Iterator[str]:
    """Only a soft refusal is followed by another charge."""
    for (service_id, expiry), charges in seen.charges.items():
        for number, charge in enumerate(charges[:-1], start=1):
            word = reason(seen, charge)
            if charge["status"] != "FAILED" or number > RETRIES.get(word, 0):
                yield f"{service_id} at {expiry}: charge {number} was {charge['status']} ({word}), and another followed"


def none_forgotten(seen: Evidence) -> Iterator[str]:
    """Whose flag was on in the morning of the charge was charged, or told why not, or had settled it in another way."""
    for period in (each for of in seen.periods.values() for each in of):
        at = morning(before(period.expiry, 7))
        due = seen.contracts[period.service_id].product in RENEWABLE and at <= seen.ended_at and period.lasts_at(at)
        if not due or not seen.is_on(period.service_id, at):
            continue
        at_expiry = (period.service_id, period.expiry)
        if at_expiry not in seen.charges and at_expiry not in seen.failures and not given_up(seen, period):
            yield f"{period.service_id} at {period.expiry}: on, and neither charged nor told"


def paid_or_told(seen: Evidence) -> Iterator[str]:
    """Charges that all failed end with a mail that says so, unless the customer has settled it or switched it off."""
    for (service_id, expiry), charges in seen.charges.items():
        mails = seen.failures.get((service_id, expiry), [])
        of_order = [mail for mail in mails if mail["subject_key"].endswith(charges[-1]["order_id"])]
        told_at = moment(of_order[0]["created_at"]) if of_order else None
        paid = any(charge["status"] == "SUCCEEDED" for charge in charges)
        if told_at is not None and (paid or moment(charges[-1]["created_at"]) > told_at):
            yield f"{service_id} at {expiry} was told of a failure, and charged"
        period = next((each for each in seen.periods[service_id] if each.expiry == expiry), None)
        off = any(not f.is_on and moment(charges[0]["created_at"]) < f.at for f in seen.flags[service_id])
        last = seen.ended_at.date() <= expiry
        open_still = period is not None and period.until is None and not given_up(seen, period)
        if open_still and not (paid or told_at or off or last):
            yield f"{service_id} at {expiry}: every charge failed, and nobody was told"


def given_up(seen: Evidence, period: Period) -> list[Row]:
    """Return the orders of the renewal that its customer has given up; one of their own does not stand in its way."""
    at = (period.service_id, period.expiry.isoformat())
    where = "renews_service_id = ? AND renews_expiry = ? AND status = 'CANCELED' AND origin = 'SCHEDULER'"
    return seen.books.rows("orders", where, *at)


def period_at(seen: Evidence, service_id: str, instant: datetime) -> date | None:
    periods = [each for each in seen.periods[service_id] if each.since < instant]
    return next((each.expiry for each in periods if each.until is None or instant <= each.until), None)


def reason(seen: Evidence, payment: Row) -> str:
    """Return PayPal's word for the refusal of a payment."""
    return str(seen.notes[payment["id"]][-1]["note"])


CHECKS = (consent, notice, days, retries, none_forgotten, paid_or_told)
