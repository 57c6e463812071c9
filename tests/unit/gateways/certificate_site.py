"""The place where certificates are served, as a test wants it, and somebody who asks for them there."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import httpx2
from cryptography import x509
from cryptography.x509.verification import Store

from gateways.paypal.certificates import CertificateRefused, Certificates, CertificateUnavailable
from tests.unit.gateways.signing import ADDRESS, NOON, Authority, pem, rsa_key

TRUSTED = Authority()
GENUINE = TRUSTED.signer()


@dataclass(frozen=True, kw_only=True)
class Page:
    """What is answered at an address."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


def served(*chain: x509.Certificate) -> Page:
    return Page(body=pem(*chain))


class Site:
    """Answers as it is told, and remembers what it was asked."""

    def __init__(self, answer: Page | Exception | Callable[[str], Page] | None = None) -> None:
        self.answer = answer or served(GENUINE)
        self.asked: list[str] = []
        self.at_once = self.most_at_once = 0
        self.now = NOON

    async def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(str(request.url))
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(0.01)
        self.at_once -= 1
        if isinstance(self.answer, Exception):
            raise self.answer
        page = self.answer if isinstance(self.answer, Page) else self.answer(str(request.url))
        return httpx2.Response(page.status, headers=page.headers, stream=httpx2.ByteStream(page.body))

    def certificates(self, base_url: str = "https://api-m.paypal.com") -> Certificates:
        """Return the merchant's side, which trusts `TRUSTED` and reaches nothing but this."""
        return Certificates(
            base_url=base_url,
            roots=Store([TRUSTED.root]),
            clock=lambda: self.now,
            transport=httpx2.MockTransport(self),
        )


def address(name: str) -> str:
    return f"https://api.paypal.com/v1/notifications/certs/{name}"


async def outcome(certificates: Certificates, where: str = ADDRESS) -> str:
    """Return what becomes of asking for the signer's key: proved, or how it failed."""
    try:
        key = await certificates.key(where)
    except (CertificateRefused, CertificateUnavailable) as failure:
        return type(failure).__name__
    assert key.public_numbers() == rsa_key("signer").public_key().public_numbers()
    return "proved"
