"""The server around uvicorn: what it does at its start and at its end."""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from starlette.applications import Starlette

from app.graphql.event_stream import Streams
from app.server import Server
from tests.harness.ports import free_port


@asynccontextmanager
async def serving(*, for_good: bool) -> AsyncIterator[Starlette]:
    app = Starlette()
    app.state.streams = Streams(longest=timedelta(minutes=1), heartbeat=timedelta(seconds=10))
    server = Server(app, host="127.0.0.1", port=free_port(), for_good=for_good)
    running = asyncio.create_task(server.serve())
    try:
        async with asyncio.timeout(30):
            for _ in iter(lambda: server.started, True):
                await asyncio.sleep(0.01)
        yield app
    finally:
        server.should_exit = True
        await running


@pytest.mark.parametrize("for_good", [True, False])
async def test_a_process_that_serves_for_good_leaves_what_it_has_loaded_to_no_collector(for_good: bool) -> None:
    gc.unfreeze()  # what the tests have frozen themselves

    async with serving(for_good=for_good):
        frozen = gc.get_freeze_count()
    gc.freeze()

    assert (frozen > 10_000) is for_good


async def test_it_ends_the_streams_when_it_stops() -> None:
    async with serving(for_good=False) as app:
        assert not app.state.streams.closing.is_set()

    assert app.state.streams.closing.is_set()
