"""Fixtures of the tests of what durable work is made of."""

from tests.acceptance.conftest import Launch, launch

__all__ = ["Launch", "launch"]
