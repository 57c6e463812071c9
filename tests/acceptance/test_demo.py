"""The first command of a stranger: `make demo` is enough to pay an order, and leaves nothing running behind."""

import asyncio
import re
import signal
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from app.graphql.endpoint import CLIENT_HEADER
from tests.harness.demo import Demo, Place, running_demo
from tests.harness.pages import Browser
from tests.harness.product import Client, told

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path / "demo")


@pytest.fixture(scope="module")
def shared_demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """One running demo for the tests that do not stop it."""
    with running_demo(Place(tmp_path_factory.mktemp("shared") / "demo")) as demo:
        yield demo


@asynccontextmanager
async def signed_in(place: Place, username: str = "123456@aruba.it") -> AsyncIterator[Client]:
    """A front end signed in with the demo's password."""
    async with httpx2.AsyncClient(base_url=place.api_url, timeout=60, headers={CLIENT_HEADER: "tests"}) as http:
        client = Client(http)
        answer = await client.run("sign_in", username=username, password="demo")
        assert answer["__typename"] == "SignInPayload", answer
        yield client


async def begin(client: Client, place: Place, number: str) -> tuple[str, dict[str, Any]]:
    """Open a payment for the order and return its id and what is offered."""
    return_url = f"{place.api_url}/graphql"
    started = await client.run("start_payment", input={"order": {"number": number}, "returnUrl": return_url})
    return started["payment"]["id"], started["payment"]


async def proceed(client: Client, payment_id: str, amount: dict[str, str]) -> Any:
    return await client.run("confirm_payment", input={"paymentId": payment_id, "expectedAmount": amount})


async def pay_with(client: Client, place: Place, number: str, *, nickname: str) -> Any:
    """Pay with the registered account of that nickname and return the answer to "Procedi"."""
    payment_id, offered = await begin(client, place, number)
    [account] = [each["id"] for each in offered["nextAction"]["accounts"] if each["nickname"] == nickname]
    await client.run("select_registered_account", paymentId=payment_id, accountId=account)
    return await proceed(client, payment_id, offered["amount"])


async def pay_with_new(client: Client, place: Place, number: str, *, creates: str) -> str:
    """Pay with an account created on PayPal's pages and return where the browser ends."""
    payment_id, offered = await begin(client, place, number)
    await client.run("select_new_account", paymentId=payment_id)
    confirmed = await proceed(client, payment_id, offered["amount"])
    browser = Browser(shop=f"{place.api_url}/graphql")
    await browser.create_account_and_accept(confirmed["payment"]["nextAction"]["redirectUrl"], email=creates)
    assert browser.url == f"{place.api_url}/graphql?paymentId={payment_id}"
    return payment_id


async def statuses(client: Client, *numbers: str) -> dict[str, str]:
    return {number: (await client.run("order", number=number))["order"]["status"] for number in numbers}


async def both_flows(place: Place) -> None:
    """Pay one order with a registered account and one with a new one."""
    async with signed_in(place) as client:
        confirmed = await pay_with(client, place, "sal 1001", nickname="Personale: paga")
        assert confirmed["payment"]["status"] == "SUCCEEDED", confirmed
        payment_id = await pay_with_new(client, place, "SAL1002", creates="mario.nuovo@example.com")
        assert (await client.payment(payment_id))["status"] == "SUCCEEDED"


def mails_told(demo: Demo) -> list[str]:
    return sorted(re.findall(r"^  \d\d:\d\d:\d\d  (.*)$", demo.text, flags=re.MULTILINE))


