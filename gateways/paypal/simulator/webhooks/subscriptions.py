"""Who listens: what a merchant may subscribe to, and what the settings subscribe from the start."""

from gateways.paypal.simulator.settings import SimulatorSettings
from gateways.paypal.simulator.state import Ledger
from gateways.paypal.simulator.webhooks.events import EVENT_KINDS, NEVER_SENT
from gateways.paypal.simulator.webhooks.records import EVERYTHING, Subscription

NAMES = frozenset({EVERYTHING, *EVENT_KINDS, *NEVER_SENT})


def subscribe_by_settings(ledger: Ledger, settings: SimulatorSettings) -> None:
    """Subscribe the address of the settings, in place of the one that earlier settings had."""
    for subscription in ledger.find(Subscription, origin="settings"):
        ledger.remove(subscription)
    if settings.webhook_url is not None:
        ledger.save(
            Subscription(id=settings.webhook_id, url=settings.webhook_url, event_types=[EVERYTHING], origin="settings")
        )
