"""One mail of every kind, with the facts it reports."""

from datetime import UTC, date, datetime

from gateways.mail.messages import (
    AccountLost,
    AccountRegistered,
    ExpiryWarning,
    Facts,
    Line,
    PaymentConfirmation,
    PaymentFailed,
    PaymentRefunded,
    RefundFailed,
    RenderedMail,
    RenewalActivated,
    RenewalDeactivated,
    RenewalFailed,
    RenewalNotActivated,
    RenewalNotice,
    render,
)
from models.enums import EmailKind, FailureAdvice, PaymentFailureCode, RefundReason, RenewalObstacle
from models.money import Money

CUSTOMER_AREA = "https://clienti.saldo.example/servizi"

PAID = PaymentConfirmation(
    holder="Mario Rossi",
    order_number="2026-000123",
    paid_at=datetime(2026, 11, 24, 0, 14, 9, tzinfo=UTC),
    lines=(
        Line(description="PEC mario.rossi@pec.example", total=Money(3660)),
        Line(description="Conservazione archivio-rossi", total=Money(122000)),
    ),
    net=Money(103000),
    vat=Money(22660),
    vat_rate="22",
    gross=Money(125660),
    account="m•••@example.com",
    capture_id="3C679366HH908993F",
)
ACTIVATED = RenewalActivated(
    holder="Mario Rossi",
    service_label="mario.rossi@pec.example",
    product_name="PEC",
    expires_on=date(2027, 12, 1),
    charge_on=date(2027, 11, 24),
    stoppable_until=datetime(2027, 11, 23, 23, 0, tzinfo=UTC),
    term_years=1,
    account="m•••@example.com",
    consumer=True,
)
NOT_ACTIVATED = RenewalNotActivated(
    holder="Mario Rossi", order_number="2026-000123", services=("mario.rossi@pec.example", "archivio-rossi")
)
DEACTIVATED = RenewalDeactivated(
    holder="Mario Rossi",
    service_label="mario.rossi@pec.example",
    product_name="PEC",
    expires_on=date(2027, 12, 1),
    account="m•••@example.com",
    under_way=False,
)
REFUNDED = PaymentRefunded(
    holder="Mario Rossi",
    order_number="2026-000123",
    amount=Money(125660),
    reason=RefundReason.ORDER_PAID_TWICE,
    account="m•••@example.com",
    refund_id="1JU08902781691411",
)
NOT_REFUNDED = RefundFailed(holder="Mario Rossi", order_number="2026-000123", amount=Money(125660))
REGISTERED = AccountRegistered(
    holder="Mario Rossi",
    account="m•••@example.com",
    nickname="Ufficio",
    renewed=("mario.rossi@pec.example",),
    left_out=("archivio-rossi",),
)
LOST = AccountLost(
    holder="Mario Rossi", account="m•••@example.com", services=("mario.rossi@pec.example", "archivio-rossi")
)
FAILED = PaymentFailed(
    holder="Mario Rossi",
    order_number="2026-000123",
    amount=Money(125660),
    code=PaymentFailureCode.FUNDING_DECLINED,
    advice=FailureAdvice.USE_ANOTHER_ACCOUNT,
)
WARNED = ExpiryWarning(
    holder="Mario Rossi",
    service_label="mario.rossi@pec.example",
    product_name="PEC",
    expires_on=date(2027, 12, 8),
    renewable_until=date(2028, 3, 7),
    charge_on=date(2027, 12, 1),
    account="m•••@example.com",
)
ANNOUNCED = RenewalNotice(
    holder="Mario Rossi",
    service_label="mario.rossi@pec.example",
    product_name="PEC",
    expires_on=date(2027, 12, 8),
    charge_on=date(2027, 12, 1),
    stoppable_until=datetime(2027, 11, 30, 23, 0, tzinfo=UTC),
    vat=Money(660),
    vat_rate="22",
    gross=Money(3660),
    term_years=1,
    new_expiry=date(2028, 12, 8),
    account="m•••@example.com",
    consumer=True,
)
NOT_RENEWED = RenewalFailed(
    holder="Mario Rossi",
    service_label="mario.rossi@pec.example",
    product_name="PEC",
    expires_on=date(2027, 12, 8),
    renewable_until=date(2028, 3, 7),
    obstacle=RenewalObstacle.CHARGE_FAILED,
    failure=PaymentFailureCode.FUNDING_DECLINED,
    account="m•••@example.com",
    account_lost=False,
    order_number="R7K3M9Q2X4",
    gross=Money(3660),
)
EXAMPLES: dict[EmailKind, Facts] = {
    EmailKind.PAYMENT_CONFIRMATION: PAID,
    EmailKind.RENEWAL_ACTIVATED: ACTIVATED,
    EmailKind.RENEWAL_NOT_ACTIVATED: NOT_ACTIVATED,
    EmailKind.RENEWAL_DEACTIVATED: DEACTIVATED,
    EmailKind.PAYMENT_REFUNDED: REFUNDED,
    EmailKind.REFUND_FAILED: NOT_REFUNDED,
    EmailKind.ACCOUNT_REGISTERED: REGISTERED,
    EmailKind.ACCOUNT_LOST: LOST,
    EmailKind.PAYMENT_FAILED: FAILED,
    EmailKind.EXPIRY_WARNING: WARNED,
    EmailKind.RENEWAL_NOTICE: ANNOUNCED,
    EmailKind.RENEWAL_FAILED: NOT_RENEWED,
}
EVERY_MAIL = [(kind, locale) for kind in EmailKind for locale in ("it", "en")]


def rendered(kind: EmailKind, locale: str, facts: Facts | None = None) -> RenderedMail:
    return render(kind, facts or EXAMPLES[kind], locale=locale, customer_area_url=CUSTOMER_AREA)
