"""Mail on its way through a real SMTP server."""

import asyncio
import pickle
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
import structlog
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from gateways.mail.errors import MailError, MailRefused, MailUnavailable
from gateways.mail.messages import RenewalNotActivated, compose, render
from gateways.mail.smtp import SmtpMailer
from models.enums import EmailKind

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")

TO = "mario.rossi@example.com"
SENDER = "non-rispondere@saldo.example"
ACCEPTED = "250 OK"


@dataclass(kw_only=True)
class Inbox:
    """What the server took over, and how it answers."""

    to_sender: str = ACCEPTED
    to_recipient: str = ACCEPTED
    to_data: str = ACCEPTED
    delay_seconds: float = 0
    envelopes: list[Envelope] = field(default_factory=list)
    logins: list[tuple[bytes, bytes]] = field(default_factory=list)

    async def handle_MAIL(  # noqa: N802 - the name that aiosmtpd looks for
        self, server: SMTP, session: Session, envelope: Envelope, address: str, mail_options: list[str]
    ) -> str:
        if self.to_sender == ACCEPTED:
            envelope.mail_from = address
        return self.to_sender

    async def handle_RCPT(  # noqa: N802 - the name that aiosmtpd looks for
        self, server: SMTP, session: Session, envelope: Envelope, address: str, rcpt_options: list[str]
    ) -> str:
        await asyncio.sleep(self.delay_seconds)
        if self.to_recipient == ACCEPTED:
            envelope.rcpt_tos.append(address)
        return self.to_recipient

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.to_data == ACCEPTED:
            self.envelopes.append(envelope)
        return self.to_data

    def check_login(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.logins.append((data.login, data.password))
        return AuthResult(success=data.password == b"right", handled=False)


@asynccontextmanager
async def listening(protocol: Callable[[], asyncio.Protocol]) -> AsyncIterator[int]:
    server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


@asynccontextmanager
async def serving(inbox: Inbox, *, login: bool = False) -> AsyncIterator[int]:
    def protocol() -> SMTP:
        return SMTP(
            inbox,
            authenticator=inbox.check_login if login else None,
            auth_required=login,
            auth_require_tls=False,
            hostname="mail.example",
        )

    async with listening(protocol) as port:
        yield port


def mailer(port: int, *, password: str | None = None, starttls: bool = False) -> SmtpMailer:
    return SmtpMailer(
        host="127.0.0.1",
        port=port,
        username="saldo" if password else None,
        password=password,
        starttls=starttls,
        timeout_seconds=0.5,
    )


def mail() -> EmailMessage:
    facts = RenewalNotActivated(holder="Niccolò Però", order_number="1", services=("città.example",))
    rendered = render(
        EmailKind.RENEWAL_NOT_ACTIVATED, facts, locale="it", customer_area_url="https://clienti.saldo.example"
    )
    date = datetime(2026, 11, 24, 0, 15, tzinfo=UTC)
    return compose(rendered, sender=f"Saldo <{SENDER}>", to=TO, message_id="<eml_1@saldo.example>", date=date)


async def test_the_server_receives_the_message_byte_for_byte() -> None:
    inbox = Inbox()

    async with serving(inbox) as port:
        await mailer(port).send(mail(), to=TO)

    [envelope] = inbox.envelopes
    assert envelope.original_content == bytes(mail())
    assert (envelope.mail_from, envelope.rcpt_tos) == (SENDER, [TO])


async def test_a_repeated_mail_is_recognisable_as_the_same() -> None:
    inbox = Inbox()

    async with serving(inbox) as port:
        await mailer(port).send(mail(), to=TO)
        await mailer(port).send(mail(), to=TO)

    assert [envelope.original_content for envelope in inbox.envelopes] == [bytes(mail())] * 2


@pytest.mark.parametrize(
    ("inbox", "raised"),
    [
        (Inbox(to_recipient="550 5.1.1 unknown"), MailRefused),
        (Inbox(to_recipient="553 not here"), MailRefused),
        (Inbox(to_data="554 5.7.1 not wanted"), MailRefused),
        (Inbox(to_recipient="451 4.7.1 greylisted"), MailUnavailable),
        (Inbox(to_recipient="450 mailbox busy"), MailUnavailable),
        (Inbox(to_data="452 disk full"), MailUnavailable),
        (Inbox(to_data="421 shutting down"), MailUnavailable),
        (Inbox(to_sender="550 who are you"), MailUnavailable),
        (Inbox(delay_seconds=5), MailUnavailable),
    ],
)
async def test_a_mail_that_was_not_taken_over_bounces_or_waits(inbox: Inbox, raised: type[MailError]) -> None:
    async with serving(inbox) as port:
        with pytest.raises(raised):
            await mailer(port).send(mail(), to=TO)

    assert inbox.envelopes == []


async def test_a_server_that_is_down_is_unavailable() -> None:
    with socket.socket() as taken:  # bound and not listening: nobody answers, and nobody else can take the port
        taken.bind(("127.0.0.1", 0))

        with pytest.raises(MailUnavailable):
            await mailer(taken.getsockname()[1]).send(mail(), to=TO)


async def test_an_unknown_host_is_unavailable() -> None:
    nowhere = SmtpMailer(host="mail.invalid", port=25, starttls=False, timeout_seconds=5)

    with pytest.raises(MailUnavailable):
        await nowhere.send(mail(), to=TO)


class _HangingUp(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport.close()


async def test_a_server_that_hangs_up_is_unavailable() -> None:
    async with listening(_HangingUp) as port:
        with pytest.raises(MailUnavailable):
            await mailer(port).send(mail(), to=TO)


class _BreakingEncryption(asyncio.Protocol):
    """Offers STARTTLS, and then does not speak it."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(b"220 mail.example\r\n")

    def data_received(self, data: bytes) -> None:
        answers = {b"EHLO": b"250-mail.example\r\n250 STARTTLS\r\n", b"STAR": b"220 go ahead\r\n"}
        self.transport.write(answers.get(data[:4], b"this is not TLS\r\n"))


async def test_a_server_whose_encryption_fails_is_unavailable() -> None:
    async with listening(_BreakingEncryption) as port:
        with pytest.raises(MailUnavailable):
            await mailer(port, starttls=True).send(mail(), to=TO)


async def test_a_server_that_never_greets_is_unavailable() -> None:
    async with listening(asyncio.Protocol) as port:
        with pytest.raises(MailUnavailable):
            await mailer(port).send(mail(), to=TO)


async def test_the_mailer_signs_in_when_it_has_credentials() -> None:
    inbox = Inbox()

    async with serving(inbox, login=True) as port:
        await mailer(port, password="right").send(mail(), to=TO)

    assert inbox.logins == [(b"saldo", b"right")]
    assert len(inbox.envelopes) == 1


async def test_a_refused_login_is_not_the_fault_of_the_recipient() -> None:
    inbox = Inbox()

    async with serving(inbox, login=True) as port:
        with pytest.raises(MailUnavailable):
            await mailer(port, password="wrong").send(mail(), to=TO)

    assert inbox.envelopes == []


async def test_without_the_encryption_it_demands_the_mailer_says_nothing() -> None:
    inbox = Inbox()

    async with serving(inbox, login=True) as port:
        with pytest.raises(MailUnavailable):
            await mailer(port, password="right", starttls=True).send(mail(), to=TO)

    assert inbox.logins == []
    assert inbox.envelopes == []


async def test_an_address_that_the_server_cannot_write_bounces() -> None:
    inbox = Inbox()

    async with serving(inbox) as port:
        with pytest.raises(MailRefused):
            await mailer(port).send(mail(), to="niccolò@example.com")

    assert inbox.envelopes == []


async def test_neither_the_log_nor_the_error_names_the_recipient() -> None:
    with structlog.testing.capture_logs() as logged:
        async with serving(Inbox()) as port:
            await mailer(port).send(mail(), to=TO)
        async with serving(Inbox(to_recipient=f"550 no such user {TO}")) as port:
            with pytest.raises(MailRefused) as refusal:
                await mailer(port).send(mail(), to=TO)

    assert logged == [
        {"event": "mail.sent", "log_level": "info", "message_id": "<eml_1@saldo.example>"},
        {
            "event": "mail.not_sent",
            "log_level": "warning",
            "message_id": "<eml_1@saldo.example>",
            "failure": "MailRefused",
            "reason": "reply 550",
        },
    ]
    assert str(refusal.value) == "reply 550"


def test_a_failure_can_be_stored_by_a_durable_step() -> None:
    stored = pickle.dumps(MailRefused("reply 550"))

    restored = pickle.loads(stored)

    assert (type(restored), str(restored)) == (MailRefused, "reply 550")


def test_the_password_does_not_show() -> None:
    assert "secret" not in repr(mailer(25, password="secret"))
