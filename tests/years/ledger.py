"""The books as lines of text that two runs of a plan must have in common: what differs rightly is left out.

Left out are ids that are drawn, the time of day, and the way by which a payment came to its end: a process that was
killed may have had to ask what became of a capture.
"""

from collections.abc import Iterator

from tests.years.books import Row, rome
from tests.years.evidence import Evidence


def ledger(seen: Evidence) -> list[str]:
    """Return all books of a run, a line for each thing that has happened or is."""
    chapters = (services, orders, payments, renewals, consents, mails, accounts, paypal)
    return sorted(line for chapter in chapters for line in chapter(seen))


def account(seen: Evidence, id: str | None) -> str:
    """Return the name of a registered account: that of its payer at PayPal."""
    return str(seen.accounts[id]["payer_id"]) if id else "no account"


def order_name(seen: Evidence, id: str) -> str:
    """Return the name of an order: what it is for, and when it was opened."""
    order = seen.orders[id]
    lines = " ".join(f"{line['service_id']}+{line['term_years']}" for line in seen.lines[id])
    return f"{lines} {order['renews_expiry'] or 'bought'} {day(order, 'created_at')}"


def day(row: Row, column: str) -> str:
    return str(rome(row[column])) if row[column] else "never"


def services(seen: Evidence) -> Iterator[str]:
    for row in seen.books.rows("services"):
        of = f"{row['product']} {row['term_years']} {row['status']} {row['expires_on']} next look {row['look_on']}"
        yield f"service {row['id']}: {of}, {row['auto_renewal']} on {account(seen, row['renewal_account_id'])}"


def orders(seen: Evidence) -> Iterator[str]:
    for id, row in seen.orders.items():
        money = f"{row['net_cents']}+{row['vat_cents']} {row['currency']}"
        what = f"{row['kind']} {row['origin']} {row['status']}"
        yield f"order {order_name(seen, id)}: {what} {money} paid {day(row, 'paid_at')}"


def payments(seen: Evidence) -> Iterator[str]:
    for row in seen.payments.values():
        end = f"{row['status']} {row['failure_code']} {row['failure_advice']} {row['canceled_by']}"
        when = f"{day(row, 'created_at')} to {day(row, 'ended_at')}"
        whose = f"{row['initiator']} {row['amount_cents']} {account(seen, row['account_id'])} {row['payer_id']}"
        yield f"payment of {order_name(seen, row['order_id'])}: {whose} {when} {end}"


def renewals(seen: Evidence) -> Iterator[str]:
    for row in seen.notices.values():
        money = f"{row['net_cents']}+{row['vat_cents']} for {row['term_years']} on {account(seen, row['account_id'])}"
        when = f"told {day(row, 'recorded_at')}, charged {row['charge_on']}, until {row['stoppable_until']}"
        yield f"notice {row['service_id']} {row['expiry']}: {money}, {when}"
    for row in seen.books.rows("renewals"):
        met = f"{row['obstacle']} {day(row, 'obstacle_at')}"
        order = order_name(seen, row["order_id"]) if row["order_id"] else "no order"
        yield f"renewal {row['service_id']} {row['expiry']}: next {row['next_attempt_on']}, {order}, {met}"


def consents(seen: Evidence) -> Iterator[str]:
    for row in seen.books.rows("consents"):
        said = f"{row['kind']} {'given' if row['granted'] else 'withdrawn'} {row['text_version']} {row['text']}"
        whose = f"{row['customer_id']} {row['service_id']} {account(seen, row['account_id'])}"
        yield f"consent {whose} {day(row, 'at')}: {said}"


def mails(seen: Evidence) -> Iterator[str]:
    subjects = {each.email_id: each.subject for each in seen.posted}
    for row in seen.emails:
        paid = seen.payments[row["payment_id"]] if row["payment_id"] else None
        about = order_name(seen, paid["order_id"]) if paid else "no payment"
        subject = subjects.get(row["id"], "")
        if paid:
            subject = subject.replace(seen.orders[paid["order_id"]]["number"], "NUMBER")
        yield f"mail {row['recipient']} {day(row, 'created_at')}: {row['kind']} {row['status']} {about}, {subject}"


def accounts(seen: Evidence) -> Iterator[str]:
    for row in seen.accounts.values():
        since = f"since {day(row, 'registered_at')}, charged {day(row, 'last_charged_at')}"
        yield f"account {row['customer_id']} {row['payer_id']}: {row['status']} {row['is_default']} {since}"


def paypal(seen: Evidence) -> Iterator[str]:
    for each in seen.books.records("capture"):
        order = seen.payments[seen.attempts[each["custom_id"]]["payment_id"]]["order_id"]
        when = f"{rome(each['created_at'])} {rome(each['updated_at'])}"
        yield f"PayPal took for {order_name(seen, order)}: {each['amount']['minor']} {each['status']} {when}"
    for each in seen.books.records("payment_token"):
        yield f"PayPal keeps {each['payer_id']} {'revoked' if each['revoked'] else ''}"
