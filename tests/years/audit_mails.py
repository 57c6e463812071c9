"""Every mail is explained by one fact, and every fact that owes a mail has one: reckoned anew, and compared."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

from tests.years.books import ROME, Row, moment, rome
from tests.years.evidence import GRACE_DAYS, RENEWABLE, Evidence, Flag, Period, before, morning

UNATTENDED = {"RECONCILER", "PAYPAL_WEBHOOK"}
WARNING_DAYS = {"FIRMA_DIGITALE": 60}  # before the expiry; the others ninety


def facts(seen: Evidence) -> Iterator[tuple[str, str]]:
    """Yield each fact that owes a mail, as the kind of the mail and what it is about."""
    yield from of_payments(seen)
    yield from of_flags(seen)
    for period in (each for of in seen.periods.values() for each in of):
        about = f"{period.service_id}:{period.expiry}"
        if is_warned(seen, period):
            yield "EXPIRY_WARNING", about
        if is_announced(seen, period):
            yield "RENEWAL_NOTICE", about
        for mail in seen.failures.get((period.service_id, period.expiry), []):
            if is_left(seen, period, mail):  # that none is missing is what `none_forgotten` and `paid_or_told` see to
                yield about_mail(mail["subject_key"])
    for account_id, at in seen.lost_accounts.items():
        if any(renews_on(seen, service_id, account_id, at) for service_id in seen.flags):
            yield "ACCOUNT_LOST", account_id


def of_payments(seen: Evidence) -> Iterator[tuple[str, str]]:
    """Money taken is confirmed; a failure that its customer does not see, and money given back, are told."""
    for id in seen.success:
        yield "PAYMENT_CONFIRMATION", id
    for id, payment in seen.payments.items():
        failed = payment["status"] == "FAILED" and payment["initiator"] == "CUSTOMER"
        if failed and seen.notes[id][-1]["source"] in UNATTENDED:
            yield "PAYMENT_FAILED", id
    for refund in seen.books.rows("refunds"):
        yield "PAYMENT_REFUNDED", refund["id"]


def of_flags(seen: Evidence) -> Iterator[tuple[str, str]]:
    """A flag turned on is confirmed, and so is one turned off; and one that a payment could not turn on is told of."""
    disappointed = set[str]()
    for turn in seen.diary.turns:
        if turn.at == morning(seen.contracts[turn.service_id].began_on, hour=0):
            continue
        if turn.payment_id is None or turn.payment_id in seen.success:
            paid = seen.payments[turn.payment_id] if turn.payment_id else None
            at, about = (moment(paid["ended_at"]), paid["id"]) if paid else (turn.at, turn.at.isoformat())
            then = seen.flag_at(turn.service_id, at)
            earlier = seen.flag_at(turn.service_id, at - timedelta(microseconds=1))
            if not turn.enabled:
                if earlier is not None and earlier.is_on:
                    yield "RENEWAL_DEACTIVATED", f"{turn.service_id}:{about}"
            elif then is None or not then.is_on:
                disappointed.add(about)
            elif not is_same(earlier, then):
                yield "RENEWAL_ACTIVATED", f"{turn.service_id}:{about}"
    yield from (("RENEWAL_NOT_ACTIVATED", payment_id) for payment_id in disappointed)


def is_same(earlier: Flag | None, then: Flag) -> bool:
    return earlier is not None and earlier.is_on and earlier.account_id == then.account_id


def is_warned(seen: Evidence, period: Period) -> bool:
    """Tell whether a round found the expiry near: the first one of the warning's day, or the first of this period."""
    contract = seen.contracts[period.service_id]
    day = before(period.expiry, WARNING_DAYS.get(contract.product, 90))
    first = morning(day)
    while first < period.since:
        first += timedelta(days=1)
    return first <= morning(period.expiry) and first <= seen.ended_at and period.lasts_at(first)


def is_announced(seen: Evidence, period: Period) -> bool:
    """Tell whether the flag was on while the notice was due, in the morning of a round or when it was turned."""
    contract = seen.contracts[period.service_id]
    if contract.product not in RENEWABLE:
        return False
    opens, closes = morning(before(period.expiry, 30)), morning(before(period.expiry, 7), hour=0)
    midnight = morning(before(period.expiry, 30), hour=0)
    moments = [opens + timedelta(days=days) for days in range(23)]
    moments += [flag.at for flag in seen.flags.get(period.service_id, []) if midnight <= flag.at < closes]
    too_dear = False  # it is then left to the customer, unless they switch it on anew
    for at in sorted(moments):
        if too_dear and not is_turned_on(seen, period.service_id, at):
            continue
        possible = at <= seen.ended_at and period.lasts_at(at) and can_be_charged(seen, period.service_id, at)
        gross = price_at(seen, period, at) if possible else None
        if gross is not None:
            too_dear = is_above(seen, period, at, gross=gross)
            if not too_dear:
                return True
    return False


