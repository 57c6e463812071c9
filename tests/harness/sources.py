"""The project's own source, read as syntax trees by the tests that keep the house in order."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeAlias

from tests.harness.simulator import ROOT

LAYERS = ("app", "resolvers", "schema", "workflows", "use_cases", "gateways", "policies", "models")
Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """One file of Python."""

    path: Path
    tree: ast.Module

    @property
    def name(self) -> str:
        """The path from the root of the project."""
        return self.path.relative_to(ROOT).as_posix()

    @property
    def lines(self) -> int:
        """The lines that are not blank."""
        return sum(bool(line.strip()) for line in self.path.read_text(encoding="utf-8").splitlines())

    @property
    def functions(self) -> list[Function]:
        return [node for node in ast.walk(self.tree) if isinstance(node, Function)]

    def names_read(self) -> Iterator[tuple[int, str]]:
        """Yield every name and every attribute of a name, as written, with its line: ``datetime.now``."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Name | ast.Attribute):
                yield node.lineno, ast.unparse(node)

    def imports_from(self, *packages: str) -> set[str]:
        """Return the names imported from modules of the packages."""
        return {
            alias.name
            for node in ast.walk(self.tree)
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in packages
            for alias in node.names
        }


@cache
def modules(*folders: str) -> tuple[Module, ...]:
    """Return all modules below the folders of the project."""
    paths = sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return tuple(Module(path, ast.parse(path.read_text(encoding="utf-8"), path.name)) for path in paths)


def length(node: Function) -> int:
    """Return how many lines a function takes, from ``def`` to its end."""
    return (node.end_lineno or node.lineno) - node.lineno + 1


def body_length(node: Function) -> int:
    """Return how many lines the body of a function takes."""
    return (node.end_lineno or 0) - node.body[0].lineno + 1
