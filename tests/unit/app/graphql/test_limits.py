"""An operation is measured once, fragment by fragment, and refused at the first size past its limit."""

import pytest
from graphql import OperationDefinitionNode, get_introspection_query, parse, validate
from graphql.validation.rules import overlapping_fields_can_be_merged
from hypothesis import given
from hypothesis import strategies as st

from app.graphiql import QUERIES
from app.graphql import schema
from app.graphql.documents import own_documents
from app.graphql.limits import (
    DEEPEST_NESTING,
    DEPTH_FOR_TOOLS,
    LIMITS,
    Measure,
    Size,
    WithinLimits,
    excesses,
    explained,
)

TOOLS = {  # GraphiQL, graphql-codegen, Apollo and Relay ask what their library writes, with more or less of the options
    "plain": get_introspection_query(descriptions=False),
    "usual": get_introspection_query(),
    "whole": get_introspection_query(
        specified_by_url=True, directive_is_repeatable=True, schema_description=True, input_value_deprecation=True
    ),
}
FAN_OUT = 30
HALVES = " ".join(f"fragment f{level} on Query {{ ...f{level + 1} ...f{level + 1} }}" for level in range(FAN_OUT))


def size_of(text: str) -> Size:
    document = parse(text)
    [operation] = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
    return Measure.of(document).operation(operation)


def problems(text: str) -> list[str]:
    return [error.message for error in validate(schema._schema, parse(text), [WithinLimits])]


def test_a_fragment_counts_wherever_it_is_spread() -> None:
    text = "{ a: viewer { ...F } viewer { ...F } } fragment F on Customer @one { b: id name @two { x { y } } }"

    assert size_of(text) == Size(depth=4, fields=10, aliases=3, directives=2)


def test_what_inline_fragments_hold_counts_at_their_own_level() -> None:
    assert size_of("{ node(id: 1) { ... on Order @d { id lines { id } } } }") == Size(depth=3, fields=4, directives=1)


def unwrapping(levels: int) -> str:
    return "{ __schema { types { " + "ofType { " * (levels - 3) + "name" + " }" * (levels - 3) + " } } }"


def test_questions_about_the_schema_may_go_as_deep_as_tools_need_and_no_deeper() -> None:
    most = DEPTH_FOR_TOOLS + LIMITS.depth

    assert (size_of(unwrapping(15)).depth, size_of(unwrapping(most)).depth) == (1, LIMITS.depth)
    assert problems(unwrapping(most)) == []
    assert problems(unwrapping(most + 1)) == ["The operation is too large: depth 11, at most 10."]
    assert problems(unwrapping(150)) == ["The operation is too large: depth 181, at most 10."]


def test_everything_but_the_depth_of_a_question_about_the_schema_counts() -> None:
    text = """{ __schema { ...S @a } a: __type(name: "Money") { b: name fields { c: name @a } } }
      fragment S on __Schema { d: types { ...T e: name } } fragment T on __Type { f: name @a @a }"""

    assert size_of(text) == Size(depth=1, fields=8, aliases=6, directives=4)


@pytest.mark.parametrize("tool", TOOLS.values(), ids=TOOLS)
def test_the_questions_of_the_tools_are_far_from_the_limits(tool: str) -> None:
    size = size_of(tool)

    assert problems(tool) == []
    assert (size.depth, size.fields <= 500, size.aliases, size.directives) == (1, True, 0, 0)


def test_fragments_cannot_multiply_questions_about_the_schema() -> None:
    aliases = " ".join(f"a{n}: FIELD {{{{ {{below}} }}}}" for n in range(10))
    types, fields = aliases.replace("FIELD", "types"), aliases.replace("FIELD", "fields")
    text = f"""{{ __schema {{ {types.format(below="...T")} }} }}
      fragment T on __Type {{ {fields.format(below="...F")} }}
      fragment F on __Field {{ {aliases.replace("FIELD", "type").format(below="name")} }}"""

    assert problems(text) == ["The operation is too large: aliases 1110, at most 30."]


