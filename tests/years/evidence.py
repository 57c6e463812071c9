"""What the books of both sides and the diary say, put together: whose money, at which expiry, and which flag when."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Any

from tests.years.books import ROME, Books, Row, moment, rome
from tests.years.diary import NEW, Diary
from tests.years.people import Contract
from tests.years.postal import Postal
from tests.years.prices import PriceList
from tests.years.world import Posted

RENEWABLE = {"PEC", "SPID", "FATTURAZIONE_PA", "CONSERVAZIONE"}
GRACE_DAYS = {"PEC": 90, "FATTURAZIONE_PA": 90, "CONSERVAZIONE": 90, "SPID": 0, "FIRMA_DIGITALE": 0}
TAKEN = {"COMPLETED", "PARTIALLY_REFUNDED", "REFUNDED"}
Capture = dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Period:
    """A service between two of its renewals: it has this expiry from one instant to the other."""

    service_id: str
    expiry: date
    since: datetime
    until: datetime | None  # when it was renewed; None: not yet, or never

    def lasts_at(self, instant: datetime) -> bool:
        return self.since <= instant and (self.until is None or instant < self.until)


@dataclass(frozen=True, kw_only=True, slots=True)
class Flag:
    """The flag of a service as its customer wanted it from an instant on."""

    at: datetime
    is_on: bool
    account_id: str | None
    maximum: int | None = None  # cents that may be charged without asking


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """Everything that an auditor may look at."""

    books: Books
    diary: Diary
    posted: Sequence[Posted]
    postal: Postal
    prices: PriceList
    contracts: Mapping[str, Contract]
    ended_at: datetime

    @cached_property
    def orders(self) -> dict[str, Row]:
        return {row["id"]: row for row in self.books.rows("orders")}

    @cached_property
    def payments(self) -> dict[str, Row]:
        return {row["id"]: row for row in self.books.rows("payments")}

    @cached_property
    def accounts(self) -> dict[str, Row]:
        return {row["id"]: row for row in self.books.rows("paypal_accounts")}

    @cached_property
    def attempts(self) -> dict[str, Row]:
        return {row["id"]: row for row in self.books.rows("payment_attempts")}

    @cached_property
    def notes(self) -> dict[str, list[Row]]:
        return grouped(self.books.rows("payment_events"), "payment_id")

    @cached_property
    def lines(self) -> dict[str, list[Row]]:
        return grouped(self.books.rows("order_lines"), "order_id")

    @cached_property
    def emails(self) -> list[Row]:
        return self.books.rows("emails")

    @cached_property
    def failures(self) -> dict[tuple[str, date], list[Row]]:
        """Return the mails that say why a renewal was not charged, by service and expiry."""
        found: dict[tuple[str, date], list[Row]] = {}
        for row in self.emails:
            kind, service_id, *expiry = row["subject_key"].split(":")
            if kind == "RENEWAL_FAILED":
                found.setdefault((service_id, date.fromisoformat(expiry[0])), []).append(row)
        return found

    @cached_property
    def notices(self) -> dict[tuple[str, date], Row]:
        return {
            (row["service_id"], date.fromisoformat(row["expiry"])): row for row in self.books.rows("renewal_notices")
        }

    @cached_property
    def taken(self) -> list[Capture]:
        """PayPal's captures that took money."""
        return [each for each in self.books.records("capture") if each["status"] in TAKEN]

    @cached_property
    def success(self) -> dict[str, Capture]:
        """PayPal's captures that took money, by the payment whose reference they carry."""
        return {self.attempts[each["custom_id"]]["payment_id"]: each for each in self.taken}

    def contract_of(self, order: Row) -> Contract:
        """Return the service of an order: the shop sells one at a time."""
        [line] = self.lines[order["id"]]
        return self.contracts[line["service_id"]]

    @cached_property
    def periods(self) -> dict[str, list[Period]]:
        """The expiries of each service, reckoned from its first one and the orders for which PayPal has the money."""
        paid = defaultdict[str, list[tuple[datetime, int]]](list)
        for payment_id in self.success:
            payment = self.payments[payment_id]
            for line in self.lines[payment["order_id"]]:
                if line["term_years"] is not None:
                    paid[line["service_id"]].append((moment(payment["ended_at"]), line["term_years"]))
        return {id: periods_of(contract, sorted(paid[id])) for id, contract in self.contracts.items()}

    @cached_property
    def flags(self) -> dict[str, list[Flag]]:
        """The flags as their customers turned them; with a payment, from its success on."""
        flags = defaultdict[str, list[Flag]](list)
        for turn in self.diary.turns:
            at, account_id, is_on = turn.at, turn.account_id, turn.enabled
            if turn.payment_id is not None:
                payment = self.payments[turn.payment_id]
                if turn.payment_id not in self.success:
                    continue
                at = moment(payment["ended_at"])
                if account_id == NEW:
                    account_id, is_on = payment["account_id"], is_on and self.keeps_account(turn.payment_id)
            account_id = account_id if is_on else None
            flags[turn.service_id].append(Flag(at=at, is_on=is_on, account_id=account_id, maximum=turn.maximum))
        return {id: bounded(sorted(of, key=lambda flag: flag.at)) for id, of in flags.items()}

    @cached_property
    def vaulted(self) -> set[str]:
        """PayPal's orders with which an account was stored."""
        return {each["id"] for each in self.books.records("order") if each["saved_token_id"]}

    def keeps_account(self, payment_id: str) -> bool:
        """Tell whether PayPal has stored the account with which this payment was made."""
        return self.success[payment_id]["order_id"] in self.vaulted

    def flag_at(self, service_id: str, instant: datetime) -> Flag | None:
        """Return the flag as it was last turned by then."""
        flags = self.flags.get(service_id, [])
        place = bisect_right(flags, instant, key=lambda flag: flag.at)
        return flags[place - 1] if place else None

    def is_on(self, service_id: str, instant: datetime) -> bool:
        flag = self.flag_at(service_id, instant)
        return flag is not None and flag.is_on

    @cached_property
    def charges(self) -> dict[tuple[str, date], list[Row]]:
        """The automatic payments at each expiry of a service, the oldest first."""
        charges = defaultdict[tuple[str, date], list[Row]](list)
        for payment in self.payments.values():
            if payment["initiator"] == "AUTOMATIC_RENEWAL":
                order = self.orders[payment["order_id"]]
                charges[order["renews_service_id"], date.fromisoformat(order["renews_expiry"])].append(payment)
        return dict(charges)

    @cached_property
    def lost_accounts(self) -> dict[str, datetime]:
        """When PayPal told us first that an account is dead: asked about it, or asked to charge it."""
        names = {row["payment_token"]: id for id, row in self.accounts.items()}
        lost = {names[token]: at for token, at in self.books.not_found("/v3/vault/payment-tokens/").items()}
        for payment in self.payments.values():
            if payment["failure_code"] == "CONSENT_REVOKED" and payment["account_id"] is not None:
                at = moment(payment["ended_at"])
                lost[payment["account_id"]] = min(at, lost.get(payment["account_id"], at))
        return lost