def in_use(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


MAILS = [
    "Attivazione rinnovo automatico per il servizio SPID Mario Rossi  →  mario.rossi@example.com",
    "Attivazione rinnovo automatico per il servizio mario.rossi@pec.example  →  mario.rossi@example.com",
    "Conferma pagamento  →  mario.rossi@example.com",
    "Conferma pagamento  →  mario.rossi@example.com",
]


async def test_orders_are_paid_stay_paid_and_are_unpaid_again_after_a_reset(place: Place) -> None:
    with running_demo(place) as demo:
        await both_flows(place)
        await asyncio.to_thread(demo.until_it_says, "  →  ", times=len(MAILS))
        caught, told = [f"{mail['Subject']}  →  {mail['To']}" for mail in place.mails()], mails_told(demo)
        assert demo.stop(signal.SIGINT) == 0
        said = demo.text

    assert sorted(caught) == told == MAILS
    assert f"{place.api_url}/graphql" in said
    assert said.endswith("\nSaldo is stopping …\nSaldo has stopped.\n")
    assert "Traceback" not in said
    assert not any(in_use(port) for port in (place.api, place.simulator, place.catcher, place.smtp))

    with running_demo(place) as again:
        mails_kept = [f"{mail['Subject']}  →  {mail['To']}" for mail in place.mails()]
        async with signed_in(place) as client:
            kept = await statuses(client, "SAL1001", "SAL1002", "SAL1003")
            paid = await pay_with(client, place, "SAL1004", nickname="Personale: paga")
        assert again.stop(signal.SIGTERM) == 0

    assert kept == {"SAL1001": "PAID", "SAL1002": "PAID", "SAL1003": "AWAITING_PAYMENT"}
    assert paid["payment"]["status"] == "SUCCEEDED"
    assert mails_kept == caught

    with running_demo(place, "--reset"):
        async with signed_in(place) as client:
            anew = await statuses(client, "SAL1001", "SAL1002", "SAL1004")

        assert set(anew.values()) == {"AWAITING_PAYMENT"}
        assert place.mails() == []


async def test_everybody_named_in_the_terminal_can_sign_in(shared_demo: Demo) -> None:
    usernames = re.findall(r"^  (\d{6}@aruba\.it)   ", shared_demo.text, flags=re.MULTILINE)

    signed = []
    for username in usernames:
        async with signed_in(shared_demo.place, username) as client:
            signed.append((await client.run("services"))["displayName"])

    assert signed == ["Mario Rossi", "Studio Bianchi S.r.l.", "Jane Smith"]


async def test_every_payer_behaves_as_the_nickname_says(shared_demo: Demo) -> None:
    place = shared_demo.place

    async with signed_in(place) as mario:
        declined = await pay_with(mario, place, "SAL1001", nickname="Vecchia carta: addebito rifiutato")
        careful = await pay_with(mario, place, "SAL1002", nickname="Cauto: vuole confermare su PayPal")
        revoked = await pay_with(mario, place, "SAL1003", nickname="Accordo revocato su PayPal")

    assert declined["payment"]["outcome"]["code"] == "FUNDING_DECLINED"
    assert careful["payment"]["nextAction"]["__typename"] == "ApproveOnPayPalAction"
    assert revoked["payment"]["outcome"]["code"] == "CONSENT_REVOKED"


async def test_who_closes_the_tab_after_accepting_has_paid_because_paypal_says_so(shared_demo: Demo) -> None:
    place = shared_demo.place

    async with signed_in(place) as mario:
        payment_id, offered = await begin(mario, place, "SAL1004")
        await mario.run("select_new_account", paymentId=payment_id)
        confirmed = await proceed(mario, payment_id, offered["amount"])
        browser = Browser()
        await browser.open(confirmed["payment"]["nextAction"]["redirectUrl"])
        await browser.press("Accedi", email="pays@payer.example", password="secret")
        await browser.press("Accetta e continua", follow=False)
        paid = await outcome(mario, payment_id)

    assert (paid["status"], paid["history"][-1]["source"]) == ("SUCCEEDED", "PAYPAL_WEBHOOK")


async def outcome(client: Client, payment_id: str) -> dict[str, Any]:
    """Wait until the payment has one."""
    for _ in range(100):
        payment = await client.payment(payment_id)
        if payment["outcome"]:
            break
        await asyncio.sleep(0.1)
    return payment


async def test_an_order_of_the_system_keeps_its_renewal_and_one_of_a_lost_service_cannot_be_paid(
    shared_demo: Demo,
) -> None:
    place = shared_demo.place

    async with signed_in(place) as mario:
        _, system_order = await begin(mario, place, "SAL1005")
        gone = await mario.run("order", number="SAL1006")

    [choice] = system_order["renewalChoices"]
    assert [block["code"] for block in choice["eligibility"]["blocks"]] == ["RENEWAL_ORDER_OPEN"]
    assert [block["code"] for block in gone["order"]["paymentBlocks"]] == ["SERVICE_GONE"]


def test_a_port_in_use_is_told_and_nothing_is_started(place: Place) -> None:
    with socket.create_server(("127.0.0.1", place.simulator)):
        ended = place.run()

    assert ended.returncode == 1
    assert ended.stdout == ""
    assert ended.stderr.startswith(f"Port {place.simulator} is in use. Is another demo running?")
    assert f"SALDO_SIMULATOR_PORT={place.simulator + 1000} make demo\n" in ended.stderr
    assert not place.directory.exists()


def test_a_part_that_cannot_start_is_named_and_stops_the_demo(place: Place) -> None:
    ended = place.run(SALDO_CATCHER_SMTP_PORT=str(place.catcher))  # the mail catcher is in its own way

    assert ended.returncode == 1
    assert ended.stdout == "Saldo is starting …\n"
    assert ended.stderr.startswith("The mail catcher did not start (exit code ")
    assert not any(in_use(port) for port in (place.api, place.simulator, place.catcher))


def test_files_in_use_are_told(shared_demo: Demo) -> None:
    directory = shared_demo.place.directory

    ended = Place(directory).run()

    assert ended.returncode == 1
    assert ended.stderr.startswith(f"Another demo works with the files in {directory}.")


def test_a_browser_gets_a_page_and_a_program_gets_answers(shared_demo: Demo) -> None:
    address = f"{shared_demo.place.api_url}/graphql"

    page = httpx2.get(address, headers={"Accept": "text/html"})
    answer = httpx2.post(address, json={"query": "{ __typename }"})

    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "mutation SignIn(" in page.text
    assert told(answer) == {"data": {"__typename": "Query"}}
