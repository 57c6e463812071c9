"""Hands messages to the mail server over SMTP."""

from dataclasses import dataclass, field
from email.message import EmailMessage

import aiosmtplib
import structlog

from gateways.mail.errors import MailError, MailRefused, MailUnavailable

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class SmtpMailer:
    """Sends mail through one server.

    `starttls` demands encryption and fails without it; `timeout_seconds` bounds each exchange with the server.
    """

    host: str
    port: int
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    starttls: bool
    timeout_seconds: float

    async def send(self, message: EmailMessage, *, to: str) -> None:
        """Return once the server has taken the message over.

        Raises ``MailUnavailable`` when it may be tried again, ``MailRefused`` when it bounced. A repetition may arrive
        twice: the server can take a message over and lose its answer.
        """
        try:
            await aiosmtplib.send(
                message,
                recipients=[to],
                hostname=self.host,
                port=self.port,
                username=self.username,
                password=self.password,
                start_tls=self.starttls,
                timeout=self.timeout_seconds,
            )
        except (aiosmtplib.SMTPException, OSError) as exc:
            failure = _failure(exc)
            log.warning(
                "mail.not_sent", message_id=message["Message-ID"], failure=type(failure).__name__, reason=str(failure)
            )
            raise failure from exc
        log.info("mail.sent", message_id=message["Message-ID"])


def _failure(error: Exception) -> MailError:
    match error:
        case aiosmtplib.SMTPRecipientsRefused(recipients=[refusal, *_]):
            return _reply(refusal.code)
        case aiosmtplib.SMTPDataError(code=code):
            return _reply(code)
        case aiosmtplib.SMTPNotSupported():
            return MailRefused("the server cannot write to a non-ASCII address")
        case aiosmtplib.SMTPResponseException(code=code):
            return MailUnavailable(f"reply {code}")  # to our greeting, login or sender: not the recipient's fault
    return MailUnavailable(type(error).__name__)


def _reply(code: int) -> MailError:
    return MailRefused(f"reply {code}") if 500 <= code < 600 else MailUnavailable(f"reply {code}")
