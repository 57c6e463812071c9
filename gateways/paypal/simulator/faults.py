"""Failures on demand: what may go wrong between the merchant and PayPal."""

import json
from dataclasses import replace
from enum import StrEnum
from fnmatch import fnmatchcase

from pydantic import BaseModel, ConfigDict, Field

from gateways.paypal.simulator.credentials import INVALID_TOKEN
from gateways.paypal.simulator.errors import refusal
from gateways.paypal.simulator.replies import Reply, html_page


class FaultKind(StrEnum):
    """What happens instead of the proper answer."""

    DOWN = "down"  # the connection breaks
    SLOW = "slow"  # the proper answer comes, `seconds` late
    HTML_503 = "html_503"
    HTML_200 = "html_200"
    EMPTY = "empty"  # 200 without a body
    TRUNCATED = "truncated"  # the proper answer, cut in half
    UNAUTHORIZED = "unauthorized"  # the bearer token is no longer known
    RATE_LIMITED = "rate_limited"  # 429 with Retry-After: `seconds`
    LOST_ANSWER = "lost_answer"  # the operation is carried out, then the connection breaks
    INTERNAL_ERROR = "internal_error"  # 500 in PayPal's envelope
    REFUSED = "refused"  # a refusal with `issue`


class Fault(BaseModel):
    """An instruction to fail the next `times` calls that match."""

    model_config = ConfigDict(extra="forbid")

    kind: FaultKind
    method: str | None = None
    path_prefix: str | None = None
    pattern: str | None = None  # of the whole path, `*` stands for anything
    times: int = Field(default=1, ge=1)
    seconds: float = Field(default=1, ge=0, le=600)
    issue: str = "INSTRUMENT_DECLINED"
    after_processing: bool = False  # carry out the operation first, and remember its answer

    def matches(self, method: str, path: str) -> bool:
        """Say whether a call is meant."""
        return (
            self.method in (None, method)
            and path.startswith(self.path_prefix or "")
            and fnmatchcase(path, self.pattern or "*")
        )

    @property
    def processes(self) -> bool:
        """Whether the operation is carried out all the same."""
        return self.after_processing or self.kind in (FaultKind.SLOW, FaultKind.TRUNCATED, FaultKind.LOST_ANSWER)

    def spoil(self, reply: Reply | None) -> Reply:
        """Return what goes out instead of the reply; None stands for an operation that was not carried out.

        What PayPal's application would never say is marked.
        """
        match self.kind:
            case FaultKind.DOWN | FaultKind.LOST_ANSWER:
                return replace(reply or Reply(status=503), lost=True, spoilt=self.kind)
            case FaultKind.HTML_503:
                return replace(html_page(503, "Service Unavailable"), spoilt=self.kind)
            case FaultKind.HTML_200:
                return replace(html_page(200, "Welcome"), spoilt=self.kind)
            case FaultKind.EMPTY:
                return Reply(status=200, spoilt=self.kind)
            case FaultKind.UNAUTHORIZED:
                return INVALID_TOKEN
            case FaultKind.RATE_LIMITED:
                return replace(refusal("RATE_LIMIT_REACHED").reply(), headers={"Retry-After": f"{self.seconds:.0f}"})
            case FaultKind.INTERNAL_ERROR:
                return refusal("INTERNAL_SERVER_ERROR").reply()
            case FaultKind.REFUSED:
                return refusal(self.issue).reply()
            case FaultKind.TRUNCATED:
                return replace(_cut(reply or Reply(status=200)), spoilt=self.kind)
            case FaultKind.SLOW:
                return reply or Reply(status=200)


def _cut(reply: Reply) -> Reply:
    text = json.dumps(reply.body)
    headers = {**reply.headers, "content-type": "application/json"}
    return replace(reply, text=text[: len(text) // 2], headers=headers)


class Faults:
    """The instructions that have not been used up, oldest first."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Take an instruction."""
        self._waiting.append(fault)

    def clear(self) -> None:
        """Drop all instructions."""
        self._waiting.clear()

    def waiting(self) -> list[Fault]:
        """Return the instructions, `times` being what is left of each."""
        return list(self._waiting)

    def take(self, method: str, path: str) -> Fault | None:
        """Return the first instruction that matches a call, using it up by one."""
        for place, fault in enumerate(self._waiting):
            if fault.matches(method, path):
                left = fault.model_copy(update={"times": fault.times - 1})
                self._waiting[place : place + 1] = [left] if left.times else []
                return fault
        return None
