"""How large the head of a request may be, whatever its path: the rest of us takes time to read it."""

from starlette.types import ASGIApp, Receive, Scope, Send

from app.graphql.refusals import HttpRefusal, answer_of

LARGEST_HEAD = 16 * 1024  # bytes of the address and of all headers
TOO_LARGE = HttpRefusal(
    431, "HEADERS_TOO_LARGE", f"The address and the headers are larger than {LARGEST_HEAD} bytes together."
)


class RequestHeads:
    """Middleware: refuses a request whose address and headers are too large together, and reads none of them."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and size_of_head(scope) > LARGEST_HEAD:
            await answer_of(scope, TOO_LARGE, message=TOO_LARGE.message)(scope, receive, send)
        else:
            await self.app(scope, receive, send)


def size_of_head(scope: Scope) -> int:
    """Return how many bytes the address and the headers have."""
    fields = sum(len(name) + len(value) for name, value in scope["headers"])
    return fields + len(scope.get("raw_path") or b"") + len(scope["query_string"])
