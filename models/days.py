"""Arithmetic of days inside a statement, which SQLite and PostgreSQL write differently."""

from datetime import date
from typing import Any

from sqlalchemy import Date, Integer, cast, func
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlmodel import col


class DaysBefore(FunctionElement[date]):
    """The day that many days before another; use `days_before`."""

    type = Date()
    name = "days_before"
    inherit_cache = True


def days_before(day: date | None, days: int) -> DaysBefore:
    """Return the day, a column, so many days earlier."""
    return DaysBefore(col(day), cast(days, Integer))


@compiles(DaysBefore)
def subtract(element: DaysBefore, compiler: SQLCompiler, **options: Any) -> str:
    """Write it for PostgreSQL, which subtracts days from a date."""
    day, days = element.clauses
    return f"({compiler.process(day, **options)} - {compiler.process(days, **options)})"


@compiles(DaysBefore, "sqlite")
def modify(element: DaysBefore, compiler: SQLCompiler, **options: Any) -> str:
    """Write it for SQLite, where a day is a text."""
    day, days = element.clauses
    return str(compiler.process(func.date(day, func.printf("-%d days", days)), **options))
