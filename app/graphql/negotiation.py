"""Which form of answer a request accepts: `Accept`, as GraphQL over HTTP reads it."""

from dataclasses import dataclass

RESPONSE_JSON = "application/graphql-response+json"
LEGACY_JSON = "application/json"
EVENT_STREAM = "text/event-stream"
PAGE = "text/html"


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """One entry of an `Accept` header."""

    kind: str
    quality: float

    def covers(self, kind: str) -> bool:
        """Tell whether the entry, perhaps with a star, means this media type."""
        family = kind.partition("/")[0]
        return self.kind in {kind, f"{family}/*", "*/*"}


def wishes(accept: str) -> list[Wish]:
    """Return the entries of a header that are wanted at all, the most wanted first; an empty header wants anything."""
    found = []
    for part in (accept or "*/*").split(","):
        kind, *parameters = (piece.strip().lower() for piece in part.split(";"))
        quality = next((each.removeprefix("q=") for each in parameters if each.startswith("q=")), "1")
        try:
            found.append(Wish(kind=kind, quality=float(quality)))
        except ValueError:
            found.append(Wish(kind=kind, quality=0))
    return sorted((each for each in found if each.quality > 0), key=lambda each: -each.quality)


def preferred(accept: str, *offered: str) -> str | None:
    """Return the media type to answer with: the most wanted of those offered, None when none is acceptable.

    A star means the first one offered.
    """
    for wish in wishes(accept):
        for kind in offered:
            if wish.covers(kind):
                return kind
    return None


def media_type_of(accept: str) -> str:
    """Return the form of the answer that the header likes best."""
    return preferred(accept, LEGACY_JSON, RESPONSE_JSON) or LEGACY_JSON


def names(accept: str, kind: str) -> bool:
    """Tell whether the header names this media type itself, not by a star."""
    return any(wish.kind == kind for wish in wishes(accept))


def wants_events(accept: str) -> bool:
    """Tell whether the answer is to be streamed: events are named, and no JSON beside them.

    urql names `text/event-stream` last in every query, as something that it could read, too.
    """
    return names(accept, EVENT_STREAM) and not any(wish.kind.endswith(("/json", "+json")) for wish in wishes(accept))
