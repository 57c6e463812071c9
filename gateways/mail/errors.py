"""What can go wrong with a mail, sorted by what to do next.

MailError
├── MailUnavailable  nothing wrong with the mail: send the same message again later
└── MailRefused      this mail will never reach this recipient: it bounced, do not repeat
"""


class MailError(Exception):
    """The mail was not handed over. The text holds a reply code at most, never an address."""


class MailUnavailable(MailError):
    """The mail server is down, slow, busy or misconfigured."""


class MailRefused(MailError):
    """The recipient or the message was refused for good."""
