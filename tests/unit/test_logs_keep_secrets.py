"""Whether the reading of all logs at the end sees: each kind of secret is found, what may be shown is not."""

import json
import logging
from pathlib import Path

import pytest
import structlog
from structlog.testing import capture_logs

from app.logging import configure_logging
from models.ids import new_secret
from policies.masking import mask_email
from tests.contract.exchanges import Exchange, Json
from tests.harness import logs
from tests.harness.log_files import new_log

SIGNATURE = "kbdyNVqeX8v1gT2PzWg0qq0WmBrXf3f2Pm3mWl3B8vTz0k7Q5j2yqPq0p9Xv0Jk1Lw2Rt3Yu4Io5Pa6Sd7Fg8Hj9Kl0Zx=="
TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJtYXJpbyJ9.c2lnbmF0dXJl"
FORBIDDEN = [
    ("an e-mail address", '{"event": "mail.sent", "to": "mario.rossi@example.com"}'),
    ("an e-mail address", "WARNING aiosmtplib <mario+pec@pec.example> refused"),
    ("credentials", "Authorization: Bearer A1B2C3D4E5"),
    ("credentials", "authorization=Basic c2FsZG8tZGVtbw=="),
    ("an access token", "A21AAKpbkQ6Q9ljzDNq"),
    ("an access token", rf'{{"jwt": "{TOKEN}"}}'),
    ("an access token", r'{"answer": "{\"access_token\": \"T12345\"}"}'),
    ("a payment token", '{"event": "charged", "account": "token-7"}'),
    ("a cookie", "cookie: saldo_session=abc"),
    ("a cookie", "Set-Cookie: x=1"),
    ("a signature", f"PAYPAL-TRANSMISSION-SIG: {SIGNATURE}"),
    ("a signature", '{"transmission_sig": "c2lnbmF0"}'),
    ("a signature", SIGNATURE),
    ("a password", r"""{"variables": "{\"password\": \"demo\"}"}"""),
    ("a password", "{'username': 'x', 'password': 'demo'}"),
    ("a password", "$argon2id$v=19$m=65536"),
    ("a password in an address", "postgresql+psycopg://saldo:geheim@db/saldo"),
    ("a private key", "-----BEGIN RSA PRIVATE KEY-----"),
    ("a request body", '{"body": "{\\"purchase_units\\": []}"}'),
    ("a request body", "grant_type=client_credentials"),
    ("a request body", r'{"body": "{\"query\": \"…\", \"variables\": {}}"}'),
    ("a request body", "mutation SignIn($username: String!)"),
    ("a known secret", "saldo-demo-secret"),
    ("a known secret", "secret_key=test-secret-key-of-at-least-32-characters"),
    ("a known secret", "/v3/vault/payment-tokens/nkq2y9g"),
]
ALLOWED = [
    '{"event": "paypal.answered", "call": "fetch_access_token", "path": "/v1/oauth2/token", "debug_id": "f1"}',
    '{"event": "mail.sent", "message_id": "<eml_01JNTHE3E0K21X525CR2YY5XPZ@saldo.example>"}',
    f'{{"payer": "{mask_email("mario.rossi@example.com")}"}}',
    '{"order_id": "5O190127TN364715T", "request_id": "att_01JNTHE425FTKR46BV11SYQKHM-capture-1"}',
    "    password=settings.smtp_password,",
    "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    '  File "/srv/saldo/use_cases/confirm_payment.py", line 48, in confirm_payment',
    "sqlite+aiosqlite:////var/saldo.db",
    "http://127.0.0.1:8001/simulator/health",
    "xnkq2y9g token-less payment_sources",
]


def found(line: str) -> list[str]:
    return [leak.what for leak in logs.leaks([line], known=["nkq2y9g"])]


@pytest.mark.parametrize(("what", "line"), FORBIDDEN)
def test_a_secret_in_a_line_is_found(what: str, line: str) -> None:
    assert what in found(line)


def test_a_session_or_a_return_key_is_found_wherever_it_stands() -> None:
    missed = [secret for secret in (new_secret() for _ in range(50)) if not found(f'{{"attempt": "{secret}"}}')]

    assert missed == []


def test_every_kind_has_its_line_above() -> None:
    assert {*logs.FORBIDDEN, "a known secret"} - {"a secret of 256 bits"} == {what for what, _ in FORBIDDEN}


