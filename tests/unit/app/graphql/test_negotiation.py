"""The form of an answer is the one that its reader likes best."""

import pytest

from app.graphql.negotiation import LEGACY_JSON, PAGE, RESPONSE_JSON, names, preferred


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("", LEGACY_JSON),
        ("*/*", LEGACY_JSON),
        ("application/*", LEGACY_JSON),
        ("application/json", LEGACY_JSON),
        ("application/graphql-response+json", RESPONSE_JSON),
        ("application/graphql-response+json, application/json;q=0.9", RESPONSE_JSON),
        ("application/json, application/graphql-response+json", LEGACY_JSON),
        ("application/json;q=0.5, application/graphql-response+json", RESPONSE_JSON),
        ("APPLICATION/JSON; charset=utf-8", LEGACY_JSON),
        ("image/png, */*;q=0.1", LEGACY_JSON),
        ("image/png", None),
        ("application/json;q=0", None),
        ("application/json;q=much", None),
        ("text/*", None),
    ],
)
def test_the_most_wanted_form_is_chosen(accept: str, kind: str | None) -> None:
    assert preferred(accept, LEGACY_JSON, RESPONSE_JSON) == kind


@pytest.mark.parametrize(
    ("accept", "named"),
    [("text/html,application/xhtml+xml,*/*;q=0.8", True), ("*/*", False), ("text/*", False), ("text/html;q=0", False)],
)
def test_a_star_does_not_name_a_page(accept: str, named: bool) -> None:
    assert names(accept, PAGE) is named
