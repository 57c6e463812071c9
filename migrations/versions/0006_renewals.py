"""Renewal notices, the progress of each renewal, pauses, and the day on which the calendar looks at a service."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

IN_FORCE = sa.text("lifted_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "renewal_notices",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("service_id", sa.String(), nullable=False),
        sa.Column("expiry", sa.Date(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("term_years", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("vat_rate", sa.String(), nullable=False),
        sa.Column("net_cents", sa.Integer(), nullable=False),
        sa.Column("vat_cents", sa.Integer(), nullable=False),
        sa.Column("gross_cents", sa.Integer(), nullable=False),
        sa.Column("charge_on", sa.Date(), nullable=False),
        sa.Column("stoppable_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("email_id", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("net_cents > 0 AND vat_cents >= 0", name=op.f("ck_renewal_notices_never_negative")),
        sa.CheckConstraint("net_cents + vat_cents = gross_cents", name=op.f("ck_renewal_notices_gross_is_the_sum")),
        sa.CheckConstraint("term_years BETWEEN 1 AND 10", name=op.f("ck_renewal_notices_term_within_limits")),
        sa.CheckConstraint("charge_on < expiry", name=op.f("ck_renewal_notices_charge_before_expiry")),
        sa.ForeignKeyConstraint(["account_id"], ["paypal_accounts.id"], name=op.f("fk_renewal_notices_account_id")),
        sa.ForeignKeyConstraint(["email_id"], ["emails.id"], name=op.f("fk_renewal_notices_email_id")),
        sa.ForeignKeyConstraint(["service_id"], ["services.id"], name=op.f("fk_renewal_notices_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_renewal_notices")),
        sa.UniqueConstraint("email_id", name=op.f("uq_renewal_notices_email_id")),
        sa.UniqueConstraint("service_id", "expiry", name=op.f("uq_renewal_notices_service_id_expiry")),
    )
    op.create_table(
        "renewals",
        sa.Column("service_id", sa.String(), nullable=False),
        sa.Column("expiry", sa.Date(), nullable=False),
        sa.Column("next_attempt_on", sa.Date(), nullable=True),
        sa.Column("order_id", sa.String(), nullable=True),
        sa.Column("payment_id", sa.String(), nullable=True),
        sa.Column("obstacle", sa.String(40), nullable=True),
        sa.Column("obstacle_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(obstacle IS NULL) = (obstacle_at IS NULL)", name=op.f("ck_renewals_obstacle_has_instant")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_renewals_order_id")),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name=op.f("fk_renewals_payment_id")),
        sa.ForeignKeyConstraint(["service_id"], ["services.id"], name=op.f("fk_renewals_service_id")),
        sa.PrimaryKeyConstraint("service_id", "expiry", name=op.f("pk_renewals")),
        sa.UniqueConstraint("order_id", name=op.f("uq_renewals_order_id")),
        sa.UniqueConstraint("payment_id", name=op.f("uq_renewals_payment_id")),
    )
    op.create_index(op.f("ix_renewals_obstacle_at"), "renewals", ["obstacle_at"])
    op.create_table(
        "pauses",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("work", sa.String(40), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("payment_id", sa.String(), nullable=True),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by", sa.String(), nullable=True),
        sa.CheckConstraint("(lifted_at IS NULL) = (lifted_by IS NULL)", name=op.f("ck_pauses_lifted_by_somebody")),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name=op.f("fk_pauses_payment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pauses")),
    )
    op.create_index(
        "uq_pauses_in_force", "pauses", ["work"], unique=True, sqlite_where=IN_FORCE, postgresql_where=IN_FORCE
    )
    op.add_column("services", sa.Column("look_on", sa.Date(), nullable=True, server_default="0001-01-01"))
    op.create_index("ix_services_look_on", "services", ["look_on", "id"])


def downgrade() -> None:
    op.drop_index("ix_services_look_on", "services")
    with op.batch_alter_table("services") as batch_op:
        batch_op.drop_column("look_on")
    op.drop_table("pauses")
    op.drop_table("renewals")
    op.drop_table("renewal_notices")
