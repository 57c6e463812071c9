"""The HTTP server of one process: uvicorn, told to end the live streams before it waits for answers under way."""

import socket

import uvicorn
from starlette.applications import Starlette

GRACE_SECONDS = 12  # more than any answer takes but a stream: "Procedi" waits 8 s for its outcome


class Server(uvicorn.Server):
    """Serves the application that `create_app` makes."""

    def __init__(self, app: Starlette, *, host: str, port: int) -> None:
        config = uvicorn.Config(
            app,
            host=host,
            port=port,
            lifespan="on",
            log_config=None,  # its lines go where ours go
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
        super().__init__(config)
        self.app = app

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop serving: new requests are refused, streams end at once, other answers are waited for."""
        self.app.state.streams.close()
        await super().shutdown(sockets)
