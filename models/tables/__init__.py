"""All tables and their constraints; links are loaded explicitly, so there are no relationships."""

from models.tables.base import FINAL_PAYMENT_STATUSES, Table
from models.tables.customers import Customer, PayPalAccount, Session
from models.tables.orders import Order, OrderLine, Price, Service
from models.tables.payments import Payment, PaymentAttempt, PaymentEvent, Refund, RenewalChoice
from models.tables.records import Consent, Email, IdempotencyKey, WebhookEvent
from models.tables.renewals import Pause, Renewal, RenewalNotice
from models.tables.setups import AccountSetup, SetupRenewal

__all__ = [
    "FINAL_PAYMENT_STATUSES",
    "AccountSetup",
    "Consent",
    "Customer",
    "Email",
    "IdempotencyKey",
    "Order",
    "OrderLine",
    "Pause",
    "PayPalAccount",
    "Payment",
    "PaymentAttempt",
    "PaymentEvent",
    "Price",
    "Refund",
    "Renewal",
    "RenewalChoice",
    "RenewalNotice",
    "Service",
    "Session",
    "SetupRenewal",
    "Table",
    "WebhookEvent",
]
