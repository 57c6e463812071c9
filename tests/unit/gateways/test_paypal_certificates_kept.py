"""A certificate once proved: kept for a while, fetched once for everybody, and never at the cost of others."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx2
import pytest
from cryptography.x509.verification import Store

from gateways.paypal.certificates import FAILURE_KEPT_FOR, KEPT_FOR, MOST_FETCHES, MOST_KEPT, Certificates
from tests.unit.gateways.certificate_site import GENUINE, TRUSTED, Page, Site, address, outcome, served
from tests.unit.gateways.signing import ADDRESS, NOON


async def test_fifty_deliveries_at_once_fetch_a_certificate_once() -> None:
    site = Site()
    certificates = site.certificates()

    outcomes = await asyncio.gather(*(outcome(certificates) for _ in range(50)))
    later = await outcome(certificates)

    assert ({*outcomes, later}, site.asked) == ({"proved"}, [ADDRESS])


async def test_who_gives_up_waiting_does_not_take_the_certificate_away_from_the_others() -> None:
    site = Site()
    certificates = site.certificates()
    impatient = asyncio.create_task(outcome(certificates))
    patient = asyncio.create_task(outcome(certificates))
    await asyncio.sleep(0)

    impatient.cancel()

    assert (await patient, site.asked) == ("proved", [ADDRESS])


@pytest.mark.parametrize(
    ("pause", "fetches"), [(KEPT_FOR - timedelta(seconds=1), 1), (KEPT_FOR, 2)], ids=["before", "after"]
)
async def test_a_proof_is_kept_for_a_while(pause: timedelta, fetches: int) -> None:
    site = Site()
    certificates = site.certificates()
    await outcome(certificates)

    site.now += pause

    assert (await outcome(certificates), len(site.asked)) == ("proved", fetches)


async def test_a_proof_does_not_outlive_its_certificate() -> None:
    site = Site(served(TRUSTED.signer(end=NOON + timedelta(minutes=1))))
    certificates = site.certificates()
    before = await outcome(certificates)

    site.now += timedelta(minutes=1, seconds=1)

    assert (before, await outcome(certificates)) == ("proved", "CertificateRefused")


async def test_a_failure_is_forgotten_soon() -> None:
    site = Site(httpx2.ConnectError("refused"))
    certificates = site.certificates()
    failures = [await outcome(certificates), await outcome(certificates)]
    asked_meanwhile = len(site.asked)

    site.answer = served(GENUINE)
    site.now += FAILURE_KEPT_FOR

    assert (failures, asked_meanwhile) == (["CertificateUnavailable"] * 2, 1)
    assert await outcome(certificates) == "proved"


async def test_junk_does_not_push_out_what_is_good() -> None:
    site = Site(lambda url: served(GENUINE) if url == ADDRESS else Page(status=404))
    certificates = site.certificates()
    await outcome(certificates)

    for number in range(MOST_KEPT * 2):
        await outcome(certificates, address(f"junk-{number}"))

    asked = len(site.asked)
    assert (await outcome(certificates), len(site.asked)) == ("proved", asked)
    assert len(certificates._failed) == len(certificates._known) + MOST_KEPT - 1 == MOST_KEPT


async def test_a_flood_of_addresses_is_not_passed_on_to_paypal() -> None:
    site = Site(Page(status=404))
    certificates = site.certificates()

    outcomes = await asyncio.gather(*(outcome(certificates, address(f"junk-{number}")) for number in range(100)))

    assert len(site.asked) == MOST_KEPT
    assert site.most_at_once == MOST_FETCHES
    assert outcomes.count("CertificateUnavailable") == 100 - MOST_KEPT


async def test_a_certificate_that_dribbles_in_for_ever_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    async def dribble() -> AsyncIterator[bytes]:
        while True:
            await asyncio.sleep(0.01)
            yield b" "

    async def site(_: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, content=dribble())

    monkeypatch.setattr("gateways.paypal.certificates.DEADLINE_SECONDS", 0.1)
    roots, transport = Store([TRUSTED.root]), httpx2.MockTransport(site)
    certificates = Certificates(base_url="https://api.paypal.com", roots=roots, clock=lambda: NOON, transport=transport)

    assert await outcome(certificates) == "CertificateUnavailable"


async def test_a_clock_set_back_before_the_certificate_is_noticed() -> None:
    site = Site()
    certificates = site.certificates()
    await outcome(certificates)

    site.now = GENUINE.not_valid_before_utc - timedelta(seconds=1)

    assert await outcome(certificates) == "CertificateRefused"