@pytest.mark.parametrize(
    ("at", "past", "said"),
    [
        ("{ " + "a{" * 9 + "b" + "}" * 9 + " }", "{ " + "a{" * 10 + "b" + "}" * 10 + " }", "depth 11, at most 10"),
        (
            "{ " + " ".join(f"a{n}: x" for n in range(30)) + " }",
            "{ " + " ".join(f"a{n}: x" for n in range(31)) + " }",
            "aliases 31, at most 30",
        ),
        ("{ x " + "@a " * 50 + "}", "{ x " + "@a " * 51 + "}", "directives 51, at most 50"),
        ("{ " + "x " * 10_000 + "}", "{ " + "x " * 10_001 + "}", "fields 10001, at most 10000"),
        (
            "mutation { startPayment { x } }",
            "mutation { startPayment { x } ... on Mutation { confirmPayment { x } } }",
            "payments 2, at most 1",
        ),
    ],
)
def test_each_limit_holds_at_its_value_and_refuses_one_past_it(at: str, past: str, said: str) -> None:
    assert list(excesses(size_of(at), LIMITS)) == []
    assert list(excesses(size_of(past), LIMITS)) == [f"The operation is too large: {said}."]


def test_fragments_that_double_at_every_level_are_measured_in_a_moment() -> None:
    text = "{ ...f0 } " + HALVES + f" fragment f{FAN_OUT} on Query {{ viewer {{ id }} }}"

    found = problems(text)

    assert found == ["The operation is too large: fields 1000000, at most 10000."]
    assert size_of(text).fields == 2 * 2**FAN_OUT


def test_a_chain_longer_than_any_tool_writes_is_not_followed_to_its_end() -> None:
    chain = " ".join(f"fragment f{level} on Query {{ ...f{level + 1} }}" for level in range(DEEPEST_NESTING + 50))
    text = "{ ...f0 } " + chain + f" fragment f{DEEPEST_NESTING + 50} on Query {{ viewer {{ id }} }}"

    assert problems(text) == [f"The operation is too large: depth {DEEPEST_NESTING}, at most 10."]


def test_a_cycle_of_fragments_is_left_to_the_rule_that_refuses_it() -> None:
    assert problems("{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }") == []


@given(st.lists(st.integers(min_value=0, max_value=3), min_size=1, max_size=4))
def test_the_measure_is_that_of_the_document_with_its_fragments_written_out(spreads: list[int]) -> None:
    fragments = [
        f"fragment f{n} on T {{ x{n} {{ a: y }} " + f"...f{n + 1} " * count + "}" for n, count in enumerate(spreads)
    ]
    last = f"fragment f{len(spreads)} on T {{ z }}"

    def written_out(level: int) -> str:
        if level == len(spreads):
            return "z "
        return f"x{level} {{ a: y }} " + written_out(level + 1) * spreads[level]

    assert size_of("{ ...f0 } " + " ".join([*fragments, last])) == size_of("{ " + written_out(0) + "}")


@pytest.mark.parametrize(
    "text",
    [
        "{ __schema { " + "types { name } " * 480 + "} }",
        "{ viewer { " + "orders { totalCount } " * 480 + "} }",
        "{ viewer { " + ("orders { " + ("nodes { " + "id " * 10 + "} ") * 10 + "} ") * 10 + "} }",
        "{ viewer { ...f0 ...f1 ...f2 ...f3 } } "
        + " ".join(f"fragment f{n} on Customer {{ {'id username ' * 40} }}" for n in range(4)),
    ],
    ids=["of the schema", "of lists", "nested", "through fragments"],
)
def test_fields_that_merge_are_not_compared_each_with_each_for_ever(text: str) -> None:
    errors = validate(schema._schema, parse(text))

    assert [explained(error).message for error in errors] == [
        "The operation is too large: validation takes more than 10000 comparisons."
    ]


@pytest.mark.parametrize("text", [*own_documents(QUERIES).values(), *TOOLS.values()])
def test_what_people_write_needs_no_comparisons_to_speak_of(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overlapping_fields_can_be_merged, "MAX_COMPLEXITY_BUDGET", LIMITS.comparisons // 100)

    assert validate(schema._schema, parse(text)) == []


def test_every_mutation_has_a_decision_whether_two_of_it_may_stand_in_a_request() -> None:
    one_at_a_time = {
        "startPayment": True,
        "confirmPayment": True,
        "registerPayPalAccount": True,
        "signIn": False,
        "signOut": False,
        "selectAccount": False,
        "setAutoRenewal": False,
        "cancelPayment": False,
        "cancelOrder": False,
        "makeDefaultPayPalAccount": False,
        "removePayPalAccount": False,
    }
    mutations = schema._schema.mutation_type
    assert mutations is not None

    for name, alone in one_at_a_time.items():
        assert (size_of(f"mutation {{ {name} {name} }}").payments > LIMITS.payments) is alone
    assert set(mutations.fields) == set(one_at_a_time)
