"""Nothing without words: every type, field, argument and value is described, every text exists in both languages."""

from collections.abc import Iterator, Mapping

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    is_introspection_type,
    is_specified_scalar_type,
)

from app.graphql import schema
from models import enums
from schema import texts
from schema.enums import describe
from schema.texts import Text

TYPE_MAP = schema._schema.type_map
TYPES = [type for type in TYPE_MAP.values() if not is_introspection_type(type) and not is_specified_scalar_type(type)]


def described(type: GraphQLNamedType) -> Iterator[tuple[str, str | None]]:
    yield type.name, type.description
    if isinstance(type, GraphQLEnumType):
        for name, value in type.values.items():
            yield f"{type.name}.{name}", value.description
    elif isinstance(type, GraphQLInputObjectType):
        for name, input_field in type.fields.items():
            yield f"{type.name}.{name}", input_field.description
    elif isinstance(type, GraphQLObjectType | GraphQLInterfaceType):
        for name, field in type.fields.items():
            yield f"{type.name}.{name}", field.description
            for argument_name, argument in field.args.items():
                yield f"{type.name}.{name}({argument_name}:)", argument.description


@pytest.mark.parametrize("type", TYPES, ids=lambda type: type.name)
def test_everything_is_described_in_a_sentence(type: GraphQLNamedType) -> None:
    without = [place for place, description in described(type) if not description or not description.endswith(".")]

    assert without == []


@pytest.mark.parametrize(
    ("vocabulary", "table"),
    [
        (enums.ServiceStatus, texts.SERVICE_STATUS),
        (enums.OrderStatus, texts.ORDER_STATUS),
        (enums.OrderBlockCode, texts.ORDER_BLOCK),
        (enums.AutoRenewalBlockCode, texts.AUTO_RENEWAL_BLOCK),
        (enums.PaymentFailureCode, texts.PAYMENT_FAILURE),
        (enums.UserErrorCode, texts.USER_ERROR),
    ],
)
def test_every_member_has_its_words_in_both_languages(
    vocabulary: type[enums.Vocabulary], table: Mapping[enums.Vocabulary, Text]
) -> None:
    assert set(table) == set(vocabulary)
    assert all(text.to("it") and text.to("en") and text.to("it") != text.to("en") for text in table.values())


def test_the_order_to_pay_carries_the_label_the_customer_knows() -> None:
    assert texts.ORDER_STATUS[enums.OrderStatus.AWAITING_PAYMENT].to("it") == "Attesa pagamento"


def test_a_member_without_a_sentence_stops_the_start() -> None:
    with pytest.raises(ValueError, match="SortDirection"):
        describe(enums.SortDirection, "Which end of a list comes first.", ASC="Smallest or oldest first.")


def test_every_enum_of_the_schema_is_one_of_ours_under_its_own_name() -> None:
    shown = {type.name: list(type.values) for type in TYPES if isinstance(type, GraphQLEnumType)}

    assert shown == {name: list(getattr(enums, name).__members__) for name in shown}


def test_each_union_of_results_has_one_payload_and_refusals_that_say_so() -> None:
    unions = [type for name, type in TYPE_MAP.items() if name.endswith("Result")]

    assert len(unions) == 10
    for union in unions:
        payload, *refusals = schema._schema.get_possible_types(union)  # type: ignore[arg-type]
        assert payload.name == union.name.replace("Result", "Payload")
        assert all([interface.name for interface in refusal.interfaces] == ["UserError"] for refusal in refusals)
