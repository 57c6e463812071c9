"""What PayPal remembers of webhooks: who listens, what happened, what is still to be delivered."""

from datetime import datetime
from typing import ClassVar, Literal

from pydantic import ConfigDict, Field

from gateways.paypal.simulator.records import Record
from gateways.paypal.simulator.webhooks.certificates import CertificateKind

DeliveryStatus = Literal[
    "WAITING",  # for its hour, or for the next try
    "HELD",  # by the control desk
    "DROPPED",  # by the control desk: nobody will ever send it
    "DELIVERED",
    "TAKEN",  # by a test that delivers by itself
    "FAILED",  # given up
]
EVERYTHING = "*"


class Subscription(Record):
    """An address of the merchant; its id is the webhook id that goes into the signatures."""

    kind: ClassVar[str] = "subscription"
    url: str
    event_types: list[str]
    origin: Literal["merchant", "desk", "settings"]

    def wants(self, event_type: str) -> bool:
        """Say whether an event is sent there."""
        return EVERYTHING in self.event_types or event_type in self.event_types


class Event(Record):
    """Something that happened, in the words in which every merchant is told of it."""

    kind: ClassVar[str] = "event"
    event_type: str
    resource_id: str
    created_at: datetime
    body: str  # as it is sent, byte for byte


class Delivery(Record):
    """One event on its way to one address; its id is the transmission id, the same on every try."""

    kind: ClassVar[str] = "delivery"
    event_id: str
    event_type: str
    webhook_id: str
    status: DeliveryStatus
    due_at: datetime
    first_sent_at: datetime | None = None  # the transmission time, the same on every try
    tries: int = 0
    last_status: int | None = None  # HTTP status of the last try; None: no answer, or not yet


class WebhookMode(Record):
    """How deliveries are made worse than they should be; there is one such record at most."""

    model_config = ConfigDict(extra="forbid")

    kind: ClassVar[str] = "webhook_mode"
    id: Literal["mode"] = "mode"
    duplicate: int = Field(default=0, ge=0, le=100)  # further deliveries of each event
    delay_seconds: float = Field(default=0, ge=0)  # by the simulator's clock
    reorder: bool = False  # what is due together goes out newest first
    drop: bool = False
    hold: bool = False  # until the control desk lets go
    before_answer: bool = False  # a call of the API is answered only when its events have been delivered
    token_metadata: bool = True  # a stored account names the order in which it was stored
    certificate: CertificateKind = "genuine"
