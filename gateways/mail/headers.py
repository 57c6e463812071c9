"""Headers of a message, where the standard library does not write what it was given."""

from email.header import Header
from email.headerregistry import BaseHeader, HeaderRegistry, UnstructuredHeader
from email.policy import SMTP, Policy
from typing import Any, ClassVar, Literal


class Subject(BaseHeader):
    """A subject that arrives as it was given.

    The standard library would first decode what looks encoded in it, and then lose spaces between accented words where
    it folds a long one (https://github.com/python/cpython/issues/92081).
    """

    max_count: ClassVar[Literal[1]] = 1

    @classmethod
    def parse(cls, string: str, kwds: dict[str, Any]) -> None:
        kwds["parse_tree"] = UnstructuredHeader.value_parser("")
        kwds["decoded"] = string

    def fold(self, *, policy: Policy) -> str:
        charset = "us-ascii" if self.isascii() and "=?" not in self else "utf-8"
        return f"Subject: {Header(self, charset, header_name='Subject').encode(linesep=policy.linesep)}{policy.linesep}"


def _registry() -> HeaderRegistry:
    registry = HeaderRegistry()
    registry.map_to_type("subject", Subject)
    return registry


POLICY = SMTP.clone(header_factory=_registry())
