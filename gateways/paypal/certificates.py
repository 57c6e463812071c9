"""PayPal's signing certificates: fetched from its own addresses alone, believed for their chain alone, kept a while."""

import asyncio
import re
import warnings
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import structlog
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509 import verification

log = structlog.get_logger(__name__)

PAYPAL_HOSTS = frozenset({"api.paypal.com", "api-m.paypal.com", "api.sandbox.paypal.com", "api-m.sandbox.paypal.com"})
KEPT_FOR = timedelta(hours=12)
FAILURE_KEPT_FOR = timedelta(seconds=10)
MOST_KEPT = 16  # PayPal signs with one or two certificates at a time
MOST_FETCHES = 4  # at once: whoever posts to us must not make us a nuisance to PayPal
LARGEST_BYTES = 64 * 1024
LONGEST_CHAIN = 4
SMALLEST_KEY_BITS = 2048
TIMEOUT = httpx2.Timeout(connect=3, read=3, write=3, pool=3)
DEADLINE_SECONDS = 6.0

_PATH = r"/v1/notifications/certs/[A-Za-z0-9_-]{1,100}"
_NAME = re.compile(r"messageverificationcerts(?:\.[a-z0-9-]+)*\.paypal\.com")
_PEM = re.compile(rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)


class CertificateRefused(Exception):
    """The certificate is not PayPal's, or not valid now."""


class CertificateUnavailable(Exception):
    """The certificate could not be had, which says nothing about the delivery that it would have proved."""


def certificate_addresses(base_url: str) -> re.Pattern[str]:
    """Return what the address of a certificate must be, whole: at PayPal's hosts, or else at the simulator's origin."""
    parts = urlsplit(base_url)
    hosts = "|".join(re.escape(host) for host in sorted(PAYPAL_HOSTS))
    origin = f"https://(?:{hosts})" if parts.hostname in PAYPAL_HOSTS else re.escape(f"{parts.scheme}://{parts.netloc}")
    return re.compile(origin + _PATH)


def read_certificates(pem: bytes) -> list[x509.Certificate]:
    """Return the certificates in a text, leaving out those that cannot be read: the bundle of roots has odd ones."""
    found = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for block in _PEM.findall(pem):
            try:
                found.append(x509.load_pem_x509_certificate(block))
            except ValueError:
                continue
    return found


def load_roots(path: Path) -> verification.Store:
    """Return the trusted roots of a PEM file. Raises ``ValueError`` when there is none in it."""
    return verification.Store(read_certificates(path.read_bytes()))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Known:
    """What is known of an address: a proven key, or why there is none; until when."""

    until: datetime
    key: RSAPublicKey | None = None
    valid_from: datetime | None = None
    failure: Callable[[], Exception] = CertificateUnavailable


