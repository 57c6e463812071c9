"""Fixtures of the acceptance tests."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path

import pytest

from tests.harness.mailbox import Mailbox
from tests.harness.product import Product, running_product
from tests.harness.simulator import Simulator

Launch = Callable[..., AbstractAsyncContextManager[Product]]


@pytest.fixture
def launch(tmp_path: Path, template: Path, simulator: Simulator, mailbox: Mailbox) -> Launch:
    """How the product is started with other settings, or once more over the same file."""
    return partial(running_product, tmp_path, template=template, simulator=simulator, mailbox=mailbox)
