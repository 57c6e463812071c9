"""Send the mails that are owed; the facts were frozen with the mail, the text is rendered here."""

from email.utils import parseaddr

from gateways.mail.errors import MailRefused, MailUnavailable
from gateways.mail.messages import compose, from_json, render
from models.enums import Job
from use_cases.send_email import Delivery, OwedEmail, read_owed_email, record_delivery
from workflows.engine import ask, durable, now, runtime, transact


@durable(Job.SEND_EMAIL)
async def send_email(email_id: str, tries: int = 0) -> None:
    """Send the mail once; repeated after a crash it carries the same Message-ID."""
    email = await transact(read_owed_email, email_id)
    if email is None:
        return
    delivery = await ask(deliver, email)
    await transact(
        record_delivery,
        email_id=email_id,
        delivery=delivery,
        tries=tries,
        retry=runtime().mail_retry,
        now=now(),
    )


async def deliver(email: OwedEmail) -> Delivery:
    """Hand the mail to the mail server."""
    working = runtime()
    facts = from_json(email.kind, email.facts)
    rendered = render(email.kind, facts, locale=email.locale, customer_area_url=working.customer_area_url)
    domain = parseaddr(working.mail_sender)[1].rpartition("@")[2]
    try:
        message = compose(
            rendered,
            sender=working.mail_sender,
            to=email.recipient,
            message_id=f"<{email.id}@{domain}>",
            date=email.created_at,
        )
        await working.mailer.send(message, to=email.recipient)
    except MailUnavailable:
        return Delivery.UNAVAILABLE
    except MailRefused:
        return Delivery.BOUNCED
    return Delivery.SENT
