"""What must hold after every transaction, read from the file itself: not through our own mapping of it."""

import json
import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import httpx2

from models.enums import PaymentStatus
from policies.payment_transitions import TRANSITIONS
from tests.harness.stepping import RUNNING
from tests.property.books import Books

ROME = ZoneInfo("Europe/Rome")
MONEY_BACK = re.compile(r"^Refund |; given back by ")  # a remark about a payment that stays where it is
PAID_BEFORE = {  # its own success or refund is told of
    "An earlier attempt to pay the order had taken the money.",
    "Another payment has paid the order; nothing was charged.",
}
CLEARING = {"claim_payment", "record_paypal_order"}  # the steps after which a job may ask for money
FINAL = {"SUCCEEDED", "FAILED", "CANCELED", "EXPIRED"}
UNATTENDED = {"RECONCILER", "PAYPAL_WEBHOOK"}  # those who act when no customer is there
RENEWS = {"ON", "RETRYING", "ACCOUNT_LOST"}  # as the customer believes
PAID = {"PAID", "ACTIVATED", "REFUNDED"}


@dataclass
class Audit:
    """The facts seen so far, and the rules that they may never break."""

    books: Books
    statuses: dict[str, list[str]] = field(default_factory=dict)  # of each payment, oldest first
    renewals: dict[str, tuple[str, str | None]] = field(default_factory=dict)
    switched_on: Counter[str] = field(default_factory=Counter)
    switched_off: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)  # the accounts that took renewals with them
    disappointed: Counter[str] = field(default_factory=Counter)  # the payments whose account PayPal did not keep
    expiries: dict[str, date | None] = field(default_factory=dict)  # as the services began
    request_ids: dict[str, set[str]] = field(default_factory=dict)  # of each attempt, as far as they were stored
    claims: dict[str, str] = field(default_factory=dict)  # of each job: the request id that was current at its claim
    claimed: Counter[str] = field(default_factory=Counter)  # how often each payment has been
    captors: dict[str, set[str]] = field(
        default_factory=dict
    )  # by request id: the jobs that have asked for money without a claim of their own
    wanted: dict[str, bool] = field(
        default_factory=dict
    )  # by job: whether its order was unpaid when it could charge it
    stranger_id: str = ""
    untouched: dict[str, list[tuple[Any, ...]]] = field(default_factory=dict)  # what the stranger had

    def begin(self, *, stranger_id: str) -> None:
        """Take things as they are for the beginning."""
        for known in (self.statuses, self.renewals, self.expiries):
            known.clear()
        for counted in (self.switched_on, self.switched_off, self.lost, self.disappointed):
            counted.clear()
        for kept in (self.request_ids, self.claims, self.claimed, self.captors, self.wanted):
            kept.clear()
        self.stranger_id, self.untouched = stranger_id, self.books.of_customer(stranger_id)
        for service in self.books.rows("services"):
            self.renewals[service["id"]] = (service["auto_renewal"], service["renewal_account_id"])
            self.expiries[service["id"]] = day(service["expires_on"])

    def check(self) -> list[str]:
        """Check what must hold at every moment, and return the payments that have moved since the last time."""
        moved = self.check_histories()
        self.check_orders()
        self.check_renewals()
        self.check_mails()
        self.check_expiries()
        self.check_accounts()
        assert self.books.of_customer(self.stranger_id) == self.untouched
        self.keep_requests()
        return moved

    def keep_requests(self) -> None:
        """Remember the request ids that are stored by now, and the one under which a job has just claimed a payment."""
        job = RUNNING.get(None)
        claimed = Counter(event["payment_id"] for event in self.books.rows("payment_events", status="PROCESSING"))
        for attempt in self.books.rows("payment_attempts"):
            known = self.request_ids.setdefault(attempt["id"], set())
            known |= {attempt["create_request_id"], attempt["capture_request_id"]}
            if job is not None and job.before in CLEARING and attempt["id"] in job.owed.arguments:
                payment = self.books.row("payments", attempt["payment_id"])
                self.wanted[job.owed.key] = self.books.row("orders", payment["order_id"])["status"] not in PAID
            claiming = job is not None and job.before == "claim_payment" and attempt["id"] in job.owed.arguments
            if job is not None and claiming and claimed[attempt["payment_id"]] > self.claimed[attempt["payment_id"]]:
                self.claims[job.owed.key] = attempt["capture_request_id"]
        self.claimed = claimed

    def check_histories(self) -> list[str]:
        """Every payment moves along the table, and its history says where it has been."""
        moved = []
        for payment in self.books.rows("payments"):
            events = self.books.rows("payment_events", payment_id=payment["id"])
            history = [event["status"] for event in events]
            assert [event["position"] for event in events] == list(range(1, len(events) + 1)), history
            assert history[0] == "AWAITING_ACCOUNT", history
            assert history[-1] == payment["status"], (history, payment["status"])
            for before, after in pairwise(events):
                if before["status"] != after["status"] or not MONEY_BACK.search(after["note"] or ""):
                    assert PaymentStatus(after["status"]) in TRANSITIONS[PaymentStatus(before["status"])], history
            known = self.statuses.get(payment["id"], [])
            assert history[: len(known)] == known, f"history rewritten: {known} became {history}"
            if history != known:
                moved.append(payment["id"])
                self.statuses[payment["id"]] = history
                if (
                    history[-1] == "SUCCEEDED"
                    and "SUCCEEDED" not in known
                    and self.renews_nothing_chosen(payment["id"])
                ):
                    self.disappointed[payment["id"]] += 1
        return moved

    def renews_nothing_chosen(self, payment_id: str) -> bool:
        """Tell whether a service that the payment was to let renew by itself does not; our own order leaves it."""
        order = self.books.row("orders", self.books.row("payments", payment_id)["order_id"])
        if order["origin"] == "SCHEDULER":
            return False
        chosen = [
            choice["service_id"] for choice in self.books.rows("renewal_choices", payment_id=payment_id, enabled=1)
        ]
        return any(self.books.row("services", service)["auto_renewal"] == "OFF" for service in chosen)

    def check_orders(self) -> None:
        """An order is paid exactly when one payment of it has succeeded, and at most one is open."""
        for order in self.books.rows("orders"):
            payments = self.books.rows("payments", order_id=order["id"])
            succeeded = [payment for payment in payments if payment["status"] == "SUCCEEDED"]
            assert len(succeeded) == (order["status"] in PAID), (order["number"], order["status"], len(succeeded))
            assert sum(payment["status"] not in FINAL for payment in payments) <= 1, order["number"]

    def check_renewals(self) -> None:
        """Count each renewal switched and each account lost; a renewal that is on was agreed to, last of all."""
        lost, given_up = set(), set()
        for service in self.books.rows("services"):
            now = (service["auto_renewal"], service["renewal_account_id"])
            if now != self.renewals[service["id"]] and now[0] == "ON":
                self.switched_on[service["id"]] += 1
            if now[0] == "OFF" and self.renewals[service["id"]][0] in RENEWS:
                self.switched_off[service["id"]] += 1
            if now != self.renewals[service["id"]] and now[0] == "ACCOUNT_LOST":
                lost.add(service["renewal_account_id"])
            if now[0] == "OFF" and self.renewals[service["id"]][0] == "PENDING":
                given_up.update(self.registering(self.renewals[service["id"]][1]))
            self.renewals[service["id"]] = now
            consents = self.books.rows("consents", service_id=service["id"], kind="AUTO_RENEWAL")
            if now[0] != "OFF":
                assert consents[-1]["granted"], f"{service['label']} renews without a consent"
        self.lost.update(lost)
        self.disappointed.update(given_up)

    def registering(self, account_id: str | None) -> list[str]:
        """Return the payment that was to register the account, if PayPal never kept it and we wait no more."""
        if account_id is None or self.books.row("paypal_accounts", account_id)["status"] != "REMOVED":
            return []
        return [row["id"] for row in self.books.rows("payments", account_id=account_id, status="SUCCEEDED")]

    def check_mails(self) -> None:
        """One mail for each success, each failure that nobody saw, each renewal switched or not, each account lost."""
        told: dict[str, Counter[str]] = {}
        for mail in self.books.rows("emails"):
            told.setdefault(mail["kind"], Counter())[mail["subject_key"].split(":")[1]] += 1
        succeeded = Counter(row["id"] for row in self.books.rows("payments", status="SUCCEEDED"))
        facts = {
            "PAYMENT_CONFIRMATION": succeeded,
            "PAYMENT_FAILED": self.failed_unattended(),
            "RENEWAL_ACTIVATED": self.switched_on,
            "RENEWAL_DEACTIVATED": self.switched_off,
            "ACCOUNT_LOST": self.lost,
            "RENEWAL_NOT_ACTIVATED": self.disappointed,
        }
        for kind, counted in facts.items():
            assert told.get(kind, Counter()) == counted, (kind, told, counted)

    def failed_unattended(self) -> Counter[str]:
        """Return the payments that have failed while their customer was not there to see it."""
        events = self.books.rows("payment_events", status="FAILED", source=UNATTENDED)
        notes = [(event["payment_id"], event["note"] or "") for event in events]
        return Counter(id for id, note in notes if note not in PAID_BEFORE and not MONEY_BACK.search(note))

    def check_expiries(self) -> None:
        """A service runs as long as it did at first, plus the terms of its paid orders."""
        for service_id, began in self.expiries.items():
            expected = began
            for order in self.books.rows("orders", status=PAID):
                for line in self.books.rows("order_lines", order_id=order["id"], service_id=service_id):
                    start = (
                        expected or datetime.fromisoformat(order["paid_at"]).replace(tzinfo=UTC).astimezone(ROME).date()
                    )
                    expected = start.replace(year=start.year + line["term_years"])
            service = self.books.row("services", service_id)
            assert day(service["expires_on"]) == expected, (service["label"], service["expires_on"], expected)

    def check_accounts(self) -> None:
        """No account is registered twice, and one that can be charged has a token."""
        for customer in self.books.rows("customers"):
            accounts = self.books.rows("paypal_accounts", customer_id=customer["id"])
            tokens = [account["payment_token"] for account in accounts if account["payment_token"]]
            assert len(tokens) == len(set(tokens)), tokens
            assert sum(account["is_default"] for account in accounts) <= 1

    def check_call(self, call: str, request: httpx2.Request, *, taken: Collection[str]) -> None:
        """A call that makes something at PayPal carries a request id that was stored before the call.

        No money is asked for that the order does not need; what PayPal has ``taken`` for its orders is only found.
        """
        request_id = request.headers.get("PayPal-Request-Id")
        if call == "create":
            reference = json.loads(request.content)["purchase_units"][0]["custom_id"]
            assert request_id in self.request_ids[reference], "opened under a request id that was not stored"
        elif call == "capture":
            order_id = request.url.path.split("/")[4]
            [attempt] = self.books.rows("payment_attempts", paypal_order_id=order_id)
            assert order_id in taken or self.wanted[RUNNING.get().owed.key], "captured for an order that was paid"
            assert request_id in self.request_ids[attempt["id"]], "captured under a request id that was not stored"
            self.check_claim(request_id)
        elif call == "refund":
            assert self.books.rows("refunds", request_id=request_id), "refunded under a request id that was not stored"

    def check_claim(self, request_id: str) -> None:
        """Nobody asks for the money without a claim: his own, or that of the transaction which owed this very job."""
        job = RUNNING.get().owed
        if job.key in self.claims:
            assert request_id == self.claims[job.key], "the claim was for another round"
            return
        assert job.arguments[1:2] == ("PAYPAL_REPLY",), f"{job.key} captures without a claim"
        captors = self.captors.setdefault(request_id, set())
        captors.add(job.key)
        assert len(captors) == 1, f"{captors} capture under one claim"


def day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