class Certificates:
    """The keys that PayPal signs with. One per process: it holds the connections and what has been proved."""

    def __init__(
        self,
        *,
        base_url: str,
        roots: verification.Store,
        clock: Callable[[], datetime],
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self._addresses = certificate_addresses(base_url)
        self._roots = roots
        self._clock = clock
        self._http = httpx2.AsyncClient(transport=transport, timeout=TIMEOUT, follow_redirects=False)
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._failed: OrderedDict[str, _Known] = OrderedDict()  # apart: junk must not push out what is good
        self._under_way: dict[str, asyncio.Task[_Known]] = {}
        self._lines = asyncio.Semaphore(MOST_FETCHES)

    async def aclose(self) -> None:
        """Close the connections."""
        for task in list(self._under_way.values()):
            task.cancel()
        await self._http.aclose()

    def may_be_at(self, address: str) -> bool:
        """Tell whether PayPal could have put a certificate there."""
        return self._addresses.fullmatch(address) is not None

    async def key(self, address: str) -> RSAPublicKey:
        """Return the proven key of the certificate at the address; many who ask at once cause one fetch.

        Raises ``CertificateRefused``, ``CertificateUnavailable``.
        """
        if not self.may_be_at(address):
            raise CertificateRefused("address")
        known = self._remembered(address) or await self._look(address)
        if known.key is None:
            raise known.failure()
        return known.key

    def _remembered(self, address: str) -> _Known | None:
        now = self._clock()
        for shelf in (self._known, self._failed):
            known = shelf.get(address)
            if known is None:
                continue
            if now < known.until and (known.valid_from is None or known.valid_from <= now):
                shelf.move_to_end(address)
                return known
            del shelf[address]
        return None

    async def _look(self, address: str) -> _Known:
        task = self._under_way.get(address)
        if task is None:
            if len(self._under_way) >= MOST_KEPT:
                raise CertificateUnavailable("too many addresses at once")
            task = self._under_way[address] = asyncio.create_task(self._prove(address))
            task.add_done_callback(lambda _: self._under_way.pop(address, None))
        return await asyncio.shield(task)  # who gives up waiting must not take it away from the others

    async def _prove(self, address: str) -> _Known:
        try:
            chain = await self._fetch(address)
            key, leaf = prove(chain, roots=self._roots, now=self._clock())
        except (CertificateRefused, CertificateUnavailable) as exc:
            failure = partial(type(exc), *exc.args)
            log.warning("paypal.certificate_failed", kind=type(exc).__name__, reason=str(exc))
            return self._keep(self._failed, address, _Known(until=self._clock() + FAILURE_KEPT_FOR, failure=failure))
        until = min(self._clock() + KEPT_FOR, leaf.not_valid_after_utc)
        return self._keep(self._known, address, _Known(until=until, key=key, valid_from=leaf.not_valid_before_utc))

    def _keep(self, shelf: OrderedDict[str, _Known], address: str, known: _Known) -> _Known:
        shelf[address] = known
        while len(shelf) > MOST_KEPT:
            shelf.popitem(last=False)
        return known

    async def _fetch(self, address: str) -> list[x509.Certificate]:
        try:
            async with self._lines, asyncio.timeout(DEADLINE_SECONDS):
                pem = await self._read(address)
        except (httpx2.RequestError, TimeoutError) as exc:
            raise CertificateUnavailable(type(exc).__name__) from exc
        chain = read_certificates(pem)
        if not chain:
            raise CertificateUnavailable("no certificate in the answer")
        return chain

    async def _read(self, address: str) -> bytes:
        async with self._http.stream("GET", address, headers={"Accept-Encoding": "identity"}) as response:
            if response.is_redirect or response.status_code == httpx2.codes.NOT_FOUND:
                raise CertificateRefused(f"status {response.status_code}")
            if response.status_code != httpx2.codes.OK:
                raise CertificateUnavailable(f"status {response.status_code}")
            pem = b""
            async for piece in response.aiter_raw():
                pem += piece
                if len(pem) > LARGEST_BYTES:
                    raise CertificateRefused("too large")
        return pem


def prove(
    chain: list[x509.Certificate], *, roots: verification.Store, now: datetime
) -> tuple[RSAPublicKey, x509.Certificate]:
    """Return the key of a certificate made out to PayPal's signing service by somebody we trust, and that certificate.

    Raises ``CertificateRefused``. Revocation is not asked for: PayPal names another certificate after one.
    """
    leaf, *intermediates = chain
    name = _signing_name(leaf)
    verifier = verification.PolicyBuilder().store(roots).time(now).max_chain_depth(LONGEST_CHAIN)
    try:
        verifier.build_server_verifier(x509.DNSName(name)).verify(leaf, intermediates)
    except verification.VerificationError as exc:
        raise CertificateRefused(str(exc)) from exc
    key = leaf.public_key()
    if not isinstance(key, RSAPublicKey) or key.key_size < SMALLEST_KEY_BITS:  # the verifier does not look at it
        raise CertificateRefused("not an RSA key, or a weak one")
    return key, leaf


def _signing_name(leaf: x509.Certificate) -> str:
    try:
        names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, x509.DuplicateExtension, ValueError) as exc:
        raise CertificateRefused("no name") from exc
    for name in names.get_values_for_type(x509.DNSName):
        if _NAME.fullmatch(name):
            return name
    raise CertificateRefused("made out to somebody else")
