"""Breaking the connection instead of answering."""

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

SEND = "simulator.send"  # where the application keeps the server's own `send`, which no middleware has wrapped


class DroppedConnection(Response):
    """An answer that never comes: the socket is closed without a byte.

    ASGI has no word for it, so the server's transport is taken from its `send`; a server without one
    (a test client in the same process) gets the substitute instead.
    """

    def __init__(self, *, substitute: Response) -> None:
        super().__init__()
        self._substitute = substitute

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        cycle = getattr(scope.get(SEND), "__self__", None)
        transport = getattr(cycle, "transport", None)
        if transport is None:
            await self._substitute(scope, receive, send)
            return
        transport.close()
        while (await receive())["type"] != "http.disconnect":
            pass
