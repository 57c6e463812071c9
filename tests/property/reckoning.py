"""Let everything that is owed happen, and compare our books with PayPal's."""

from collections import Counter, defaultdict
from typing import Any

from tests.property.audit import FINAL, PAID, Audit
from tests.property.books import Books, Row
from tests.property.world import World

ROUNDS = 400
WAITS_FOR_THE_CUSTOMER = {"AWAITING_ACCOUNT", "AWAITING_CONFIRMATION"}
UNWANTED = {"ORDER_PAID_TWICE", "ORDER_NOT_PAYABLE"}  # why money is given back that nobody owed
TAKEN = {"COMPLETED", "PARTIALLY_REFUNDED", "REFUNDED"}
Capture = dict[str, Any]


async def settle_down(world: World) -> None:
    """Let a night pass, deliver what is late, let PayPal decide what it holds, and let all work be done."""
    world.clock.advance(hours=12)  # no payer comes any more: what waits for one needs a single look to see that
    await world.paypal.recover()
    world.mail.failures.clear()
    await world.paypal.wire.deliver_late()
    for _ in range(ROUNDS):
        await deliver_news(world)
        for held in world.paypal.pending():
            await world.paypal.decide(held, granted=True)
        owed = world.engine.owed()
        if not owed:
            return
        world.clock.now = max(world.clock.now, owed[0].due_at)
        await world.engine.finish(owed[0])
        if all(stays_open(world, each.arguments) for each in world.engine.owed()):
            return
    raise AssertionError(f"it never ends: {world.engine.owed()}")


async def deliver_news(world: World) -> None:
    """Bring us what PayPal has not been able to bring us so far."""
    for news in await world.paypal.hear():
        if not news.delivered:
            headers = await world.paypal.headers_of(news)
            news.delivered = True
            assert await world.deliver(news.body, headers) == 200


def stays_open(world: World, arguments: tuple[Any, ...]) -> bool:
    """Tell whether this is the look at money that is not what was asked: a person must decide, so it never ends."""
    strange = {argument for argument in arguments if argument in strange_attempts(world)}
    verified = "SELECT a.id FROM payment_attempts a JOIN payments p ON p.id = a.payment_id AND p.status = 'VERIFYING'"
    return bool(strange & {id for (id,) in world.engine.connection.execute(verified)})


def strange_attempts(world: World) -> set[str]:
    """Return the attempts that took another sum than was asked, or whose money went back in part before we knew."""
    booked = "SELECT capture_id FROM payment_attempts WHERE capture_id IS NOT NULL"
    known = {id for (id,) in world.engine.connection.execute(booked)}
    asked = {order["id"]: order["amount"] for order in world.paypal.records("order")}
    return {
        capture["custom_id"]
        for capture in world.paypal.records("capture")
        if capture["id"] not in known
        and (capture["amount"] != asked[capture["order_id"]] or capture["status"] == "PARTIALLY_REFUNDED")
    }


def compare(world: World, audit: Audit) -> None:
    """Check that our books say what PayPal's say, and that everything has come to its end."""
    books = audit.books
    owners = {attempt["id"]: books.row("payments", attempt["payment_id"]) for attempt in books.rows("payment_attempts")}
    taken: defaultdict[str, list[Capture]] = defaultdict(list)  # by order
    for capture in world.paypal.records("capture"):
        taken[owners[capture["custom_id"]]["order_id"]].append(capture)
    doubtful = {owners[attempt]["order_id"] for attempt in strange_attempts(world)}
    for order in books.rows("orders"):
        if order["id"] not in doubtful:
            compare_order(books, order, taken[order["id"]])
    compare_sums(world, books)
    compare_refunds(world, books)
    compare_mails(world, books)


def compare_order(books: Books, order: Row, taken: list[Capture]) -> None:
    """One capture of the exact sum pays an order, or has paid it and was given back; all others were given back."""
    payments = books.rows("payments", order_id=order["id"])
    assert {payment["status"] for payment in payments} <= FINAL | WAITS_FOR_THE_CUSTOMER, order["number"]
    paying = {payment["capture_id"]: payment for payment in payments if payment["status"] == "SUCCEEDED"}
    for capture in taken:
        refused = books.rows("refunds", capture_id=capture["id"], status="FAILED")
        if capture["id"] in paying:
            assert paying[capture["id"]]["amount_cents"] == capture["amount"]["minor"]
            given_back = capture["status"] == "REFUNDED"
            assert order["status"] == "REFUNDED" if given_back else order["status"] in PAID, order["number"]
        else:
            assert capture["status"] in {"REFUNDED", "DECLINED"} or refused, (order["number"], order["status"], capture)
    assert set(paying) <= {capture["id"] for capture in taken}


def compare_sums(world: World, books: Books) -> None:
    """All money that has come in pays an order, or was given back, or PayPal has refused to give it back."""
    strange = strange_attempts(world)
    captures = [each for each in world.paypal.records("capture") if each["custom_id"] not in strange]
    paying = {row["capture_id"]: row["amount_cents"] for row in books.rows("payments", status="SUCCEEDED")}
    came_in = {each["id"]: each["amount"]["minor"] for each in captures if each["status"] in TAKEN}
    paid = sum(cents for capture_id, cents in paying.items() if capture_id in came_in)
    rest = {each["id"]: each["refunded_minor"] for each in captures if each["id"] in came_in.keys() - paying.keys()}
    stuck = {row["capture_id"] for row in books.rows("refunds", status="FAILED")} & rest.keys()
    kept = sum(came_in[capture_id] - rest[capture_id] for capture_id in stuck)
    assert sum(came_in.values()) == paid + sum(rest.values()) + kept


def compare_refunds(world: World, books: Books) -> None:
    """Every refund that PayPal has made is in our books once, with its sum; none is there that was not made."""
    strange = strange_attempts(world)
    known = {each["id"] for each in world.paypal.records("capture") if each["custom_id"] not in strange}
    made = Counter(
        (each["id"], each["capture_id"], each["amount"]["minor"])
        for each in world.paypal.records("refund")
        if each["capture_id"] in known and each["status"] == "COMPLETED"
    )
    ours = Counter(
        (row["paypal_refund_id"], row["capture_id"], row["amount_cents"])
        for row in books.rows("refunds", status="COMPLETED")
    )
    assert ours == made
    assert {row["status"] for row in books.rows("refunds")} <= {"COMPLETED", "FAILED"}


def compare_mails(world: World, books: Books) -> None:
    """Every mail owed has gone out or has bounced; a refund is told of once: when made, or refused to who waits."""
    for mail in books.rows("emails"):
        assert mail["status"] in {"SENT", "BOUNCED"}, mail["subject_key"]
    sent = {str(message["Message-ID"]) for message in world.mail.taken}
    assert sent >= {f"<{mail['id']}@saldo.example>" for mail in books.rows("emails", status="SENT")}
    assert told_of(books, "PAYMENT_REFUNDED") == Counter(row["id"] for row in books.rows("refunds", status="COMPLETED"))
    refused, unwanted = told_of(books, "REFUND_FAILED"), books.rows("refunds", reason=UNWANTED)
    assert refused >= Counter(row["id"] for row in unwanted if row["status"] == "FAILED")
    assert refused <= Counter(row["id"] for row in unwanted)  # one that failed may be made after all


def told_of(books: Books, kind: str) -> Counter[str]:
    """Return what the mails of that kind are about."""
    return Counter(mail["subject_key"].split(":")[1] for mail in books.rows("emails", kind=kind))
