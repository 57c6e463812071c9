"""The certificates that PayPal signs with: where they may come from, and which are believed."""

from datetime import timedelta
from pathlib import Path

import certifi
import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from gateways.paypal.certificates import LARGEST_BYTES, certificate_addresses, load_roots
from tests.unit.gateways.certificate_site import GENUINE, TRUSTED, Page, Site, address, outcome, served
from tests.unit.gateways.signing import ADDRESS, NOON, SIGNER, Authority, pem, rsa_key


@pytest.mark.parametrize(
    "host", ["api.paypal.com", "api-m.paypal.com", "api.sandbox.paypal.com", "api-m.sandbox.paypal.com"]
)
async def test_a_certificate_at_one_of_paypals_hosts_is_proved(host: str) -> None:
    site = Site()

    assert await outcome(site.certificates(), f"https://{host}/v1/notifications/certs/CERT-1_a") == "proved"
    assert site.asked == [f"https://{host}/v1/notifications/certs/CERT-1_a"]


@pytest.mark.parametrize(
    "forged",
    [
        "http://api.paypal.com/v1/notifications/certs/CERT-1",
        "https://evil.example/v1/notifications/certs/CERT-1",
        "https://api.paypal.com.evil.example/v1/notifications/certs/CERT-1",
        "https://evil-api.paypal.com/v1/notifications/certs/CERT-1",
        "https://www.paypal.com/v1/notifications/certs/CERT-1",
        "https://api.paypal.com:443/v1/notifications/certs/CERT-1",
        "https://api.paypal.com:8443/v1/notifications/certs/CERT-1",
        "https://api.paypal.com@evil.example/v1/notifications/certs/CERT-1",
        "https://mario@api.paypal.com/v1/notifications/certs/CERT-1",
        "https://api.paypal.com/v1/notifications/certs/CERT-1?a=b",
        "https://api.paypal.com/v1/notifications/certs/CERT-1#a",
        "https://api.paypal.com/v1/notifications/certs/../../other",
        "https://api.paypal.com/v1/notifications/certs/",
        "https://api.paypal.com/v1/notifications/certs/a/b",
        "https://api.paypal.com/v1/notifications/certs/CERT%2d1",
        "https://api.paypal.com/v2/notifications/certs/CERT-1",
        "https://apixpaypal.com/v1/notifications/certs/CERT-1",
        "https://api.paypal.com/v1/notifications/certs/CERT-1\n",
        " https://api.paypal.com/v1/notifications/certs/CERT-1",
        "https://api.paypal.com\\@evil.example/v1/notifications/certs/CERT-1",
        "HTTPS://API.PAYPAL.COM/v1/notifications/certs/CERT-1",
        "https://api.paypal.com/v1/notifications/certs/" + "a" * 101,
        "file:///etc/passwd",
        "",
    ],
)
async def test_any_other_address_is_refused_and_never_asked(forged: str) -> None:
    site = Site()

    assert await outcome(site.certificates(), forged) == "CertificateRefused"
    assert site.asked == []


@pytest.mark.parametrize(
    ("base_url", "own"),
    [
        ("http://127.0.0.1:8001", "http://127.0.0.1:8001"),
        ("https://paypal.test/simulated", "https://paypal.test"),
    ],
)
async def test_the_simulators_certificates_are_at_its_own_origin_and_paypals_are_then_nobodys(
    base_url: str, own: str
) -> None:
    addresses = certificate_addresses(base_url)

    assert addresses.fullmatch(f"{own}/v1/notifications/certs/CERT-1")
    assert not addresses.fullmatch(f"{own}.evil.example/v1/notifications/certs/CERT-1")
    assert not addresses.fullmatch(f"{own}0/v1/notifications/certs/CERT-1")
    assert not addresses.fullmatch(ADDRESS)


async def test_a_chain_through_an_intermediate_authority_is_followed() -> None:
    issuer = Authority(name="Issuing CA")
    intermediate = TRUSTED.certify(issuer.name, rsa_key(issuer.name), is_authority=True)

    assert await outcome(Site(served(issuer.signer(), intermediate)).certificates()) == "proved"
    assert await outcome(Site(served(issuer.signer())).certificates()) == "CertificateRefused"


