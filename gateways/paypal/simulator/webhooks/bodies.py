"""Request bodies of the webhooks API, and the raw text of one of their members."""

import json
from typing import Annotated

from pydantic import BaseModel, Field, JsonValue, StringConstraints

Text50 = Annotated[str, StringConstraints(min_length=1, max_length=50)]
_DECODER = json.JSONDecoder()


class EventTypeBody(BaseModel):
    """The name of an event type, or `*`."""

    name: str


class WebhookBody(BaseModel):
    """POST /v1/notifications/webhooks."""

    url: Annotated[str, StringConstraints(max_length=2048)]
    event_types: Annotated[list[EventTypeBody], Field(min_length=1, max_length=500)]


class ResendBody(BaseModel):
    """POST /v1/notifications/webhooks-events/{id}/resend: to everybody when nobody is named."""

    webhook_ids: list[str] = []


class VerifyBody(BaseModel):
    """POST /v1/notifications/verify-webhook-signature."""

    auth_algo: Annotated[str, StringConstraints(pattern=r"^[a-zA-Z0-9]+$", max_length=100)]
    cert_url: Annotated[str, StringConstraints(max_length=500)]
    transmission_id: Text50
    transmission_sig: Annotated[str, StringConstraints(max_length=500)]
    transmission_time: Annotated[str, StringConstraints(max_length=100)]
    webhook_id: Annotated[str, StringConstraints(pattern=r"^[a-zA-Z0-9]+$", max_length=50)]
    webhook_event: dict[str, JsonValue]


def raw_member(text: str, name: str) -> str | None:
    """Return a member of a JSON object as it is written there, None when there is no such member.

    `text` must be well formed.
    """
    found, place = None, _after_space(text, text.index("{") + 1)
    while text[place] != "}":
        key, place = _DECODER.raw_decode(text, place)
        start = _after_space(text, _after_space(text, place) + 1)  # past the colon
        _, end = _DECODER.raw_decode(text, start)
        if key == name:
            found = text[start:end]
        place = _after_space(text, end)
        if text[place] == ",":
            place = _after_space(text, place + 1)
    return found


def _after_space(text: str, place: int) -> int:
    while text[place] in " \t\r\n":
        place += 1
    return place
