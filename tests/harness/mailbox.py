"""A real SMTP server that keeps what it receives, and can be told to be down."""

import asyncio
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

from tests.harness.ports import free_port


@dataclass
class Mailbox:
    """Every mail delivered, in the order of arrival."""

    port: int = field(default_factory=free_port)
    messages: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    refusal: str | None = None  # the reply to a mail, instead of taking it
    refused: int = 0
    delay_seconds: float = 0  # between the mail and the reply to it
    offered: int = 0  # how often a mail was handed over, taken or not
    controller: Controller | None = None

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        self.offered += 1
        if self.refusal is not None:
            self.refused += 1
            return self.refusal
        await asyncio.sleep(self.delay_seconds)
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        self.recipients.extend(envelope.rcpt_tos)
        return "250 OK"

    def start(self) -> None:
        """Listen."""
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self.controller.start()

    def stop(self) -> None:
        """Be down."""
        if self.controller is not None:
            self.controller.stop()
            self.controller = None

    @property
    def subjects(self) -> list[str]:
        """The subjects, sorted: mails are sent side by side."""
        return sorted(str(message["Subject"]) for message in self.messages)

    def text(self, subject: str) -> str:
        """Return the text part of the one mail whose subject begins like that."""
        [message] = [each for each in self.messages if str(each["Subject"]).startswith(subject)]
        body = message.get_body(("plain",))
        assert body is not None
        content: str = body.get_content()
        return content.replace("\r\n", "\n")