@pytest.mark.parametrize("name", ["messageverificationcerts.paypal.com", "messageverificationcerts.sandbox.paypal.com"])
async def test_paypals_signing_services_are_known_by_name(name: str) -> None:
    assert await outcome(Site(served(TRUSTED.signer(name))).certificates()) == "proved"


UNREADABLE = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
STRONG = rsa_key("signer")
UNBELIEVABLE = {
    "expired": TRUSTED.signer(end=NOON - timedelta(seconds=1)),
    "not valid yet": TRUSTED.signer(start=NOON + timedelta(seconds=1)),
    "of a foreign authority that uses the name of ours": Authority(name="Foreign Root").signer(),
    "signed by itself": Authority(name="signer").certify(SIGNER, rsa_key("signer"), names=[SIGNER]),
    "made out to a shop": TRUSTED.signer("shop.example"),
    "made out to PayPal's shop window": TRUSTED.signer("www.paypal.com"),
    "made out to a name that only begins so": TRUSTED.signer("messageverificationcerts.paypal.com.evil.example"),
    "made out to a name that only ends so": TRUSTED.signer("messageverificationcertsxpaypal.com"),
    "with the name in its subject alone": TRUSTED.certify(SIGNER, STRONG),
    "of a weak key": TRUSTED.signer(key=rsa_key("weak", 1024)),
    "of another kind of key": TRUSTED.signer(key=ec.generate_private_key(ec.SECP256R1())),
}


@pytest.mark.parametrize("certificate", UNBELIEVABLE.values(), ids=UNBELIEVABLE)
async def test_a_certificate_is_refused(certificate: x509.Certificate) -> None:
    assert await outcome(Site(served(certificate)).certificates()) == "CertificateRefused"


async def test_a_leaf_cannot_issue_certificates() -> None:
    thief = Authority(name=SIGNER)
    stolen = TRUSTED.certify(SIGNER, rsa_key(SIGNER), names=[SIGNER])

    assert await outcome(Site(served(thief.signer(), stolen)).certificates()) == "CertificateRefused"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Page(status=302, headers={"Location": address("other")}), "CertificateRefused"),
        (Page(status=307, headers={"Location": "https://evil.example/"}), "CertificateRefused"),
        (Page(status=404), "CertificateRefused"),
        (Page(body=pem(GENUINE) + b" " * LARGEST_BYTES), "CertificateRefused"),
        (Page(status=500, body=pem(GENUINE)), "CertificateUnavailable"),
        (Page(status=429), "CertificateUnavailable"),
        (Page(body=b"<html>busy</html>"), "CertificateUnavailable"),
        (
            Page(body=UNREADABLE),
            "CertificateUnavailable",
        ),
        (httpx2.ConnectError("refused"), "CertificateUnavailable"),
        (httpx2.ReadTimeout("slow"), "CertificateUnavailable"),
    ],
    ids=[
        "redirect",
        "redirect elsewhere",
        "unknown",
        "too large",
        "failing",
        "too many requests",
        "a page",
        "unreadable",
        "down",
        "slow",
    ],
)
async def test_what_is_wrong_is_told_from_what_cannot_be_had(answer: Page | Exception, expected: str) -> None:
    site = Site(answer)

    assert await outcome(site.certificates()) == expected
    assert site.asked == [ADDRESS]


def test_the_roots_of_the_world_can_be_loaded() -> None:
    assert load_roots(Path(certifi.where())) is not None


def test_a_file_without_roots_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.pem").write_text("nothing here")

    with pytest.raises(ValueError, match="empty"):
        load_roots(tmp_path / "empty.pem")


def test_a_root_that_cannot_be_read_does_not_keep_out_the_others(tmp_path: Path) -> None:
    (tmp_path / "roots.pem").write_bytes(UNREADABLE + pem(TRUSTED.root))

    assert load_roots(tmp_path / "roots.pem") is not None
