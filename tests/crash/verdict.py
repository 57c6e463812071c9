"""What must be true at the end of every run, wherever the process died on the way."""

import json
from collections import Counter, defaultdict
from typing import Any

from tests.crash.journeys import Journey
from tests.crash.stage import Run

SUM, CENTS = "36.60", 3660
IN_THE_BOOKS = {
    "orders": "SELECT status, gross_cents, paid_at IS NOT NULL FROM orders WHERE id = :order",
    "payments": "SELECT status, amount_cents, capture_id FROM payments WHERE order_id = :order",
    "attempts": "SELECT number FROM payment_attempts WHERE payment_id = :payment",
    "successes": """
        SELECT status FROM payment_events
        WHERE payment_id = :payment AND status = 'SUCCEEDED' AND coalesce(note, '') NOT LIKE 'Refund %'""",
    "history of refunds": """
        SELECT note LIKE '%asked for.', note LIKE '%: COMPLETED.' FROM payment_events
        WHERE payment_id = :payment AND note LIKE 'Refund %' ORDER BY position""",
    "services": """
        SELECT expires_on, auto_renewal, renewal_account_id = account_id FROM services, payments
        WHERE services.id = :service AND payments.id = :payment""",
    "accounts": """
        SELECT kept.status, payment_token IS NOT NULL, last_charged_at IS NOT NULL, kept.id = account_id
        FROM paypal_accounts AS kept, payments
        WHERE kept.customer_id = :customer AND payments.id = :payment ORDER BY 1, 2, 3, 4""",
    "consents": "SELECT kind, granted FROM consents ORDER BY kind",
    "mails": "SELECT kind, status FROM emails ORDER BY kind",
    "refunds": "SELECT status, reason, amount_cents, paypal_refund_id FROM refunds",
    "news": "SELECT event_type FROM webhook_events WHERE handled_at IS NULL",
    "keys": "SELECT mutation, key FROM idempotency_keys",
    "of others": "SELECT status FROM payments WHERE id <> :payment",
    "unfinished": "SELECT workflow_uuid, status FROM workflow_status WHERE status NOT IN ('SUCCESS', 'DELAYED')",
    "integrity": "PRAGMA integrity_check",
    "broken links": "PRAGMA foreign_key_check",
}


def check(run: Run, journey: Journey) -> None:
    """Assert that the money was taken once, everything followed from it once, and nothing else happened."""
    desk, payment = run.scene.desk, run.scene.payment_id
    named = {"order": desk.order.id, "payment": payment, "service": desk.service.id, "customer": desk.customer.id}
    refund_id = one_refund(run) if journey.refunded else None
    expected: dict[str, list[tuple[Any, ...]]] = {
        "orders": [("REFUNDED" if journey.refunded else "PAID", CENTS, 1)],
        "payments": [("SUCCEEDED", CENTS, one_capture(run, journey))],
        "attempts": [(1,)],
        "successes": [("SUCCEEDED",)],
        "services": [("2027-03-08", "ON", 1)],
        "accounts": [("ACTIVE", 1, 1, 1)] if journey.registered else [("ACTIVE", 1, 0, 0), ("ACTIVE", 1, 1, 1)],
        "consents": [("ACCOUNT_REGISTRATION", 1)] * (not journey.registered) + [("AUTO_RENEWAL", 1)],
        "history of refunds": [(1, 0), (0, 1)] * journey.refunded,
        "refunds": [("COMPLETED", "OPERATOR", CENTS, refund_id)] * journey.refunded,
        "mails": [
            ("PAYMENT_CONFIRMATION", "SENT"),
            *[("PAYMENT_REFUNDED", "SENT")] * journey.refunded,
            ("RENEWAL_ACTIVATED", "SENT"),
        ],
        "keys": [("CONFIRM_PAYMENT", "procedi")],
        "of others": [("AWAITING_CONFIRMATION",)],
        "news": [],
        "unfinished": [],
        "integrity": [("ok",)],
        "broken links": [],
    }
    found = {what: run.books.rows(query, **named) for what, query in IN_THE_BOOKS.items()}
    wrong = [f"{what}: {found[what]}, and not {rows}" for what, rows in expected.items() if found[what] != rows]
    assert wrong == [], f"{wrong}\n{run}"
    assert_mails_came_once(run)
    assert complaints(run.log) == [], run


def one_capture(run: Run, journey: Journey) -> str:
    """Return the id of the only capture at PayPal, made under request ids that were stored before the calls.

    The ledger's equation holds: what PayPal took is what our books say was paid.
    """
    [(attempt, rounds, newest)] = run.books.rows(
        "SELECT id, approval_rounds, capture_request_id FROM payment_attempts WHERE payment_id = :payment",
        payment=run.scene.payment_id,
    )
    asked = request_ids(run, "/v2/checkout/orders") - {f"{attempt}-create"}
    stored = {f"{attempt}-capture-{number}" for number in range(1, rounds + 2)}  # a round of approval has its own
    again = run.reloads if journey.captures > 1 else 0  # after a decline, whoever comes back has approved anew
    assert newest in asked, f"{asked}\n{run}"
    assert asked <= stored, f"{asked}\n{run}"
    assert journey.captures <= len(asked) <= journey.captures + again, f"{asked}\n{run}"
    taken = [each for each in at_paypal(run)["captures"] if each["status"] in {"COMPLETED", "REFUNDED"}]
    assert [each["amount"]["value"] for each in taken] == [SUM], run
    booked = run.books.value("SELECT sum(amount_cents) FROM payments WHERE status = 'SUCCEEDED'")
    assert booked == run.books.value("SELECT sum(gross_cents) FROM orders WHERE paid_at IS NOT NULL") == CENTS, run
    capture_id: str = taken[0]["id"]
    return capture_id


def one_refund(run: Run) -> str:
    """Return the id of the only refund at PayPal, made under the request id that was stored before the call."""
    stored = run.books.value("SELECT request_id FROM refunds")
    assert request_ids(run, "/v2/payments/captures") == {stored}, run
    [refund] = at_paypal(run)["refunds"]
    assert (refund["status"], refund["amount"]["value"]) == ("COMPLETED", SUM), run
    refund_id: str = refund["id"]
    return refund_id


def request_ids(run: Run, path: str) -> set[str]:
    """Return the request ids sent to that path, each of which stood for one request only."""
    sent: dict[str, set[str]] = defaultdict(set)
    for call in run.simulator.calls(path):
        if call["request_id"]:
            sent[call["request_id"]].add(json.dumps(call["request_body"], sort_keys=True))
    assert all(len(bodies) == 1 for bodies in sent.values()), run  # PayPal answers another body with the first result
    return set(sent)


def at_paypal(run: Run) -> Any:
    """Return the captures and the refunds of the only order at PayPal."""
    [order_id] = {call["order_id"] for call in run.simulator.calls("/v2/checkout/orders")}
    return run.simulator.order(order_id)["purchase_units"][0]["payments"]


def assert_mails_came_once(run: Run) -> None:
    """Each mail arrived; twice only if the process died while it was being handed over, once more for each time."""
    came = Counter(str(message["Message-ID"]) for message in run.mailbox.messages)
    for (email_id,) in run.books.rows("SELECT id FROM emails"):
        times = came.pop(f"<{email_id}@saldo.example>", 0)
        assert 1 <= times <= 1 + sum(email_id in death.sending for death in run.deaths), run
    assert came == {}, run


def complaints(log: str) -> list[Any]:
    """Return what the product or its engine reported as a defect."""
    return [line for line in log.splitlines() if '"level": "error"' in line or line.startswith(("ERROR", "CRITICAL"))]
