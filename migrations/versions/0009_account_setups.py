"""Accounts registered without a purchase: what their owners wish, and how far PayPal has come with it."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

OPEN = sa.text("ended_at IS NULL")
INDEXED = ("account_id", "customer_id", "look_due_at", "paypal_customer_id")


def upgrade() -> None:
    op.create_table(
        "account_setups",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("wish_hash", sa.String(), nullable=False),
        sa.Column("make_default", sa.Boolean(), nullable=False),
        sa.Column("return_url", sa.String(), nullable=False),
        sa.Column("create_request_id", sa.String(), nullable=False),
        sa.Column("keep_request_id", sa.String(), nullable=False),
        sa.Column("return_key", sa.String(), nullable=False),
        sa.Column("setup_token", sa.String(), nullable=True),
        sa.Column("paypal_customer_id", sa.String(), nullable=True),
        sa.Column("approve_url", sa.String(), nullable=True),
        sa.Column("approval_expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("looks", sa.Integer(), nullable=False),
        sa.Column("look_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(40), nullable=True),
        sa.CheckConstraint(
            "(setup_token IS NULL) = (approve_url IS NULL)", name=op.f("ck_account_setups_token_has_page")
        ),
        sa.CheckConstraint("(outcome IS NULL) = (ended_at IS NULL)", name=op.f("ck_account_setups_final_has_instant")),
        sa.ForeignKeyConstraint(["account_id"], ["paypal_accounts.id"], name=op.f("fk_account_setups_account_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_account_setups_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_setups")),
        sa.UniqueConstraint("create_request_id", name=op.f("uq_account_setups_create_request_id")),
        sa.UniqueConstraint("keep_request_id", name=op.f("uq_account_setups_keep_request_id")),
        sa.UniqueConstraint("return_key", name=op.f("uq_account_setups_return_key")),
        sa.UniqueConstraint("setup_token", name=op.f("uq_account_setups_setup_token")),
    )
    for column in INDEXED:
        op.create_index(op.f(f"ix_account_setups_{column}"), "account_setups", [column])
    op.create_index(
        "uq_account_setups_open",
        "account_setups",
        ["customer_id"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_table(
        "setup_renewals",
        sa.Column("setup_id", sa.String(), nullable=False),
        sa.Column("service_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["service_id"], ["services.id"], name=op.f("fk_setup_renewals_service_id")),
        sa.ForeignKeyConstraint(["setup_id"], ["account_setups.id"], name=op.f("fk_setup_renewals_setup_id")),
        sa.PrimaryKeyConstraint("setup_id", "service_id", name=op.f("pk_setup_renewals")),
    )


def downgrade() -> None:
    op.drop_table("setup_renewals")
    op.drop_table("account_setups")
