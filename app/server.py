"""The HTTP server of one process: uvicorn, told to end the live streams before it waits for answers under way."""

import gc
import socket
from collections.abc import Sequence

import uvicorn
from starlette.applications import Starlette

GRACE_SECONDS = 12  # more than any answer takes but a stream: "Procedi" waits 8 s for its outcome


class Server(uvicorn.Server):
    """Serves the application that `create_app` makes; ``for_good``: nothing else will ever run in this process.

    Who calls is told by the connection, or by ``X-Forwarded-For`` where it comes from one of ``trusted_proxies``.
    """

    def __init__(
        self, app: Starlette, *, host: str, port: int, trusted_proxies: Sequence[str] = (), for_good: bool = False
    ) -> None:
        config = uvicorn.Config(
            app,
            host=host,
            port=port,
            lifespan="on",
            http="h11",  # hangs up after 64 KB of headers; httptools gathers them without an end
            log_config=None,  # its lines go where ours go
            log_level="warning",
            access_log=False,
            proxy_headers=bool(trusted_proxies),  # by itself uvicorn believes everybody on this machine
            forwarded_allow_ips=list(trusted_proxies),
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
        super().__init__(config)
        self.app = app
        self.for_good = for_good

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to serve."""
        await super().startup(sockets)
        if self.for_good:
            settle_down()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop serving: new requests are refused, streams end at once, other answers are waited for."""
        self.app.state.streams.close()
        await super().shutdown(sockets)


def settle_down() -> None:
    """Tell Python's collector to leave alone what is there now: it stays, and each walk through it stops the loop."""
    gc.collect()
    gc.freeze()
