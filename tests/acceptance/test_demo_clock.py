"""The clock of the demo: whoever tries it out goes to the notice, to the charge, and sees the whole story play."""

import re
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import httpx2
import pytest

from app.graphql.endpoint import CLIENT_HEADER
from policies.renewal_calendar import add_years
from tests.acceptance.test_demo import begin, proceed, signed_in
from tests.harness.demo import Demo, Place, running_demo
from tests.harness.product import Client

pytestmark = pytest.mark.timeout(300)

FAMILY = "famiglia.rossi@pec.example"
PATIENCE_SECONDS = 90


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """One demo for the tests that do not move its clock."""
    with running_demo(Place(tmp_path_factory.mktemp("clock") / "demo")) as demo:
        yield demo


@pytest.fixture
def moved(tmp_path: Path) -> Iterator[Demo]:
    """A demo whose clock the test moves."""
    with running_demo(Place(tmp_path / "demo")) as demo:
        yield demo


def page_of(place: Place) -> str:
    return httpx2.get(f"{place.api_url}/time").text


def day_of(place: Place, stop: str, label: str) -> date:
    """Return the day to which the button leads."""
    found = re.search(rf'until=(\S+)"><button[^>]* aria-label="{stop} of {re.escape(label)}"', page_of(place))
    assert found, f"there is no button for the {stop} of {label}"
    return date.fromisoformat(found[1])


def press(place: Place, stop: str, label: str) -> date:
    """Go to a day of a service, wait until it has come, and return it."""
    day = day_of(place, stop, label)
    answer = httpx2.post(f"{place.api_url}/time", params={"until": str(day)}, headers={"Origin": place.api_url})
    assert (answer.status_code, answer.headers["location"]) == (303, "/time")
    deadline = time.monotonic() + PATIENCE_SECONDS
    while 'role="status"' in (page := page_of(place)):
        assert time.monotonic() < deadline, page
        time.sleep(0.2)
    assert f"<strong>{day:%A} {day.day} {day:%B %Y}, 06:0" in page
    return day


def subjects(place: Place, *, about: str = "") -> list[str]:
    """Return the subjects of the mails so far, oldest first."""
    return [mail["Subject"] for mail in reversed(place.mails()) if about in mail["Subject"]]


async def family(client: Client) -> Any:
    """Return the service as Mario sees it, in the session that he has."""
    services = (await client.run("services"))["services"]["nodes"]
    return next(service for service in services if service["label"] == FAMILY)


async def test_to_the_notice_and_to_the_charge_in_one_session(moved: Demo) -> None:
    place = moved.place
    async with signed_in(place) as mario:
        before = await family(mario)
        expiry = date.fromisoformat(before["expiresOn"])
        left_behind, offered = await begin(mario, place, "SAL1004")
        await mario.run("select_new_account", paymentId=left_behind)
        await proceed(mario, left_behind, offered["amount"])  # and the payer never comes back from PayPal

        press(place, "notice", FAMILY)
        announced, forgotten = await family(mario), await mario.payment(left_behind)
        noticed = subjects(place, about=f"Rinnovo automatico del servizio {FAMILY}")
        charged_on = press(place, "charge", FAMILY)
        renewed = await family(mario)
        [order] = [each for each in renewed["orders"]["nodes"] if each["kind"] == "RENEWAL"]
        answer = (await mario.run("why_was_i_charged", number=order["number"]))["order"]

    assert len(noticed) == 1
    assert announced["autoRenewal"]["nextCharge"]["noticeSentAt"] is not None
    assert forgotten["status"] == "EXPIRED"  # looks that had been put off came due with the days
    assert renewed["expiresOn"] == str(add_years(expiry, 1))
    assert (renewed["status"], renewed["autoRenewal"]["status"]) == ("ACTIVE", "ON")
    assert order["status"] == "PAID"
    [payment] = answer["payments"]["nodes"]
    assert payment["outcome"]["at"][:10] == str(charged_on)
    assert payment["mandate"]["consent"]["granted"] is True
    assert payment["mandate"]["notice"]["chargeOn"] == str(charged_on)
    assert "Conferma pagamento" in subjects(place)
    moved.until_it_says("  →  ", times=len(subjects(place)))  # the terminal tells of them, too


async def test_past_its_last_day_a_service_that_nobody_renews_is_gone(moved: Demo) -> None:
    place = moved.place
    label = "Fatturazione PA Studio Bianchi"  # the customer has an order of their own for it, and does not pay it

    press(place, "expiry", label)
    press(place, "charge", "studiobianchi@pec.example")  # long after

    async with signed_in(place, "234567@aruba.it") as studio:
        services = (await studio.run("services"))["services"]["nodes"]
    assert label not in [service["label"] for service in services if service["status"] != "CANCELED"]
    assert subjects(place, about=label)[-1] == f"Rinnovo automatico non riuscito per il servizio {label}"


@pytest.mark.parametrize("until", ["", "tomorrow", "2020-01-01", "9999-12-31"])
def test_only_a_day_that_is_ahead_can_be_gone_to(demo: Demo, until: str) -> None:
    before = page_of(demo.place)

    answer = httpx2.post(f"{demo.place.api_url}/time", params={"until": until})

    assert answer.status_code == 400
    assert 'role="status"' not in page_of(demo.place)
    assert re.findall(r"until=\S+", before) == re.findall(r"until=\S+", page_of(demo.place))


def test_a_page_of_somebody_else_cannot_move_the_clock(demo: Demo) -> None:
    address, foreign = f"{demo.place.api_url}/time", {"Origin": "https://evil.example", CLIENT_HEADER: "evil"}

    answer = httpx2.post(address, params={"until": "2031-01-01"}, headers=foreign)

    assert answer.status_code == 403
    assert 'role="status"' not in page_of(demo.place)


def test_the_terminal_tells_where_the_clock_is(demo: Demo) -> None:
    assert f"  Clock              {demo.place.api_url}/time " in demo.text


def test_the_time_is_kept_by_a_restart_and_forgotten_by_a_reset(tmp_path: Path) -> None:
    place = Place(tmp_path / "demo")
    with running_demo(place):
        press(place, "notice", FAMILY)
        moved = re.findall(r"\d+ days ahead", page_of(place))

    with running_demo(place):
        kept = re.findall(r"\d+ days ahead", page_of(place))
    with running_demo(place, "--reset"):
        anew = re.findall(r"\d+ days ahead", page_of(place))

    assert (len(moved), kept, anew) == (1, moved, [])
