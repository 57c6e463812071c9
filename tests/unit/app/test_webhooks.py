"""Who tells PayPal's deliveries from others': wired as the settings say, or not at all, and said so once."""

from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from app.settings import Settings
from app.webhooks import create_verifier
from gateways.paypal.webhooks import OfflineProof, OnlineProof, WebhookVerifier
from tests.unit.gateways.paypal_side import PayPalSide
from tests.unit.gateways.signing import NOON, WEBHOOK_ID


def verifier(**changes: Any) -> WebhookVerifier | None:
    values = {"secret_key": "x" * 32, "paypal_client_id": "client", "paypal_client_secret": "secret", **changes}
    return create_verifier(Settings(_env_file=None, **values), paypal=PayPalSide().client(), clock=lambda: NOON)


def test_without_a_webhook_id_there_is_none_and_the_log_says_so_once() -> None:
    with capture_logs() as logs:
        found = verifier()

    assert found is None
    assert [(each["event"], each["setting"]) for each in logs] == [
        ("webhooks.not_configured", "SALDO_PAYPAL_WEBHOOK_ID")
    ]


@pytest.mark.parametrize(("check", "proof"), [("offline", OfflineProof), ("online", OnlineProof)])
def test_the_setting_decides_who_proves_a_signature(check: str, proof: type) -> None:
    found = verifier(paypal_webhook_id=WEBHOOK_ID, paypal_webhook_check=check)

    assert found is not None
    assert (found.webhook_id, type(found.proof)) == (WEBHOOK_ID, proof)


def test_certificates_are_paypals_unless_paypal_is_simulated() -> None:
    real = verifier(paypal_webhook_id=WEBHOOK_ID)
    simulated = verifier(paypal_webhook_id=WEBHOOK_ID, paypal_base_url="http://127.0.0.1:8001")
    places = [
        f"{origin}/v1/notifications/certs/CERT-1" for origin in ("https://api.paypal.com", "http://127.0.0.1:8001")
    ]

    assert real is not None
    assert simulated is not None
    assert [real.certificates.may_be_at(place) for place in places] == [True, False]
    assert [simulated.certificates.may_be_at(place) for place in places] == [False, True]


def test_roots_that_cannot_be_loaded_stop_the_start(tmp_path: Path) -> None:
    (tmp_path / "empty.pem").touch()

    with pytest.raises(FileNotFoundError, match=r"missing\.pem"):
        verifier(paypal_webhook_id=WEBHOOK_ID, paypal_webhook_ca_file=tmp_path / "missing.pem")
    with pytest.raises(ValueError, match="empty"):
        verifier(paypal_webhook_id=WEBHOOK_ID, paypal_webhook_ca_file=tmp_path / "empty.pem")
