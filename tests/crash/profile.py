"""How thoroughly the process is killed: in a few minutes by default, in about an hour with ``CRASH_TEST=long``."""

import os
from dataclasses import replace

from tests.crash.journeys import JOURNEYS, Journey
from tests.crash.points import Grain

LONG = os.environ.get("CRASH_TEST") == "long"
SHARES = 4  # several workers divide the points of a journey between them; its shortest stream has not more of them


def journeys() -> tuple[Journey, ...]:
    """Return the journeys; in the long form each kills in all its streams."""
    return tuple(replace(journey, spared=()) for journey in JOURNEYS) if LONG else JOURNEYS


def grains() -> tuple[Grain, ...]:
    """Return what counts as a point."""
    return tuple(Grain) if LONG else (Grain.AWAIT,)


def seeds() -> range:
    """Return the seeds of the moments drawn by lot; ``CRASH_SEEDS=7-12`` repeats some."""
    first, _, last = os.environ.get("CRASH_SEEDS", "1-400" if LONG else "1-24").partition("-")
    return range(int(first), int(last or first) + 1)
