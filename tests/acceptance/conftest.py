"""Fixtures of the acceptance tests."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.harness.mailbox import Mailbox
from tests.harness.news import informed
from tests.harness.product import Product, running_product
from tests.harness.simulator import Simulator

Launch = Callable[..., AbstractAsyncContextManager[Product]]


@pytest.fixture
def launch(tmp_path: Path, template: Path, simulator: Simulator, mailbox: Mailbox, looks: dict[str, Any]) -> Launch:
    """How the product is started with other settings, or once more over the same file."""
    return partial(running_product, tmp_path, template=template, simulator=simulator, mailbox=mailbox, **looks)


@pytest.fixture
def inform(launch: Launch, simulator: Simulator, tmp_path: Path) -> Launch:
    """How the product is started when PayPal tells it what happens, and nothing else makes it look."""
    return partial(informed, launch, simulator=simulator, directory=tmp_path)
