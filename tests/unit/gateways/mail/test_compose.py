"""The message on the wire."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateways.mail.errors import MailRefused
from gateways.mail.messages import RenderedMail, RenewalNotActivated, compose, render
from models.enums import EmailKind

SAID = RenderedMail(subject="Conferma pagamento: 36,60 €", text="Perché no?\n", html="<p>Perché no?</p>\n")


def composed(rendered: RenderedMail = SAID, *, to: str = "mario@example.com") -> EmailMessage:
    return compose(
        rendered,
        sender="Saldo <non-rispondere@saldo.example>",
        to=to,
        message_id="<eml_1@saldo.example>",
        date=datetime(2026, 11, 24, 0, 15, tzinfo=UTC),
    )


def received(message: EmailMessage) -> EmailMessage:
    return message_from_bytes(bytes(message), _class=EmailMessage, policy=policy.default)


def test_the_headers_are_these_and_no_others() -> None:
    message = received(composed())

    assert message.items() == [
        ("From", "Saldo <non-rispondere@saldo.example>"),
        ("To", "mario@example.com"),
        ("Subject", "Conferma pagamento: 36,60 €"),
        ("Date", "Tue, 24 Nov 2026 00:15:00 +0000"),
        ("Message-ID", "<eml_1@saldo.example>"),
        ("Auto-Submitted", "auto-generated"),
        ("MIME-Version", "1.0"),
        ("Content-Type", 'multipart/alternative; boundary="=_a0505f0d3443a8bbe0cd326f06f93a9b"'),
    ]


def test_the_text_comes_before_the_html_that_says_the_same() -> None:
    parts = list(received(composed()).iter_parts())

    assert [(part.get_content_type(), part.get_content_charset()) for part in parts] == [
        ("text/plain", "utf-8"),
        ("text/html", "utf-8"),
    ]
    assert [part.get_content() for part in parts] == ["Perché no?\r\n", "<p>Perché no?</p>\r\n"]


def test_every_server_can_carry_it() -> None:
    wire = bytes(composed(RenderedMail(subject="è" * 300, text="è" * 3000, html="<p>è</p>" * 1000)))

    assert wire.isascii()
    assert max(map(len, wire.split(b"\r\n"))) <= 998


def test_a_repeated_mail_is_the_same_to_the_byte() -> None:
    assert bytes(composed()) == bytes(composed())


@pytest.mark.parametrize(
    "subject",
    [
        "Attivazione rinnovo automatico per il servizio Città Però è così là giù già più perché",
        "Attivazione rinnovo automatico per il servizio Fatturazione PA — Società Agricola Caffè È Già Più S.r.l.",
        "Attivazione rinnovo automatico per il servizio " + "a" * 100 + "@pec.example",
        "Attivazione rinnovo automatico per il servizio =?utf-8?q?a=0D=0ABcc:_spia=40evil.example?=",
    ],
)
def test_a_subject_arrives_as_it_was_given(subject: str) -> None:
    message = received(composed(RenderedMail(subject=subject, text="", html="")))

    assert message["Subject"] == subject


@settings(deadline=None)
@given(label=st.text())
def test_whatever_an_order_is_called_only_the_subject_differs(label: str) -> None:
    facts = RenewalNotActivated(holder="M", order_number=label, services=())
    rendered = render(EmailKind.RENEWAL_NOT_ACTIVATED, facts, locale="it", customer_area_url="https://saldo.example")

    message = received(composed(rendered))

    assert message.keys() == received(composed()).keys()
    assert message["Subject"].rstrip() == rendered.subject.rstrip()


@pytest.mark.parametrize(
    "to",
    [
        "",
        "mario",
        "mario@",
        "@example.com",
        "mario@example.com\r\nBcc: spia@evil.example",
        "mario@example.com, spia@evil.example",
        "mario rossi@example.com",
        "Mario <mario@example.com>",
        "mario@example.com\ud800",
    ],
)
def test_what_is_not_one_address_bounces(to: str) -> None:
    with pytest.raises(MailRefused):
        composed(to=to)


def test_a_subject_cannot_end_its_header() -> None:
    with pytest.raises(ValueError, match="linefeed"):
        composed(RenderedMail(subject="Ciao\r\nBcc: spia@evil.example", text="", html=""))
