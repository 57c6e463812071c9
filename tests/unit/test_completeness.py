"""Nothing is forgotten: a new refusal, job, setting, mail or document fails here until somebody has placed it."""

import ast
import re
from collections import Counter
from pathlib import Path

import pytest
from graphql import parse, validate
from pydantic_settings import BaseSettings

from app import main
from app.demo.settings import DemoSettings
from app.graphql import schema
from app.mail_catcher import MailCatcherSettings
from app.settings import Settings
from gateways.mail.messages import FACTS
from gateways.paypal.simulator.settings import SimulatorSettings
from models import enums, tables
from policies.payment_transitions import FINAL
from tests.harness.simulator import ROOT
from tests.harness.sources import modules
from workflows import engine, queues

QUERIES = sorted((ROOT / "queries").glob("*.graphql"))
TEMPLATES = ROOT / "gateways" / "mail" / "templates"
EVERY_SETTINGS: tuple[type[BaseSettings], ...] = (Settings, DemoSettings, SimulatorSettings, MailCatcherSettings)


def variables_of(settings: type[BaseSettings]) -> set[str]:
    prefix = settings.model_config["env_prefix"]
    return {f"{prefix}{name}".upper() for name in settings.model_fields}


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def words_of(path: Path) -> str:
    """Return the name by which the tests call a document: `04_order.graphql` is ``order``."""
    return path.stem.partition("_")[2]


def test_every_job_is_carried_out_in_a_queue_that_is_polled() -> None:
    assert set(enums.Job) == set(queues.QUEUES) == set(engine.jobs())
    assert set(queues.QUEUES.values()) == set(queues.POLLING_SECONDS)
    assert len(main.JOBS) == len(enums.Job)


def test_every_code_of_a_refusal_belongs_to_one_type() -> None:
    [refusals] = [module for module in modules("schema") if module.name == "schema/refusals.py"]
    used = Counter(name for _, name in refusals.names_read() if name.startswith("enums.UserErrorCode."))

    assert used == Counter(f"enums.UserErrorCode.{code.name}" for code in enums.UserErrorCode)


def test_every_setting_is_in_the_example() -> None:
    named = set(re.findall(r"^#? ?(SALDO_[A-Z_]+)=", read(".env.example"), flags=re.MULTILINE))

    assert variables_of(Settings) <= named
    assert named <= set().union(*(variables_of(each) for each in EVERY_SETTINGS))


def test_every_setting_is_in_the_manual() -> None:
    rows = set(re.findall(r"^\| `(SALDO_[A-Z_]+)` \|", read("README.md"), flags=re.MULTILINE))

    assert variables_of(Settings) <= rows
    assert rows <= set().union(*(variables_of(each) for each in EVERY_SETTINGS))


def test_every_setting_says_what_it_is() -> None:
    assert [name for name, field in Settings.model_fields.items() if not (field.description or "").endswith(".")] == []


def test_the_tables_end_a_payment_where_the_policy_does() -> None:
    assert set(re.findall(r"'([A-Z]+)'", tables.FINAL_PAYMENT_STATUSES)) == {status.value for status in FINAL}


def test_every_mail_has_its_facts_and_its_texts() -> None:
    wanted = {
        f"{kind.lower()}.{tongue}.{form}" for kind in FACTS for tongue in ("it", "en") for form in ("txt", "html")
    }

    assert set(FACTS) == set(enums.EmailKind)
    assert {path.name for path in TEMPLATES.iterdir()} >= wanted


@pytest.mark.parametrize("document", QUERIES, ids=words_of)
def test_a_document_fits_the_schema(document: Path) -> None:
    assert validate(schema._schema, parse(document.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("document", QUERIES, ids=words_of)
def test_a_document_is_run_by_the_acceptance_tests(document: Path) -> None:
    texts = {
        node.value
        for module in modules("tests/acceptance", "tests/harness")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant)
    }

    assert words_of(document) in texts


def test_the_manual_shows_the_documents_as_they_are() -> None:
    shown = re.findall(r"^```graphql\n(.*?)^```$", read("README.md"), flags=re.MULTILINE | re.DOTALL)
    documents = {path.read_text(encoding="utf-8").strip() for path in QUERIES}

    assert [text for text in shown if text.strip() not in documents] == []
    assert len(shown) >= 4


def test_the_contract_on_file_is_the_one_that_is_served() -> None:
    assert read("schema/schema.graphql") == schema.as_str() + "\n"
