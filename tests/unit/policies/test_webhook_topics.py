"""What an event is about, and when an approval is a new one."""

import re

import pytest

from policies.webhook_topics import TOPICS, Topic, approvals_used, is_news_of_approval, topic_of
from tests.harness.simulator import ROOT


@pytest.mark.parametrize(
    ("event_type", "topic"),
    [
        ("CHECKOUT.ORDER.APPROVED", Topic.ORDER),
        ("CHECKOUT.PAYMENT-APPROVAL.REVERSED", Topic.ORDER),
        ("PAYMENT.CAPTURE.COMPLETED", Topic.CAPTURE),
        ("PAYMENT.CAPTURE.REVERSED", Topic.REFUND),
        ("VAULT.PAYMENT-TOKEN.CREATED", Topic.ACCOUNT_KEPT),
        ("VAULT.PAYMENT-TOKEN.DELETED", Topic.ACCOUNT_GONE),
        ("CUSTOMER.DISPUTE.CREATED", Topic.DISPUTE),
        ("PAYMENT.SALE.COMPLETED", Topic.OTHER),
        ("SOMETHING.OF.TOMORROW", Topic.OTHER),
        ("", Topic.OTHER),
    ],
)
def test_an_event_is_known_by_its_type(event_type: str, topic: Topic) -> None:
    assert topic_of(event_type) is topic


def test_the_manual_names_every_event_to_subscribe_to_and_no_other() -> None:
    manual = (ROOT / "README.md").read_text(encoding="utf-8")
    [named] = re.findall(r"^<!-- events -->\n(.*?)^<!-- /events -->", manual, flags=re.MULTILINE | re.DOTALL)

    assert set(re.findall(r"`([A-Z.-]+)`", named)) == set(TOPICS)


@pytest.mark.parametrize(
    ("declined", "approvals", "used", "is_news"),
    [
        (False, 0, 0, True),
        (False, 1, 2, True),
        (True, 1, 1, False),  # of the approval that was declined
        (True, 2, 1, True),
        (True, 2, 2, False),
        (True, 3, 2, True),
        (True, 1, 2, False),  # one announcement was lost: the payer's return will tell
    ],
)
def test_after_a_decline_only_a_further_announcement_is_news(
    declined: bool, approvals: int, used: int, is_news: bool
) -> None:
    assert is_news_of_approval(declined=declined, approvals=approvals, used=used) is is_news


@pytest.mark.parametrize(
    ("rounds", "registers_account", "used"), [(0, True, 0), (2, True, 2), (0, False, 0), (1, False, 0), (2, False, 1)]
)
def test_the_first_capture_of_a_registered_account_has_used_no_approval(
    rounds: int, registers_account: bool, used: int
) -> None:
    assert approvals_used(rounds=rounds, registers_account=registers_account) == used
