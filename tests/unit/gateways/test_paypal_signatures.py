"""Who signed a delivery: proved over the raw bytes, with PayPal's own signatures of long ago among others."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from gateways.paypal.webhooks import (
    ALGORITHM,
    OLDEST,
    Delivery,
    DeliveryRefused,
    WebhookVerifier,
    check_signature,
)
from tests.harness.simulator import ROOT
from tests.unit.gateways.certificate_site import Site
from tests.unit.gateways.signing import EVENT, NOON, WEBHOOK_ID, Unsigned, changed, rsa_key

VECTORS = ROOT.parent / "shared" / "webhook-vectors"
REAL = pytest.mark.skipif(not VECTORS.exists(), reason="the deliveries that PayPal published are not here")


def real_key() -> RSAPublicKey:
    """Return the key that PayPal's sandbox signed with in 2015 and 2016."""
    [path] = VECTORS.glob("*.pub.pem")
    key = load_pem_public_key(path.read_bytes())
    assert isinstance(key, RSAPublicKey)
    return key


def real_deliveries(path: Path = VECTORS / "vectors.json") -> list[tuple[str, Delivery, str]]:
    """Return the deliveries that PayPal published: a name, the delivery, and the webhook it was sent to."""
    if not path.exists():
        return []
    return [
        (
            each["name"],
            Delivery(
                transmission_id=each["tid"],
                transmission_time=each["ts"],
                signature=each["sig"],
                certificate_url=each["cert_url"],
                algorithm=ALGORITHM,
                body=each["body"].encode(),
            ),
            each["wid"],
        )
        for each in json.loads(path.read_text(encoding="utf-8"))
    ]


each_real_delivery = pytest.mark.parametrize(
    ("delivery", "webhook_id"),
    [pytest.param(delivery, webhook_id, id=name) for name, delivery, webhook_id in real_deliveries()]
    or [pytest.param(None, "", id="absent")],
)


def is_genuine(delivery: Delivery, *, webhook_id: str, key: RSAPublicKey) -> bool:
    try:
        check_signature(delivery, webhook_id=webhook_id, key=key)
    except DeliveryRefused:
        return False
    return True


def one_byte_off(text: bytes) -> Iterator[bytes]:
    """Yield the text with each byte in turn changed in its lowest or highest bit, left out or doubled."""
    for place, byte in enumerate(text):
        for other in (bytes([byte ^ 1]), bytes([byte ^ 128]), b"", bytes([byte, byte])):
            yield text[:place] + other + text[place + 1 :]


@REAL
@each_real_delivery
def test_a_delivery_that_paypal_sent_verifies(delivery: Delivery, webhook_id: str) -> None:
    check_signature(delivery, webhook_id=webhook_id, key=real_key())


@REAL
@each_real_delivery
def test_no_byte_of_its_body_can_be_changed(delivery: Delivery, webhook_id: str) -> None:
    key = real_key()

    believed = [
        body
        for body in one_byte_off(delivery.body)
        if is_genuine(changed(delivery, body=body), webhook_id=webhook_id, key=key)
    ]

    assert believed == []


@REAL
@each_real_delivery
@pytest.mark.parametrize("name", ["transmission_id", "transmission_time", "webhook_id"])
def test_no_byte_of_what_is_signed_with_it_can_be_changed(delivery: Delivery, webhook_id: str, name: str) -> None:
    key = real_key()
    before = webhook_id if name == "webhook_id" else getattr(delivery, name)
    believed = []

    for after in (text.decode("latin-1") for text in one_byte_off(before.encode())):
        if name == "webhook_id":
            believed += [after] * is_genuine(delivery, webhook_id=after, key=key)
        else:
            believed += [after] * is_genuine(changed(delivery, **{name: after}), webhook_id=webhook_id, key=key)

    assert [text for text in believed if text != before] == []


@REAL
@each_real_delivery
def test_no_byte_of_its_signature_can_be_changed(delivery: Delivery, webhook_id: str) -> None:
    key = real_key()

    believed = [
        text
        for text in (text.decode("latin-1") for text in one_byte_off(delivery.signature.encode()))
        if is_genuine(changed(delivery, signature=text), webhook_id=webhook_id, key=key)
    ]

    assert believed == []


@pytest.mark.parametrize("separators", [(",", ":"), (", ", ": ")])
@pytest.mark.parametrize("ensure_ascii", [True, False])
def test_a_body_that_was_decoded_and_encoded_again_does_not_verify(
    separators: tuple[str, str], ensure_ascii: bool
) -> None:
    delivery = Unsigned().signed()
    again = json.dumps(json.loads(EVENT), separators=separators, ensure_ascii=ensure_ascii).encode()

    assert json.loads(again) == json.loads(EVENT)
    assert is_genuine(delivery, webhook_id=WEBHOOK_ID, key=rsa_key("signer").public_key())
    assert not is_genuine(changed(delivery, body=again), webhook_id=WEBHOOK_ID, key=rsa_key("signer").public_key())


@pytest.mark.parametrize("signature", ["", "not base64!", "AAAA", "é", "AAAA\n"])
def test_a_signature_that_is_none_is_refused(signature: str) -> None:
    delivery = changed(Unsigned().signed(), signature=signature)

    assert not is_genuine(delivery, webhook_id=WEBHOOK_ID, key=rsa_key("signer").public_key())


def test_another_key_does_not_verify() -> None:
    assert not is_genuine(Unsigned().signed(), webhook_id=WEBHOOK_ID, key=rsa_key("somebody else").public_key())


class Anybody:
    """Believes every signature, and counts how often it was asked to."""

    def __init__(self) -> None:
        self.asked = 0

    async def demand(self, delivery: Delivery, *, webhook_id: str) -> None:
        self.asked += 1


def verifying(proof: Anybody) -> WebhookVerifier:
    return WebhookVerifier(webhook_id=WEBHOOK_ID, certificates=Site().certificates(), proof=proof, clock=lambda: NOON)


def written(moment: timedelta) -> str:
    return (NOON + moment).isoformat().replace("+00:00", "Z")


@pytest.mark.parametrize("moment", [-OLDEST, -timedelta(days=3, seconds=1), timedelta(0), OLDEST])
async def test_a_delivery_is_let_in_for_as_long_as_paypal_repeats_it(moment: timedelta) -> None:
    proof = Anybody()
    verifier = verifying(proof)

    await verifier.verify(Unsigned(transmission_time=written(moment)).signed())

    assert proof.asked == 1


@pytest.mark.parametrize(
    "odd",
    [
        {"transmission_time": written(-OLDEST - timedelta(seconds=1))},
        {"transmission_time": written(OLDEST + timedelta(seconds=1))},
        {"transmission_time": "2026-11-24T12:00:00"},
        {"transmission_time": "yesterday"},
        {"transmission_time": "1764000000"},
        {"certificate_url": "https://evil.example/v1/notifications/certs/CERT-1"},
        {"algorithm": "SHA1withRSA"},
        {"algorithm": "sha256withrsa"},
    ],
    ids=str,
)
async def test_what_is_odd_is_refused_before_anything_is_fetched_for_it(odd: dict[str, str]) -> None:
    proof = Anybody()
    verifier = verifying(proof)

    with pytest.raises(DeliveryRefused):
        await verifier.verify(changed(Unsigned().signed(), **odd))

    assert proof.asked == 0
