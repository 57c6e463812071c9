"""Every requirement, and every case of what went wrong elsewhere, names tests that show it, and they exist."""

import re
from functools import cache

import pytest

from tests.harness.simulator import ROOT
from tests.harness.sources import modules

ROW = re.compile(r"^\| ([SRC])(\d+) \| (.+) \| (.+) \|$", flags=re.MULTILINE)
PAGES = ("requirements.md", "paypal-cases.md")
ROWS = {
    f"{kind}{number}": re.findall(r"`([^`]+)`", shown)
    for page in PAGES
    for kind, number, _, shown in ROW.findall((ROOT / "docs" / page).read_text(encoding="utf-8"))
}


@cache
def existing() -> set[str]:
    """Return every test as ``folder/file.py::function``; those of the acceptance tests without their folder."""
    return {
        f"{module.name.removeprefix('tests/acceptance/').removeprefix('tests/')}::{function.name}"
        for module in modules("tests")
        for function in module.functions
    } | {f"{module.name}::{function.name}" for module in modules("tests") for function in module.functions}


def test_every_requirement_and_every_case_has_a_row() -> None:
    numbered = {"S": 35, "R": 23, "C": 26}
    assert list(ROWS) == [f"{kind}{number}" for kind, last in numbered.items() for number in range(1, last + 1)]


@pytest.mark.parametrize("name", ROWS)
def test_what_shows_it_exists(name: str) -> None:
    assert ROWS[name]
    assert set(ROWS[name]) - existing() == set()
