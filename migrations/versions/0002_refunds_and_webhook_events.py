"""Refunds, webhook events, and when the next look at an attempt is due."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

PAID_TWICE = sa.text("reason = 'ORDER_PAID_TWICE'")


def upgrade() -> None:
    op.create_table(
        "refunds",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("payment_id", sa.String(), nullable=False),
        sa.Column("capture_id", sa.String(), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("request_id", sa.String(), nullable=True),
        sa.Column("paypal_refund_id", sa.String(), nullable=True),
        sa.Column("failure_issue", sa.String(), nullable=True),
        sa.Column("looks", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_refunds_positive")),
        sa.CheckConstraint(
            "status <> 'COMPLETED' OR paypal_refund_id IS NOT NULL", name=op.f("ck_refunds_completed_has_id")
        ),
        sa.CheckConstraint(
            "reason = 'AT_PAYPAL' OR request_id IS NOT NULL", name=op.f("ck_refunds_ours_has_request_id")
        ),
        sa.CheckConstraint(
            "(status IN ('COMPLETED', 'FAILED')) = (ended_at IS NOT NULL)", name=op.f("ck_refunds_final_has_instant")
        ),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name=op.f("fk_refunds_payment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refunds")),
        sa.UniqueConstraint("paypal_refund_id", name=op.f("uq_refunds_paypal_refund_id")),
        sa.UniqueConstraint("request_id", name=op.f("uq_refunds_request_id")),
    )
    op.create_index(op.f("ix_refunds_payment_id"), "refunds", ["payment_id"])
    op.create_index(op.f("ix_refunds_capture_id"), "refunds", ["capture_id"])
    op.create_index(
        "uq_refunds_duplicate",
        "refunds",
        ["capture_id"],
        unique=True,
        sqlite_where=PAID_TWICE,
        postgresql_where=PAID_TWICE,
    )
    op.create_table(
        "webhook_events",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("transmission_id", sa.String(), nullable=False),
        sa.Column("event_type", sa.String(), nullable=False),
        sa.Column("resource_id", sa.String(), nullable=False),
        sa.Column("order_id", sa.String(), nullable=True),
        sa.Column("transmitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_events")),
        sa.UniqueConstraint("transmission_id", name=op.f("uq_webhook_events_transmission_id")),
    )
    op.create_index(op.f("ix_webhook_events_handled_at"), "webhook_events", ["handled_at"])
    op.add_column("payment_attempts", sa.Column("look_due_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(op.f("ix_payment_attempts_look_due_at"), "payment_attempts", ["look_due_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_payment_attempts_look_due_at"), "payment_attempts")
    with op.batch_alter_table("payment_attempts") as batch_op:
        batch_op.drop_column("look_due_at")
    op.drop_table("webhook_events")
    op.drop_table("refunds")
