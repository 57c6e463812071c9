"""Which documents may be run: the trusted ones by their hash, and free text as far as the operator allows it."""

import hashlib
import json
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from graphql import DocumentNode, GraphQLError, GraphQLSchema, parse, validate

PREFIX = "sha256:"
LARGEST_CACHE = 4_000_000  # characters of texts that clients sent once and address by their hash since
MOST_CACHED = 5_000  # texts: small ones take more memory than their characters


class ManifestError(Exception):
    """A manifest cannot be used; its text says which document and why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Trusted:
    """A document that was read, parsed and validated when the process started."""

    text: str
    document: DocumentNode


def digest(text: str) -> str:
    """Return the SHA-256 of a document's text in hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def own_documents(folder: Path) -> dict[str, str]:
    """Return the texts of a folder of `.graphql` files by their ids."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.graphql"))]
    return {PREFIX + digest(text): text for text in texts}


def read_manifest(path: Path) -> dict[str, str]:
    """Return a manifest as graphql-codegen (`sha256:…`) or relay-compiler (bare hashes) writes it.

    Raises ``ManifestError``.
    """
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as exc:
        raise ManifestError(f"{path} cannot be read as JSON: {exc}") from exc
    if not isinstance(manifest, dict) or not all(isinstance(text, str) for text in manifest.values()):
        raise ManifestError(f"{path} is not an object of document texts by their hash")
    return manifest


def trust(manifests: Iterable[Mapping[str, str]], schema: GraphQLSchema) -> dict[str, Trusted]:
    """Return the documents of all manifests by their bare hash, parsed and validated once.

    Raises ``ManifestError`` for a hash that is not the text's, or a text that does not fit the schema.
    """
    trusted = {}
    for name, text in (entry for manifest in manifests for entry in manifest.items()):
        expected = name.removeprefix(PREFIX)
        if expected != digest(text):
            raise ManifestError(f"{name} is not the SHA-256 of its text")
        try:
            trusted[expected] = Trusted(text=text, document=valid_document(text, schema))
        except GraphQLError as exc:
            raise ManifestError(f"{name}: {exc.message}") from exc
    return trusted


@cache  # a document is the same in all products of a process
def valid_document(text: str, schema: GraphQLSchema) -> DocumentNode:
    """Return the parsed document. Raises ``GraphQLError`` when it is none, or does not fit the schema."""
    document = parse(text)
    if errors := validate(schema, document):
        raise errors[0]
    return document


@dataclass(kw_only=True, slots=True)
class Documents:
    """The documents of a process: the trusted ones, and a bounded memory of others that clients address by hash.

    The memory (Apollo's automatic persisted queries) saves bytes and trusts nobody: what it holds is free text.
    """

    trusted: Mapping[str, Trusted] = field(default_factory=dict)
    free_text: bool = True
    remembered: OrderedDict[str, str] = field(default_factory=OrderedDict)
    size: int = 0

    def trusted_text(self, document_id: str) -> str | None:
        """Return the text of a trusted document by its id, ``sha256:`` and 64 digits."""
        found = self.trusted.get(document_id.removeprefix(PREFIX)) if document_id.startswith(PREFIX) else None
        return found.text if found else None

    def recall(self, hash_: str) -> str | None:
        """Return a text by its hash: a trusted one, or one that somebody has sent before."""
        if hash_ in self.trusted:
            return self.trusted[hash_].text
        text = self.remembered.get(hash_)
        if text is not None:
            self.remembered.move_to_end(hash_)
        return text

    def remember(self, text: str) -> None:
        """Keep a text under its hash, forgetting those not asked for longest."""
        hash_ = digest(text)
        if hash_ in self.remembered or len(text) > LARGEST_CACHE:
            return
        self.remembered[hash_] = text
        self.size += len(text)
        while self.size > LARGEST_CACHE or len(self.remembered) > MOST_CACHED:
            _, forgotten = self.remembered.popitem(last=False)
            self.size -= len(forgotten)

    def find(self, text: str) -> Trusted | None:
        """Return the trusted document with this text, however it came here."""
        return self.trusted.get(digest(text))
