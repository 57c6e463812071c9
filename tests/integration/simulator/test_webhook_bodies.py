"""The text of one member, cut out of a request as it stands there."""

import pytest

from gateways.paypal.simulator.webhooks.bodies import raw_member


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"event":{}}', "{}"),
        ('\n{ "a" : 1.0 , "event" :\t{"x":  1.50, "y": [ ]}\n}', '{"x":  1.50, "y": [ ]}'),
        ('{"a": {"event": 1}, "event": {"é": "\\u00e9 }"}, "b": null}', '{"é": "\\u00e9 }"}'),
        ('{"a": "\\"event\\": 1", "event": 2}', "2"),
        ('{"ev\\u0065nt": 3}', "3"),
        ('{"event": 4, "event": 5}', "5"),
        ('{"a": {"event": 6}}', None),
        ("{}", None),
    ],
)
def test_member_is_returned_as_it_is_written(text: str, expected: str | None) -> None:
    assert raw_member(text, "event") == expected
