"""Every requirement names tests that show it, and they exist."""

import re
from functools import cache

import pytest

from tests.harness.simulator import ROOT
from tests.harness.sources import modules

ROW = re.compile(r"^\| S(\d+) \| (.+) \| (.+) \|$", flags=re.MULTILINE)
ROWS = {
    int(number): re.findall(r"`([^`]+)`", shown)
    for number, _, shown in ROW.findall((ROOT / "docs" / "requirements.md").read_text(encoding="utf-8"))
}


@cache
def existing() -> set[str]:
    """Return every test as ``folder/file.py::function``; those of the acceptance tests without their folder."""
    return {
        f"{module.name.removeprefix('tests/acceptance/')}::{function.name}"
        for module in modules("tests")
        for function in module.functions
    }


def test_every_requirement_has_a_row() -> None:
    assert list(ROWS) == list(range(1, 36))


@pytest.mark.parametrize("number", ROWS)
def test_what_shows_a_requirement_exists(number: int) -> None:
    assert ROWS[number]
    assert set(ROWS[number]) - existing() == set()
