"""Trusted documents come from manifests whose hashes are checked; what clients send is only remembered."""

import hashlib
import json
from pathlib import Path

import pytest

from app.graphiql import QUERIES
from app.graphql import schema
from app.graphql.documents import (
    LARGEST_CACHE,
    MOST_CACHED,
    Documents,
    ManifestError,
    digest,
    own_documents,
    read_manifest,
    trust,
)

TEXT = "{ viewer { id } }"
HASH = hashlib.sha256(TEXT.encode()).hexdigest()


def documents(**manifest: str) -> Documents:
    return Documents(trusted=trust([manifest], schema._schema))


def test_our_own_documents_are_addressed_by_the_hash_of_their_file() -> None:
    own = own_documents(QUERIES)

    assert list(own.values()) == [path.read_text(encoding="utf-8") for path in sorted(QUERIES.glob("*.graphql"))]
    assert all(name == "sha256:" + hashlib.sha256(text.encode()).hexdigest() for name, text in own.items())


@pytest.mark.parametrize(
    "name", [HASH, f"sha256:{HASH}"], ids=["as relay-compiler writes it", "as graphql-codegen does"]
)
def test_both_forms_of_a_manifest_are_read(tmp_path: Path, name: str) -> None:
    (tmp_path / "manifest.json").write_text(json.dumps({name: TEXT}))

    known = Documents(trusted=trust([read_manifest(tmp_path / "manifest.json")], schema._schema))

    assert known.trusted_text(f"sha256:{HASH}") == TEXT
    assert known.trusted_text(HASH) is None  # an id without its prefix is no id
    assert known.trusted_text("sha256:" + "0" * 64) is None


@pytest.mark.parametrize(
    ("manifest", "said"),
    [
        ({"0" * 64: TEXT}, "0000 is not the SHA-256 of its text"),
        (
            {hashlib.sha256(b"{ nonsense }").hexdigest(): "{ nonsense }"},
            "Cannot query field 'nonsense' on type 'Query'.",
        ),
        ({hashlib.sha256(b"{").hexdigest(): "{"}, "Syntax Error: Expected Name, found <EOF>."),
    ],
)
def test_a_document_that_cannot_be_trusted_stops_the_start(manifest: dict[str, str], said: str) -> None:
    with pytest.raises(ManifestError) as refused:
        trust([manifest], schema._schema)

    assert str(refused.value).endswith(said)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[]", "is not an object of document texts by their hash"),
        ("{", "cannot be read as JSON"),
        ('{"a": 1}', "object of"),
    ],
)
def test_a_file_that_is_no_manifest_stops_the_start(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "manifest.json").write_text(text)

    with pytest.raises(ManifestError, match=said):
        read_manifest(tmp_path / "manifest.json")


def test_a_text_sent_once_is_recalled_by_its_hash_but_never_trusted() -> None:
    known = documents()

    assert known.recall(HASH) is None
    known.remember(TEXT)
    assert known.recall(HASH) == TEXT
    assert known.find(TEXT) is None
    assert known.trusted_text(f"sha256:{HASH}") is None


def test_the_memory_forgets_what_was_not_asked_for_longest() -> None:
    known = documents()
    texts = [f"{{ viewer {{ id }} }} #{n}" + " " * (LARGEST_CACHE // 4) for n in range(4)]
    hashes = [hashlib.sha256(text.encode()).hexdigest() for text in texts]
    for text in texts[:3]:
        known.remember(text)
    known.recall(hashes[0])

    known.remember(texts[3])

    assert [known.recall(hash_) is not None for hash_ in hashes] == [True, False, True, True]
    assert known.size == sum(map(len, known.remembered.values())) <= LARGEST_CACHE


def test_the_memory_holds_so_many_texts_however_small_they_are() -> None:
    known = documents()
    texts = [f"{{ viewer {{ id }} }} #{n}" for n in range(MOST_CACHED + 1)]
    for text in texts[:-1]:
        known.remember(text)
    full = known.recall(digest(texts[0])), len(known.remembered)

    known.remember(texts[-1])

    assert full == (texts[0], MOST_CACHED)
    assert [known.recall(digest(text)) is None for text in (texts[0], texts[1], texts[-1])] == [False, True, False]
    assert (len(known.remembered), known.size) == (MOST_CACHED, sum(map(len, known.remembered.values())))


def test_a_trusted_document_is_known_by_its_text_however_it_comes() -> None:
    known = documents(**{HASH: TEXT})

    assert known.find(TEXT) is known.trusted[HASH]
    assert known.find(TEXT + " ") is None
    assert known.recall(HASH) == TEXT