def is_turned_on(seen: Evidence, service_id: str, at: datetime) -> bool:
    """Tell whether the flag went from off to on at that instant."""
    earlier, then = seen.flag_at(service_id, at - timedelta(microseconds=1)), seen.flag_at(service_id, at)
    return then is not None and then.is_on and not (earlier is not None and earlier.is_on)


def can_be_charged(seen: Evidence, service_id: str, at: datetime) -> bool:
    """Tell whether the flag is on, and its account not known to be dead."""
    flag = seen.flag_at(service_id, at)
    return flag is not None and flag.is_on and seen.lost_accounts.get(flag.account_id or "", at) >= at


def price_at(seen: Evidence, period: Period, at: datetime) -> int | None:
    """Return what the renewal costs on that day, with VAT, in cents."""
    contract = seen.contracts[period.service_id]
    day = at.astimezone(ROME).date()
    net = seen.prices.net_on(day, product=contract.product, term_years=contract.term_years)
    return None if net is None else net + (net * 22 + 50) // 100


def is_above(seen: Evidence, period: Period, at: datetime, *, gross: int) -> bool:
    """Tell whether it is more than the customer wants to be charged without being asked."""
    flag = seen.flag_at(period.service_id, at)
    return flag is not None and flag.maximum is not None and gross > flag.maximum


def is_left(seen: Evidence, period: Period, mail: Row) -> bool:
    """Tell whether the renewal was due, its customer relied on it, and nobody could or would charge it any more."""
    charges = seen.charges.get((period.service_id, period.expiry), [])
    at = moment(mail["created_at"])
    began_at = moment(seen.payments[mail["payment_id"]]["created_at"]) if mail["payment_id"] else at
    dear = is_above(seen, period, at, gross=price_at(seen, period, at) or 0)
    due = at >= morning(before(period.expiry, 7), hour=0) or dear
    return (
        due
        and seen.is_on(period.service_id, began_at)
        and all(charge["status"] == "FAILED" for charge in charges if moment(charge["created_at"]) <= at)
        and period.lasts_at(at)
    )


def renews_on(seen: Evidence, service_id: str, account_id: str, at: datetime) -> bool:
    """Tell whether a service that is still alive renews on the account."""
    flag, contract = seen.flag_at(service_id, at), seen.contracts[service_id]
    last = seen.periods[service_id][-1]
    gone = last.until is None and at >= morning(last.expiry + timedelta(days=GRACE_DAYS[contract.product] + 1))
    return flag is not None and flag.is_on and flag.account_id == account_id and not gone


def explained(seen: Evidence) -> Iterator[str]:
    """Mails and facts are the same, one for one."""
    owed, written = Counter(facts(seen)), Counter(about_mail(row["subject_key"]) for row in seen.emails)
    yield from (f"nothing explains {mail}" for mail in written - owed)
    yield from (f"there is no mail of {fact}" for fact in owed - written)


def about_mail(subject_key: str) -> tuple[str, str]:
    """Return the kind and the subject of a mail; the loss of an account without its instant."""
    kind, _, subject = subject_key.partition(":")
    return (kind, subject.partition(":")[0]) if kind == "ACCOUNT_LOST" else (kind, subject)


def handed_over(seen: Evidence) -> Iterator[str]:
    """Every mail reached the mail server, for its holder, unless the mailbox was full; nothing else did."""
    people = {row["id"]: row["email"] for row in seen.books.rows("customers")}
    recipients = {each.email_id: each.to for each in seen.posted}
    for row in seen.emails:
        address = people[row["customer_id"]]
        days = [rome(row["created_at"]) + timedelta(days=days) for days in range(3)]  # the server may have been down
        bounced = row["status"] == "BOUNCED" and any(seen.postal.is_full(address, day) for day in days)
        if not bounced and (row["status"], recipients.get(row["id"])) != ("SENT", address):
            yield f"{row['subject_key']} is {row['status']}, and went to {recipients.get(row['id'])}"
    known = {row["id"] for row in seen.emails if row["status"] == "SENT"}
    yield from (f"{id} was posted and not owed, or the other way round" for id in known ^ set(recipients))


def posted_once(seen: Evidence) -> Iterator[str]:
    """No mail was handed over twice; only a process that dies between the handing over and its record may do that."""
    posted = Counter(each.email_id for each in seen.posted)
    yield from (f"{id} was posted {times} times" for id, times in posted.items() if times > 1)


CHECKS = (explained, handed_over)
