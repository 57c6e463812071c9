"""The commands of an operator, run as processes of their own beside the product."""

import asyncio
import os
import sys
from dataclasses import dataclass
from typing import Any

from tests.harness.log_files import keep
from tests.harness.product import Product
from tests.harness.simulator import ROOT


@dataclass(frozen=True, kw_only=True, slots=True)
class Finished:
    """How a command ended, and what it said."""

    status: int
    said: str
    complained: str


def environment_of(product: Product, **changes: Any) -> dict[str, str]:
    """Return the environment in which a command finds the product's database and PayPal."""
    settings = product.settings
    known = {
        "SALDO_DATABASE_URL": settings.database_url,
        "SALDO_SECRET_KEY": settings.secret_key.get_secret_value(),
        "SALDO_PAYPAL_BASE_URL": settings.paypal_base_url,
        "SALDO_PAYPAL_CLIENT_ID": settings.paypal_client_id,
        "SALDO_PAYPAL_CLIENT_SECRET": settings.paypal_client_secret.get_secret_value(),
        "SALDO_PAYPAL_RETRY_SECONDS": "0.05",
    }
    return {**os.environ, **known, **changes}


async def command(product: Product, module: str, *arguments: str, **changes: Any) -> Finished:
    """Run ``python -m module`` to its end."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        module,
        *arguments,
        cwd=ROOT,
        env=environment_of(product, **changes),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said, complained = await process.communicate()
    await keep(module, complained)
    return Finished(status=process.returncode or 0, said=said.decode(), complained=complained.decode())
