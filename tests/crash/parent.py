"""The parent of all lives: it wires the product once, and each life is a fork of it that serves until it is killed.

`python -m tests.crash.parent '{"database": …}'`. Commands come as lines of JSON: {"rehearse": true} serves in this
very process until the next line, which warms every cache; {"aim": … or null, "now": …} begins a life. Answers are
lines of JSON: {"ready"}, {"born": pid}, {"point": …} from a life that kills itself there, {"died": status}.

A life has what a real process would have: a pid, an event loop, threads, file handles, and the same application.
"""

import asyncio
import gc
import json
import os
import random
import select
import signal
import socket
import sys
import threading
import time
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from starlette.applications import Starlette
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import main as wiring
from app.logging import configure_logging
from app.server import Server
from app.settings import Settings
from models.database import Database
from tests.crash.aims import Aim
from tests.crash.points import Point, Points, Request, described, running_request
from tests.harness.mailbox import Mailbox
from tests.harness.news import WEBHOOK_ID
from tests.harness.product import Clock, make_settings
from tests.harness.simulator import Simulator
from workflows import queues

STREAM_HEADER = b"x-stream"
OF_OTHERS = {"/webhooks/paypal": b"POST webhook"}  # PayPal knows nothing of streams
POLLING_SECONDS = dict.fromkeys(queues.POLLING_SECONDS, 0.1)  # more often costs CPU
THREADS_GONE_SECONDS = 5.0
SETTINGS: dict[str, Any] = {  # nothing happens by itself in a life, so that its awaits come in the same order each time
    "confirm_patience_seconds": 0.02,
    "return_patience_seconds": 0.02,
    "session_idle_minutes": 600,
}


@dataclass
class Parent:
    """The product, wired, and the socket that all its lives accept connections from.

    Its database is one object, closed before each fork: with it, SQLAlchemy keeps the statements that it has compiled.
    """

    settings: Settings
    listener: socket.socket
    answers: int  # a file descriptor
    clock: Clock = field(default_factory=Clock)
    app: Starlette = field(init=False)

    def __post_init__(self) -> None:
        database = Database(self.settings.database_url)
        vars(wiring)["Database"] = lambda _url: database
        self.app = self.wire()

    def wire(self) -> Starlette:
        """Return the application of one process, as `app.main` makes it."""
        app = wiring.create_app(self.settings, clock=self.clock)
        app.add_middleware(NamedStreams)
        return app

    def server(self) -> Server:
        """Return the server of one process, as `app.main` runs it."""
        return Server(self.app, host=self.settings.host, port=self.settings.port)

    def answer(self, **words: object) -> None:
        """Tell the test; one write, so that nothing of it can be missing."""
        os.write(self.answers, json.dumps(words).encode() + b"\n")

    def rehearse(self) -> None:
        """Serve in this process until the next command, then be a single thread again, as a fork needs.

        Of what was wired for the rehearsal the closed database alone is left to the lives.
        """
        asyncio.run(self.serve_until_told())
        self.app = self.wire()
        deadline = time.monotonic() + THREADS_GONE_SECONDS
        while threading.active_count() > 1:
            assert time.monotonic() < deadline, threading.enumerate()
            time.sleep(0.01)
        gc.collect()
        gc.freeze()

    async def serve_until_told(self) -> None:
        server = self.server()

        def stop() -> None:
            sys.stdin.readline()
            server.should_exit = True

        asyncio.get_running_loop().add_reader(sys.stdin, stop)
        await server.serve(sockets=[self.listener.dup()])

    def give_life(self, aim: Aim | None, now: datetime) -> None:
        """Fork, and return when the life has ended; with the test itself gone, end it and everything."""
        alive, held = os.pipe()  # the life alone holds the writing end: it closes when the life ends
        pid = os.fork()
        if pid == 0:
            os.close(alive)
            self.live(aim, now)
        os.close(held)
        self.answer(born=pid)
        ready, _, _ = select.select([alive, sys.stdin], [], [])
        if alive not in ready:
            os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        os.close(alive)
        self.answer(died=os.waitstatus_to_exitcode(status))

    def live(self, aim: Aim | None, now: datetime) -> None:
        """Serve for ever; never returns."""
        random.seed()
        self.clock.now = now
        server = self.server()
        # asyncio's own loop hands bytes to the network before the await; the loop of production does it a moment later
        loop = asyncio.new_event_loop if aim is not None else server.config.get_loop_factory()
        try:
            with asyncio.Runner(loop_factory=loop) as runner:
                if aim is not None:
                    points = Points(reached=self.killer(aim), grain=aim.grain)
                    runner.get_loop().set_task_factory(points.create_task)  # type: ignore[arg-type]
                runner.run(server.serve(sockets=[self.listener]))
        finally:
            os._exit(1)

    def killer(self, aim: Aim) -> Any:
        """Return what happens at each point."""

        def reached(stream: str, number: int, coroutine: Coroutine[Any, Any, Any]) -> None:
            if aim.hits(stream, number):
                point = Point(stream=stream, number=number, where=described(coroutine))
                self.answer(point={"stream": point.stream, "number": point.number, "where": point.where})
                os.kill(os.getpid(), signal.SIGKILL)

        return reached


class NamedStreams:
    """Lets a request say which stream it is; one that does not is no part of the payment path.

    Its stream begins when its body is there: whether that comes with the head is left to chance.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            named = dict(scope["headers"]).get(STREAM_HEADER, OF_OTHERS.get(scope["path"]))
            if named is not None:
                receive = replayed([await receive()], receive)
                running_request.set(Request(named.decode()))
        await self.app(scope, receive, send)


def replayed(messages: list[Message], receive: Receive) -> Receive:
    """Return a way to receive these messages before any others."""

    async def receive_again() -> Message:
        return messages.pop(0) if messages else await receive()

    return receive_again


def main() -> None:
    """Obey commands until there are no more."""
    given = json.loads(sys.argv[1])
    settings = make_settings(
        f"sqlite+aiosqlite:///{given['database']}",
        simulator=Simulator(given["simulator"]),
        mailbox=Mailbox(port=given["smtp_port"]),
        port=given["port"],
        paypal_webhook_id=WEBHOOK_ID,
        paypal_webhook_ca_file=Path(given["trusted_root"]),
        **SETTINGS,
    )
    answers = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    configure_logging(log_format="json")
    cast(dict[str, float], queues.POLLING_SECONDS).update(POLLING_SECONDS)
    listener = socket.create_server((settings.host, settings.port))
    parent = Parent(settings=settings, listener=listener, answers=answers)
    parent.answer(ready=True)
    while line := sys.stdin.readline():
        command = json.loads(line)
        if "rehearse" in command:
            parent.rehearse()
            parent.answer(ready=True)
        else:
            aim = command["aim"]
            parent.give_life(Aim.from_json(aim) if aim else None, datetime.fromisoformat(command["now"]))


if __name__ == "__main__":
    main()
