"""Where a process waits: every await of its payment path, numbered in the order of one request or one job.

A stream is one request or one job, from its first await to its last: "POST confirmPayment 1", "email 2". Its awaits
come in the same order each time, whatever else the process does, so that a number names the same point in each life.
A task that it starts, which goes on beside it, is a branch with numbers of its own: "POST webhook 1 > _prove 1". A
connection, which such a task opens, waits now once more and now once less.
"""

import asyncio
import re
from collections import Counter
from collections.abc import Callable, Coroutine
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from dbos import DBOS

DRIVERS = ("/sqlalchemy/", "/aiosqlite/")
LIBRARIES = "/site-packages/"
BRANCH = " > "
KIND_OF_JOB = re.compile("[a-z]*")  # of its key, `confirm-att_01JNTHE3E0YG24`: what follows is new in each life


def root(stream: str) -> str:
    """Return the request or the job that a stream is, or is a branch of."""
    return stream.partition(BRANCH)[0]


class Request:
    """A request under way; ``name`` is that of its stream."""

    def __init__(self, name: str) -> None:
        self.name = name


running_request: ContextVar[Request | None] = ContextVar("running_request", default=None)
running_branch: ContextVar[str | None] = ContextVar("running_branch", default=None)


class Grain(StrEnum):
    """What counts as one point."""

    AWAIT = (
        "await"  # one await of the product, of its engine, of a client; a statement is one, whatever its driver does
    )
    SUSPENSION = "suspension"  # one return to the event loop: a statement hops between threads several times
    RESUMPTION = "resumption"  # the same, and the process dies when it is over: something has come back, unprocessed


@dataclass(frozen=True, kw_only=True)
class Point:
    """One await: its number within its stream, and the functions that wait there, outermost first."""

    stream: str
    number: int
    where: tuple[str, ...]

    def __str__(self) -> str:
        return f"await {self.number} of {self.stream}: {' > '.join(self.where)}"


@dataclass(frozen=True, kw_only=True)
class Place:
    """What tells one await from another: all that wait, down to the first of a database driver, and the instruction.

    The coroutines are kept: a new one could come to lie where an old one was.
    """

    waiting: tuple[object, ...] = ()
    instruction: int | None = None

    def same(self, other: "Place") -> bool:
        """Tell whether both are one await, which only goes on waiting."""
        return (
            self.instruction == other.instruction
            and len(self.waiting) == len(other.waiting)
            and all(a is b for a, b in zip(self.waiting, other.waiting, strict=True))
        )


@dataclass
class Points:
    """Numbers the points of this process as it comes to them, and tells ``reached`` of each before it waits."""

    reached: Callable[[str, int, Coroutine[Any, Any, Any]], None]
    grain: Grain = Grain.AWAIT
    counts: Counter[str] = field(default_factory=Counter)
    names: dict[Request | str, str] = field(default_factory=dict)

    def create_task(
        self, loop: asyncio.AbstractEventLoop, coroutine: Coroutine[Any, Any, Any], **options: Any
    ) -> asyncio.Task[Any]:
        """Be the task factory of a loop."""
        stream = self.stream()
        name = getattr(coroutine, "__name__", "task")
        branch = self.next_of(f"{stream}{BRANCH}{name}") if stream is not None else None
        return asyncio.Task(Watched(coroutine, self, branch), loop=loop, **options)

    def stream(self) -> str | None:
        """Return the stream, or its branch, that the running task belongs to."""
        request, job = running_request.get(), DBOS.workflow_id
        key = request or job
        if key is not None and key not in self.names:
            name = request.name if request is not None else KIND_OF_JOB.match(str(job)).group()  # type: ignore[union-attr]
            self.names[key] = self.next_of(name)
        return running_branch.get() or (self.names[key] if key is not None else None)

    def next_of(self, name: str) -> str:
        """Return the name with a number: streams of one name are told apart by their order."""
        self.counts[name] += 1
        return f"{name} {self.counts[name]}"

    def arrive(self, coroutine: Coroutine[Any, Any, Any]) -> None:
        """Count one more point of the stream, if the running task belongs to one."""
        stream = self.stream()
        if stream is not None:
            self.counts[stream] += 1
            self.reached(stream, self.counts[stream], coroutine)


class Watched(Coroutine[Any, Any, Any]):
    """A task's coroutine that says when it begins to wait, or when it has waited."""

    def __init__(self, coroutine: Coroutine[Any, Any, Any], points: Points, branch: str | None) -> None:
        self.coroutine = coroutine
        self.points = points
        self.branch = branch
        self.place = Place()
        self.waiting = False

    def send(self, value: Any, /) -> Any:
        return self.step(lambda: self.coroutine.send(value))

    def throw(self, *error: Any) -> Any:
        return self.step(lambda: self.coroutine.throw(*error))

    def close(self) -> None:
        self.coroutine.close()

    def __await__(self) -> Any:
        return self.coroutine.__await__()

    def step(self, run: Callable[[], Any]) -> Any:
        """Go on until the next suspension."""
        running_branch.set(self.branch)
        if self.waiting and self.points.grain is Grain.RESUMPTION:
            self.points.arrive(self.coroutine)
        yielded = run()
        self.waiting = True
        if self.points.grain is Grain.SUSPENSION or (self.points.grain is Grain.AWAIT and self.moved()):
            self.points.arrive(self.coroutine)
        return yielded

    def moved(self) -> bool:
        """Tell whether this suspension belongs to another await than the last one."""
        before, self.place = self.place, place(self.coroutine)
        return not before.same(self.place)


def chain(coroutine: object) -> list[Any]:
    """Return the coroutine, the one it waits for, and so on."""
    found = []
    inner: Any = coroutine
    while inner is not None and frame_of(inner) is not None:
        found.append(inner)
        inner = getattr(inner, "cr_await", None) or getattr(inner, "gi_yieldfrom", None)
    return found


def frame_of(coroutine: Any) -> Any:
    """Return the frame in which a coroutine or a generator stands."""
    return getattr(coroutine, "cr_frame", None) or getattr(coroutine, "gi_frame", None)


def place(coroutine: object) -> Place:
    """Return where a suspended coroutine waits."""
    waiting: list[object] = []
    for inner in chain(coroutine):
        waiting.append(inner)
        if any(driver in frame_of(inner).f_code.co_filename for driver in DRIVERS):
            return Place(waiting=tuple(waiting))
    return Place(waiting=tuple(waiting), instruction=frame_of(waiting[-1]).f_lasti if waiting else None)


def described(coroutine: object) -> tuple[str, ...]:
    """Return the product's own functions that wait, and the innermost one, whosever it is."""
    frames = [frame_of(inner) for inner in chain(coroutine)]
    own = [frame for frame in frames if LIBRARIES not in frame.f_code.co_filename]
    return tuple(f"{name(frame)}:{frame.f_lineno}" for frame in dict.fromkeys([*own, *frames[-1:]]))


def name(frame: Any) -> str:
    folders = frame.f_code.co_filename.split("/")
    return f"{'/'.join(folders[-2:])}::{frame.f_code.co_name}"