@pytest.mark.parametrize("line", ALLOWED)
def test_what_helps_an_operator_may_be_shown(line: str) -> None:
    assert found(line) == []


def test_a_leak_names_its_line_and_the_test_that_ran() -> None:
    lines = [f"{logs.BEGINS}'tests/test_x.py::test_a'\n", "fine\n", "cookie: saldo_session=abc\n"]

    [leak] = logs.leaks(lines, known=[], where="product.log")

    assert str(leak) == (
        "a cookie: cookie: saldo_session=abc\n    product.log, while or after 'tests/test_x.py::test_a'"
    )


def test_all_logs_below_a_directory_are_read_and_a_line_is_told_once(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "main.log").write_text("mario@example.com\n" * 3, encoding="utf-8")
    (tmp_path / "terminal.txt").write_text("paola@example.com\n", encoding="utf-8")

    assert [leak.line for leak in logs.leaks_in(tmp_path, known=[])] == ["mario@example.com"]
    (tmp_path / "deep" / "main.log").unlink()  # or it is found once more, at the end


def test_the_product_its_libraries_and_what_tests_capture_are_written_down(tmp_path: Path) -> None:
    before = structlog.get_config()
    try:
        with logs.listening(tmp_path) as log:
            structlog.get_logger("x").info("payment.captured", payment_id="pay_1")
            logging.getLogger("library").warning("something is wrong")
            with capture_logs() as captured:
                try:
                    raise RuntimeError("boom")
                except RuntimeError:
                    structlog.get_logger("x").exception("job.failed")
            lines = log.text
    finally:
        structlog.configure(**before)

    assert '"event": "payment.captured"' in lines
    assert "WARNING library something is wrong" in lines
    assert [entry["event"] for entry in captured] == ["job.failed"]
    assert "RuntimeError: boom" in lines


def test_these_tests_are_being_listened_to(log: logs.Log) -> None:
    structlog.get_logger("x").info("being.listened_to", by="us")

    assert '"event": "being.listened_to"' in log.text
    assert new_log("x").parent == log.file.parent


def test_the_product_logs_the_same_way_in_production(capsys: pytest.CaptureFixture[str]) -> None:
    before, handlers = structlog.get_config(), list(logging.getLogger().handlers)
    try:
        configure_logging(log_format="json")
        structlog.get_logger("x").info("payment.captured", payment_id="pay_1")
    finally:
        structlog.configure(**before)
        logging.getLogger().handlers = handlers

    assert '"event": "payment.captured"' in capsys.readouterr().err


def vault(path: str, sent: object = None, got: object = None) -> Exchange:
    answer: Json = {"status": 200, "content_type": "application/json", "body": json.dumps(got)}
    line = {"url": path, "body": json.dumps(sent), "answer": answer}
    return Exchange(line, "")


TOKENS, ORDER = "/v3/vault/payment-tokens", "/v2/checkout/orders/5O"
SETUP = {"payment_source": {"token": {"id": "4G49", "type": "SETUP_TOKEN"}}}
CHARGE = {"payment_source": {"paypal": {"vault_id": "nk1"}}}
KEPT = {"payment_source": {"paypal": {"attributes": {"vault": {"id": "nk1", "customer": {"id": "c_1"}}}}}}


@pytest.mark.parametrize(
    ("exchange", "tokens"),
    [
        (vault(f"{TOKENS}/nkq2y9g"), {"nkq2y9g"}),
        (vault(TOKENS, SETUP, {"id": "nk2", "customer": {"id": "c_1"}}), {"4G49", "nk2"}),
        (vault(f"{TOKENS}?customer_id=c", None, {"payment_tokens": [{"id": "nk1"}, {"id": "nk2"}]}), {"nk1", "nk2"}),
        (vault("/v3/vault/setup-tokens", {}, {"id": "4G49", "customer": {"id": "c_1"}}), {"4G49"}),
        (vault(f"{ORDER}/capture", CHARGE, {"id": "5O"}), {"nk1"}),
        (vault(ORDER, None, {"id": "5O", **KEPT}), {"nk1"}),
        (vault(ORDER, "not an object", [None, 3, "x"]), set()),
    ],
)
def test_the_tokens_that_must_not_be_shown_are_read_from_the_exchanges(exchange: Exchange, tokens: set[str]) -> None:
    assert set(logs.tokens_of(exchange)) == tokens
