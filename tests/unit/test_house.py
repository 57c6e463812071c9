"""The house is in order: who imports whom, how long things are, and who may read clock, settings and tables."""

import ast
import subprocess
import sys
import tomllib
from pathlib import Path
from statistics import median

import pytest

from tests.harness.simulator import ROOT
from tests.harness.sources import LAYERS, Function, Module, body_length, length, modules

LONGEST_FILE, LONGEST_FUNCTION, LONGEST_RESOLVER = 249, 39, 12
GENERATED = "migrations/versions/"
CLOCKS = ("datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time")
UNFINISHED = ("TODO", "FIXME", "XXX:", "NotImplementedError")
STATEMENTS = {"select", "insert", "update", "delete", "text"}

SOURCE = [module for module in modules(*LAYERS, "migrations") if GENERATED not in module.name]
TESTS = modules("tests")


def named(module: Module, function: Function) -> str:
    return f"{module.name}::{function.name}"


def resolvers() -> list[tuple[str, int]]:
    """Return the bodies of all GraphQL fields, mutations and subscriptions with their lengths."""
    return [
        (named(module, function), body_length(function))
        for module in modules("resolvers", "schema")
        for function in module.functions
        if any(
            ast.unparse(each).startswith(("strawberry.field", "strawberry.mutation", "strawberry.subscription"))
            for each in function.decorator_list
        )
    ]


def readers_outside_app(*wanted: str) -> list[str]:
    """Return where a name is read below `app/`."""
    inner = [module for module in SOURCE if not module.name.startswith("app/")]
    return [f"{module.name}:{line}" for module in inner for line, name in module.names_read() if name in wanted]


def test_every_package_at_the_root_is_under_the_import_contracts() -> None:
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}

    assert packages == set(config["tool"]["importlinter"]["root_packages"]) == set(LAYERS)


def test_the_import_contracts_are_kept() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    # on its own: in this process it would silence the loggers of other tests
    checked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize("module", [*SOURCE, *TESTS], ids=lambda module: module.name)
def test_a_file_is_short(module: Module) -> None:
    assert module.lines <= LONGEST_FILE


@pytest.mark.parametrize("module", [*SOURCE, *TESTS], ids=lambda module: module.name)
def test_a_function_is_short(module: Module) -> None:
    functions = [each for each in module.functions if not each.name.startswith("test_")]  # a journey may be long

    assert {each.name: length(each) for each in functions if length(each) > LONGEST_FUNCTION} == {}


def test_a_resolver_only_translates() -> None:
    lengths = dict(resolvers())

    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_RESOLVER} == {}
    assert median(lengths.values()) <= 4


def test_functions_are_mostly_very_short() -> None:
    assert median(length(each) for module in SOURCE for each in module.functions) < 10


def test_there_is_at_least_as_much_test_as_source() -> None:
    assert sum(module.lines for module in TESTS) >= sum(module.lines for module in SOURCE)


@pytest.mark.parametrize("module", SOURCE, ids=lambda module: module.name)
def test_nothing_is_left_for_later(module: Module) -> None:
    text = module.path.read_text(encoding="utf-8")

    assert [word for word in UNFINISHED if word in text] == []


@pytest.mark.parametrize("module", SOURCE, ids=lambda module: module.name)
def test_a_module_says_what_belongs_there(module: Module) -> None:
    assert ast.get_docstring(module.tree)


def test_the_clock_is_read_in_app_alone() -> None:
    assert readers_outside_app(*CLOCKS) == []


def test_the_environment_is_read_in_app_alone() -> None:
    constructed = [
        f"{module.name}:{call.lineno}"
        for module in SOURCE
        if not module.name.startswith("app/")
        for call in ast.walk(module.tree)
        if isinstance(call, ast.Call) and ast.unparse(call.func).endswith("Settings")
    ]

    assert readers_outside_app("os.environ", "os.getenv") == []
    assert constructed == []


def test_sql_is_written_in_models_alone() -> None:
    outside = [module for module in SOURCE if not module.name.startswith(("models/", "migrations/"))]
    written = {module.name: module.imports_from("sqlalchemy", "sqlmodel") & STATEMENTS for module in outside}

    assert {name: words for name, words in written.items() if words} == {}


def test_tables_are_made_by_migrations_and_only_tests_make_them_otherwise() -> None:
    assert [m.name for m in SOURCE if any("create_all" in name for _, name in m.names_read())] == []
