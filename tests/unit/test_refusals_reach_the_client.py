"""Every refusal of a use case is a member of each union that it can reach; the paths are read from the source."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from typing import Any, get_type_hints

import pytest
from graphql import GraphQLUnionType, get_named_type
from strawberry.utils.str_converters import to_camel_case

from app.graphql import schema
from resolvers.errors import HANDLERS
from tests.harness.sources import Function, modules
from use_cases import errors

# A compare and swap that no caller here can lose: the payment was read and locked in the same transaction.
UNLOSABLE = "move_payment"
REFUSALS = {each.__name__ for each in errors.Refusal.__subclasses__()}


def told_as(handler: Any) -> tuple[str, str]:
    """Return the refusal that a handler takes and the type that it tells, by name."""
    hints = get_type_hints(handler.handle)
    return hints["exception"].__name__, hints["return"].__name__


TYPE_OF = dict(map(told_as, HANDLERS))


@cache
def functions() -> dict[str, list[Function]]:
    """Return what a mutation may call, by name; where two share a name, both are meant."""
    found: defaultdict[str, list[Function]] = defaultdict(list)
    for module in modules("use_cases", "resolvers"):
        for function in module.functions:
            if not is_mutation(function):
                found[function.name].append(function)
    return found


def is_mutation(function: Function) -> bool:
    return any("strawberry.mutation" in ast.unparse(each) for each in function.decorator_list)


def mutations() -> list[Function]:
    return [each for module in modules("resolvers") for each in module.functions if is_mutation(each)]


def raised_by(function: Function, seen: set[str]) -> Iterator[str]:
    """Yield the refusals that a function, or anything that it calls, may raise."""
    for node in ast.walk(function):
        if isinstance(node, ast.Raise) and node.exc is not None:
            raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
            yield from {ast.unparse(raised)} & REFUSALS
        elif isinstance(node, ast.Call):
            called = ast.unparse(node.func).rpartition(".")[2]
            if called in functions() and called not in seen | {UNLOSABLE}:
                seen.add(called)
                for each in functions()[called]:
                    yield from raised_by(each, seen)


def field_of(mutation: Function) -> str:
    """Return the name of a mutation in the schema: as it is declared, or after its function."""
    names = re.findall(r"strawberry\.mutation\(name='(\w+)'", " ".join(map(ast.unparse, mutation.decorator_list)))
    return names[0] if names else to_camel_case(mutation.name)


def members_of(mutation: Function) -> set[str]:
    root = schema._schema.mutation_type
    assert root is not None
    answer = get_named_type(root.fields[field_of(mutation)].type)
    return {each.name for each in answer.types} if isinstance(answer, GraphQLUnionType) else set()


def test_every_refusal_has_one_handler() -> None:
    assert sorted(refusal for refusal, _ in map(told_as, HANDLERS)) == sorted(REFUSALS)
    assert len(set(TYPE_OF.values())) == len(HANDLERS)


@pytest.mark.parametrize("mutation", mutations(), ids=lambda function: function.name)
def test_a_mutation_answers_every_refusal_that_it_can_meet(mutation: Function) -> None:
    met = set(raised_by(mutation, set()))

    assert {TYPE_OF[refusal] for refusal in met} <= members_of(mutation)


def test_the_paths_are_found() -> None:
    [confirm] = [each for each in mutations() if each.name == "confirm_payment"]

    assert set(raised_by(confirm, set())) == {
        "AccountNotUsable",
        "AmountChanged",
        "IdempotencyConflict",
        "InvalidInput",
        "NotFound",
        "OrderNotPayable",
        "PaymentStateConflict",
        "ProviderUnavailable",
    }


def test_every_refusal_is_in_some_union() -> None:
    told = set().union(*(members_of(mutation) for mutation in mutations()))

    assert set(TYPE_OF.values()) <= told
