"""What counts as a point at which a process waits, and how all of them are enumerated."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import literal, select

from models.database import Database
from tests.crash.aims import Aim
from tests.crash.points import Grain, Point, Points, Request, described, running_request


def points_of(*streams: Callable[[], Awaitable[object]], grain: Grain = Grain.AWAIT) -> list[Point]:
    """Run the streams at the same time and return their points, as they came."""
    found: list[Point] = []

    def note(stream: str, number: int, coroutine: Coroutine[Any, Any, Any]) -> None:
        found.append(Point(stream=stream, number=number, where=described(coroutine)))

    async def serve(stream: Callable[[], Awaitable[object]]) -> None:
        running_request.set(Request(stream.__name__))
        await stream()

    async def serve_all() -> None:
        await asyncio.gather(*(serve(stream) for stream in streams))

    with asyncio.Runner() as runner:
        runner.get_loop().set_task_factory(Points(reached=note, grain=grain).create_task)  # type: ignore[arg-type]
        runner.run(serve_all())
    return found


async def three_pauses() -> None:
    for _ in range(3):
        await asyncio.sleep(0.001)


def test_each_await_of_a_stream_has_the_next_number() -> None:
    points = points_of(three_pauses)

    assert [(point.stream, point.number) for point in points] == [("three_pauses 1", number) for number in (1, 2, 3)]
    assert [part.rpartition(":")[0] for part in points[0].where][-2:] == [
        "crash/test_points.py::three_pauses",
        "asyncio/tasks.py::sleep",
    ]


def test_streams_side_by_side_are_numbered_each_for_itself() -> None:
    points = points_of(three_pauses, three_pauses)

    assert sorted((point.stream, point.number) for point in points) == [
        (f"three_pauses {stream}", number) for stream in (1, 2) for number in (1, 2, 3)
    ]


def test_what_a_stream_does_side_by_side_is_numbered_each_for_itself() -> None:
    async def two_at_once() -> None:
        await asyncio.gather(three_pauses(), three_pauses())
        await asyncio.sleep(0)

    points = points_of(two_at_once)

    assert sorted((point.stream, point.number) for point in points) == [
        ("two_at_once 1", 1),  # the wait for both
        ("two_at_once 1", 2),
        *[(f"two_at_once 1 > three_pauses {branch}", number) for branch in (1, 2) for number in (1, 2, 3)],
    ]


def test_a_branch_of_a_branch_is_told_from_both() -> None:
    async def starts_another() -> None:
        await asyncio.create_task(three_pauses())

    async def starts_one() -> None:
        await asyncio.create_task(starts_another())

    assert {point.stream for point in points_of(starts_one)} == {
        "starts_one 1",
        "starts_one 1 > starts_another 1",
        "starts_one 1 > starts_another 1 > three_pauses 1",
    }


def test_a_stream_is_spared_with_its_branches() -> None:
    aim = Aim(spared=("email 1",))

    assert not aim.hits("email 1", 1)
    assert not aim.hits("email 1 > connect 1", 1)
    assert aim.hits("email 11", 1)
    assert aim.hits("email 2 > connect 1", 1)


def test_a_task_outside_every_stream_has_no_points() -> None:
    found: list[str] = []
    points = Points(reached=lambda stream, number, _: found.append(f"{stream} {number}"))

    with asyncio.Runner() as runner:
        runner.get_loop().set_task_factory(points.create_task)  # type: ignore[arg-type]
        runner.run(three_pauses())

    assert found == []


@pytest.mark.parametrize("grain", [Grain.SUSPENSION, Grain.RESUMPTION])
def test_a_statement_is_one_await_of_several_suspensions(tmp_path: Path, grain: Grain) -> None:
    async def one_and_two_statements() -> None:
        database = Database(f"sqlite+aiosqlite:///{tmp_path / 'some.db'}")
        async with database.read() as session:
            await session.exec(select(literal(1)))
            for _ in range(2):
                await session.exec(select(literal(2)))
        await database.close()

    awaits, hops = points_of(one_and_two_statements), points_of(one_and_two_statements, grain=grain)

    assert sorted(per_line(awaits, "one_and_two_statements").values()) == [1, 1, 1, 2]  # the end of both, too
    assert min(per_line(hops, "one_and_two_statements").values()) >= 1
    assert sum(per_line(hops, "one_and_two_statements").values()) > 15


def per_line(points: list[Point], function: str) -> Counter[str]:
    """Return how many points lie in each line of the function."""
    lines = [part for point in points for part in point.where if f"::{function}:" in part]
    return Counter(lines)


def test_an_exception_that_comes_back_is_an_await_like_any_other() -> None:
    async def failing_twice() -> None:
        for _ in range(2):
            try:
                async with asyncio.timeout(0.001):
                    await asyncio.sleep(1)
            except TimeoutError:
                pass

    assert [point.number for point in points_of(failing_twice)] == [1, 2]


def test_enumerating_ends_when_a_life_passes_no_point_any_more() -> None:
    streams = {"request": 4, "job": 7, "never looked at": 9}
    deaths: list[tuple[str, int]] = []

    for share in (1, 2, 3):
        aim: Aim | None = Aim(first=share, step=3, spared=("never looked at",))
        while aim is not None:
            life = ((stream, number) for stream, length in streams.items() for number in range(1, length + 1))
            end = next((point for point in life if aim.hits(*point)), None)
            deaths += [end] if end else []
            aim = aim.beyond(Point(stream=end[0], number=end[1], where=())) if end else None

    assert sorted(deaths) == [("job", number) for number in range(1, 8)] + [
        ("request", number) for number in range(1, 5)
    ]


def test_an_aim_survives_the_way_to_another_process() -> None:
    aim = Aim(first=2, step=8, spared=("email 1",), grain=Grain.RESUMPTION).beyond(
        Point(stream="confirm 1", number=10, where=())
    )

    assert Aim.from_json(aim.to_json()) == aim