def bounded(flags: Sequence[Flag]) -> list[Flag]:
    """Return the flags with the bounds that hold: one stays while the flag is on, until another is set."""
    held: list[Flag] = []
    for flag in flags:
        kept = held[-1].maximum if held and held[-1].is_on else None
        held.append(replace(flag, maximum=flag.maximum if flag.maximum is not None else kept))
    return held


def grouped(rows: Sequence[Row], by: str) -> dict[str, list[Row]]:
    groups = defaultdict[str, list[Row]](list)
    for row in rows:
        groups[row[by]].append(row)
    return groups


def periods_of(contract: Contract, paid: Sequence[tuple[datetime, int]]) -> list[Period]:
    """Return the expiries of a service, each term counted from the expiry before it."""
    periods: list[Period] = []
    expiry, since = contract.expires_on, morning(contract.began_on, hour=0)
    for at, years in paid:
        if expiry is not None:
            periods.append(Period(service_id=contract.id, expiry=expiry, since=since, until=at))
        expiry, since = years_later(expiry or at.astimezone(ROME).date(), years), at
    if expiry is not None:
        periods.append(Period(service_id=contract.id, expiry=expiry, since=since, until=None))
    return periods


def years_later(day: date, years: int) -> date:
    """Return the same day of a later year, the last of February for one that this year lacks."""
    try:
        return date(day.year + years, day.month, day.day)
    except ValueError:
        return date(day.year + years, 2, 28)


def morning(day: date, *, hour: int = 6) -> datetime:
    """Return the hour of the daily round on that day in Rome."""
    return datetime.combine(day, time(hour), tzinfo=ROME).astimezone(UTC)


def before(day: date, days: int) -> date:
    return day - timedelta(days=days)


def day_of(row: Row, column: str) -> date:
    return rome(row[column])
