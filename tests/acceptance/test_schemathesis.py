"""Schemathesis, a fuzzer nobody here wrote, asks what the contract allows and expects an answer that it allows."""

import asyncio
import os
import re
import sys
from pathlib import Path

import pytest

from app.graphql.context import COOKIE
from tests.harness.product import Product
from tests.harness.refusals import open_desk
from tests.harness.simulator import ROOT

EXAMPLES = os.environ.get("SALDO_SCHEMATHESIS_EXAMPLES", "40")  # for each root field; 1200 make the long form
SEED = os.environ.get("SALDO_TEST_SEED", "20261125")
LEFT_OUT = "(signIn|signOut)$"  # the session must outlive the run; both have tests of their own


@pytest.mark.timeout(3600)
async def test_no_generated_operation_breaks_the_server_or_the_contract(product: Product, tmp_path: Path) -> None:
    desk = await open_desk(product)
    cookie = desk.client.http.cookies[COOKIE]
    arguments = [
        *("run", f"{product.url}/graphql", "--phases", "fuzzing", "--max-examples", EXAMPLES, "--seed", SEED),
        *("-H", f"Cookie: {COOKIE}={cookie}", "-H", "X-Saldo-Client: schemathesis", "--exclude-name-regex", LEFT_OUT),
        *("--exclude-checks", "positive_data_acceptance", "--no-color", "--request-timeout", "30"),
    ]

    process = await asyncio.create_subprocess_exec(
        *(str(Path(sys.executable).with_name("st")), *arguments),
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "SCHEMATHESIS_HOOKS": "tests.harness.generated_scalars"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()

    report = said.decode(errors="replace")
    assert process.returncode == 0, report[-6_000:]
    [(operations, total)] = re.findall(r"(\d+) selected / (\d+) total", report)
    [(generated, passed)] = re.findall(r"(\d+) generated, (\d+) passed", report)
    assert int(total) - int(operations) == 2  # signIn and signOut
    assert int(generated) == int(passed) >= int(operations) * int(EXAMPLES)
