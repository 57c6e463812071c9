"""Writes the files that the code decides: contract, documents by id, diagram of states; `python -m app.generate`."""

import json
import re
import sys
from pathlib import Path

from app.graphiql import QUERIES
from app.graphql import schema
from app.graphql.documents import own_documents
from policies.payment_transitions import diagram

ROOT = Path(__file__).parents[1]
CONTRACT = ROOT / "schema" / "schema.graphql"
MANIFEST = QUERIES / "manifest.json"
STATES = ROOT / "docs" / "payment-states.md"


def generated() -> dict[Path, str]:
    """Return what each generated file should contain."""
    page = STATES.read_text(encoding="utf-8")
    drawn = re.sub(r"(?<=```mermaid\n).*?(?=```)", lambda _: diagram(), page, flags=re.DOTALL)
    manifest = json.dumps(own_documents(QUERIES), indent=2, ensure_ascii=False)
    return {CONTRACT: schema.as_str() + "\n", STATES: drawn, MANIFEST: manifest + "\n"}


def main() -> int:
    """Write the files that differ; with ``--check``, only name them and return 1."""
    stale = {
        path: text
        for path, text in generated().items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    }
    checking = "--check" in sys.argv[1:]
    for path, text in stale.items():
        if checking:
            print(f"{path.relative_to(ROOT)} is not what the code says: run `make schema`.", file=sys.stderr)
        else:
            path.write_text(text, encoding="utf-8")
    return int(checking and bool(stale))


if __name__ == "__main__":
    sys.exit(main())
