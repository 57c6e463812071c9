"""Settings: read from the environment, checked at the start, never printed."""

from typing import Any

import pytest
from pydantic import ValidationError

from app.settings import Settings

SECRETS = {
    "SALDO_SECRET_KEY": "a-secret-key-of-at-least-32-characters",
    "SALDO_PAYPAL_CLIENT_ID": "client",
    "SALDO_PAYPAL_CLIENT_SECRET": "very secret",
}


def settings(monkeypatch: pytest.MonkeyPatch, **variables: str) -> Settings:
    """Read the settings as a process with these variables, and no others, would."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"SALDO_{name}".upper(), raising=False)
    for name, value in (SECRETS | variables).items():
        monkeypatch.setenv(name, value)
    return Settings(_env_file=None)


def complaints(monkeypatch: pytest.MonkeyPatch, **variables: str) -> str:
    with pytest.raises(ValidationError) as refusal:
        settings(monkeypatch, **variables)
    return str(refusal.value)


def test_secrets_alone_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings(monkeypatch).paypal_client_id == "client"


@pytest.mark.parametrize("name", sorted(SECRETS))
def test_a_missing_secret_is_named(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.delitem(SECRETS, name)

    assert name.removeprefix("SALDO_").lower() in complaints(monkeypatch)


def test_a_short_key_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "at least 32" in complaints(monkeypatch, SALDO_SECRET_KEY="x" * 31)


def test_secrets_are_not_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    printed = repr(settings(monkeypatch, SALDO_SMTP_PASSWORD="post office"))

    assert not any(secret in printed for secret in ("very secret", SECRETS["SALDO_SECRET_KEY"], "post office"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SALDO_SECRET_KEY", "too short"),
        ("SALDO_DATABASE_URL", "postgresql+asyncpg://saldo:post office@db/saldo"),
    ],
)
def test_what_is_refused_is_not_printed(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    assert value not in complaints(monkeypatch, **{name: value})


@pytest.mark.parametrize(
    ("text", "origins"),
    [
        ("https://area.example.com", ("https://area.example.com",)),
        (" https://A.example , http://b.example:3000 ,", ("https://a.example", "http://b.example:3000")),
    ],
)
def test_origins_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch, text: str, origins: tuple[str, ...]) -> None:
    assert settings(monkeypatch, SALDO_RETURN_ORIGINS=text).return_origins == origins


@pytest.mark.parametrize(
    "origin",
    [
        "area.example.com",
        "https://area.example.com/",
        "https://area.example.com/path",
        "ftp://a.example",
        "https://mario@a.example",
        "https://",
        "*",
    ],
)
def test_anything_but_an_origin_is_refused(monkeypatch: pytest.MonkeyPatch, origin: str) -> None:
    assert "is not an origin" in complaints(monkeypatch, SALDO_RETURN_ORIGINS=f"https://a.example,{origin}")


def test_numbers_are_separated_by_commas_too(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings(monkeypatch, SALDO_PAYPAL_RETRY_SECONDS="0.5, 2,8").paypal_retry_seconds == (0.5, 2.0, 8.0)


@pytest.mark.parametrize("name", ["PUBLIC_URL", "CUSTOMER_AREA_URL", "PAYPAL_BASE_URL"])
def test_a_base_address_is_absolute_and_loses_its_slash(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    read: Any = settings(monkeypatch, **{f"SALDO_{name}": "https://pay.example/saldo/"})

    assert getattr(read, name.lower()) == "https://pay.example/saldo"
    assert "is not an absolute http address" in complaints(monkeypatch, **{f"SALDO_{name}": "pay.example"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("POLL_AFTER_MS", "0"),
        ("CONFIRM_PATIENCE_SECONDS", "-1"),
        ("SESSION_HOURS", "0"),
        ("LOG_FORMAT", "xml"),
        ("PAYPAL_RETRY_SECONDS", "soon"),
        ("BRAND_NAME", "x" * 128),
        ("PAYPAL_WEBHOOK_ID", "WH-1"),
        ("PAYPAL_WEBHOOK_CHECK", "never"),
    ],
)
def test_nonsense_stops_the_start(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    assert name.lower() in complaints(monkeypatch, **{f"SALDO_{name}": value})


def test_nothing_is_changed_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    read = settings(monkeypatch)

    with pytest.raises(ValidationError, match="frozen"):
        read.port = 9000  # type: ignore[misc]


def test_an_empty_variable_is_one_that_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings(monkeypatch, SALDO_RETURN_ORIGINS="").return_origins == ("http://127.0.0.1:8000",)
    assert "secret_key" in complaints(monkeypatch, SALDO_SECRET_KEY="")


@pytest.mark.parametrize(
    ("text", "proxies"),
    [("", ()), ("127.0.0.1", ("127.0.0.1/32",)), (" 10.1.0.0/16 , ::1 ,", ("10.1.0.0/16", "::1/128"))],
)
def test_trusted_proxies_are_separated_by_commas(
    monkeypatch: pytest.MonkeyPatch, text: str, proxies: tuple[str, ...]
) -> None:
    assert settings(monkeypatch, SALDO_TRUSTED_PROXIES=text).trusted_proxies == proxies


@pytest.mark.parametrize("proxy", ["*", "proxy.example.com", "10.1.0.1/16", "10.1.0.256", "127.0.0.1:8080"])
def test_a_proxy_that_is_no_address_is_refused(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    assert "trusted_proxies" in complaints(monkeypatch, SALDO_TRUSTED_PROXIES=proxy)
