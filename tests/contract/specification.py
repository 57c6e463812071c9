"""Where PayPal's specification is, if anywhere: the one look-up of all tests that need it."""

import json
import os
from functools import cache
from pathlib import Path

from openapi_core import OpenAPI

from tests.contract.build import BESIDE, BUILT, build

VARIABLE = "PAYPAL_OPENAPI_FILE"
MISSING = (
    "PayPal's specification is not at hand, so nothing was held against it. "
    f"`make contract` brings it; {VARIABLE} names another file."
)


def specification_file() -> Path | None:
    """Return what the environment names, else PayPal's own files beside the project, else the file that was built.

    Raises ``FileNotFoundError`` when the environment names a file that is not there.
    """
    if named := os.environ.get(VARIABLE):
        if not (file := Path(named)).is_file():
            raise FileNotFoundError(f"{VARIABLE} names {named}, which does not exist")
        return file
    return next((found for found in (BESIDE, BUILT) if found.exists()), None)


@cache
def specification(found: Path) -> OpenAPI:
    """Return the specification of a file, or of a folder of PayPal's own, ready to validate."""
    document = build(found) if found.is_dir() else json.loads(found.read_text(encoding="utf-8"))
    return OpenAPI.from_dict(document)
