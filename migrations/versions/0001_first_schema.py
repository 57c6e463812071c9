"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "customers",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("username", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("display_name", sa.String(), nullable=False),
        sa.Column("tax_code", sa.String(), nullable=True),
        sa.Column("vat_number", sa.String(), nullable=True),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("street", sa.String(), nullable=False),
        sa.Column("postal_code", sa.String(), nullable=False),
        sa.Column("city", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customers")),
        sa.UniqueConstraint("username", name=op.f("uq_customers_username")),
    )
    op.create_table(
        "paypal_accounts",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("payment_token", sa.String(), nullable=True),
        sa.Column("paypal_customer_id", sa.String(), nullable=True),
        sa.Column("payer_id", sa.String(), nullable=True),
        sa.Column("masked_email", sa.String(), nullable=False),
        sa.Column("nickname", sa.String(), nullable=True),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_charged_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status <> 'ACTIVE' OR payment_token IS NOT NULL", name=op.f("ck_paypal_accounts_active_has_token")
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_paypal_accounts_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paypal_accounts")),
        sa.UniqueConstraint("customer_id", "payment_token", name=op.f("uq_paypal_accounts_customer_id_payment_token")),
    )
    with op.batch_alter_table("paypal_accounts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_paypal_accounts_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(
            "uq_paypal_accounts_default",
            ["customer_id"],
            unique=True,
            sqlite_where=sa.text("is_default"),
            postgresql_where=sa.text("is_default"),
        )

    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_sessions_customer_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sessions")),
    )
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sessions_customer_id"), ["customer_id"], unique=False)

    op.create_table(
        "services",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("product", sa.String(40), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("activated_on", sa.Date(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("term_years", sa.Integer(), nullable=False),
        sa.Column("auto_renewal", sa.String(40), nullable=False),
        sa.Column("renewal_account_id", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("auto_renewal <> 'UNAVAILABLE'", name=op.f("ck_services_unavailable_is_derived")),
        sa.CheckConstraint(
            "auto_renewal NOT IN ('ON', 'RETRYING') OR renewal_account_id IS NOT NULL",
            name=op.f("ck_services_on_has_account"),
        ),
        sa.CheckConstraint("term_years BETWEEN 1 AND 10", name=op.f("ck_services_term_within_limits")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_services_customer_id")),
        sa.ForeignKeyConstraint(
            ["renewal_account_id"], ["paypal_accounts.id"], name=op.f("fk_services_renewal_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_services")),
    )
    with op.batch_alter_table("services", schema=None) as batch_op:
        batch_op.create_index("ix_services_customer_id_expires_on", ["customer_id", "expires_on", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_services_renewal_account_id"), ["renewal_account_id"], unique=False)

    op.create_table(
        "orders",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("origin", sa.String(40), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("renews_service_id", sa.String(), nullable=True),
        sa.Column("renews_expiry", sa.Date(), nullable=True),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("vat_rate", sa.String(), nullable=False),
        sa.Column("net_cents", sa.Integer(), nullable=False),
        sa.Column("vat_cents", sa.Integer(), nullable=False),
        sa.Column("gross_cents", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status NOT IN ('PAID', 'ACTIVATED') OR paid_at IS NOT NULL", name=op.f("ck_orders_paid_has_instant")
        ),
        sa.CheckConstraint(
            "(renews_service_id IS NULL) = (renews_expiry IS NULL)",
            name=op.f("ck_orders_renewal_names_service_and_expiry"),
        ),
        sa.CheckConstraint("net_cents + vat_cents = gross_cents", name=op.f("ck_orders_gross_is_the_sum")),
        sa.CheckConstraint("net_cents >= 0 AND vat_cents >= 0", name=op.f("ck_orders_never_negative")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_orders_customer_id")),
        sa.ForeignKeyConstraint(["renews_service_id"], ["services.id"], name=op.f("fk_orders_renews_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
        sa.UniqueConstraint("number", name=op.f("uq_orders_number")),
    )
    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.create_index("ix_orders_customer_id_created_at", ["customer_id", "created_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_orders_renews_service_id"), ["renews_service_id"], unique=False)
        batch_op.create_index(
            "uq_orders_renewal",
            ["renews_service_id", "renews_expiry"],
            unique=True,
            sqlite_where=sa.text("status <> 'CANCELED'"),
            postgresql_where=sa.text("status <> 'CANCELED'"),
        )

    op.create_table(
        "order_lines",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("service_id", sa.String(), nullable=True),
        sa.Column("term_years", sa.Integer(), nullable=True),
        sa.Column("net_cents", sa.Integer(), nullable=False),
        sa.Column("vat_cents", sa.Integer(), nullable=False),
        sa.Column("gross_cents", sa.Integer(), nullable=False),
        sa.CheckConstraint("net_cents + vat_cents = gross_cents", name=op.f("ck_order_lines_gross_is_the_sum")),
        sa.CheckConstraint("net_cents >= 0 AND vat_cents >= 0", name=op.f("ck_order_lines_never_negative")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_lines_order_id")),
        sa.ForeignKeyConstraint(["service_id"], ["services.id"], name=op.f("fk_order_lines_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_lines")),
        sa.UniqueConstraint("order_id", "position", name=op.f("uq_order_lines_order_id_position")),
    )
    with op.batch_alter_table("order_lines", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_order_lines_service_id"), ["service_id"], unique=False)

    op.create_table(
        "payments",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("method", sa.String(40), nullable=False),
        sa.Column("initiator", sa.String(40), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("return_url", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=True),
        sa.Column("registers_account", sa.Boolean(), nullable=False),
        sa.Column("new_account_nickname", sa.String(), nullable=True),
        sa.Column("new_account_default", sa.Boolean(), nullable=False),
        sa.Column("payer_email", sa.String(), nullable=True),
        sa.Column("payer_id", sa.String(), nullable=True),
        sa.Column("capture_id", sa.String(), nullable=True),
        sa.Column("failure_code", sa.String(40), nullable=True),
        sa.Column("failure_advice", sa.String(40), nullable=True),
        sa.Column("canceled_by", sa.String(40), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(status = 'FAILED') = (failure_code IS NOT NULL)", name=op.f("ck_payments_failure_has_code")
        ),
        sa.CheckConstraint(
            "(status = 'SUCCEEDED') = (capture_id IS NOT NULL)", name=op.f("ck_payments_success_has_capture")
        ),
        sa.CheckConstraint(
            "(status IN ('SUCCEEDED', 'FAILED', 'CANCELED', 'EXPIRED')) = (ended_at IS NOT NULL)",
            name=op.f("ck_payments_final_has_instant"),
        ),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_payments_positive")),
        sa.ForeignKeyConstraint(["account_id"], ["paypal_accounts.id"], name=op.f("fk_payments_account_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_payments_customer_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_payments_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments")),
        sa.UniqueConstraint("capture_id", name=op.f("uq_payments_capture_id")),
    )
    with op.batch_alter_table("payments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_payments_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index("ix_payments_order_id_created_at", ["order_id", "created_at", "id"], unique=False)
        batch_op.create_index(
            "uq_payments_open",
            ["order_id"],
            unique=True,
            sqlite_where=sa.text("status NOT IN ('SUCCEEDED', 'FAILED', 'CANCELED', 'EXPIRED')"),
            postgresql_where=sa.text("status NOT IN ('SUCCEEDED', 'FAILED', 'CANCELED', 'EXPIRED')"),
        )

    op.create_table(
        "consents",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.Column("service_id", sa.String(), nullable=True),
        sa.Column("account_id", sa.String(), nullable=True),
        sa.Column("payment_id", sa.String(), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("text_version", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["paypal_accounts.id"], name=op.f("fk_consents_account_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_consents_customer_id")),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name=op.f("fk_consents_payment_id")),
        sa.ForeignKeyConstraint(["service_id"], ["services.id"], name=op.f("fk_consents_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )
    with op.batch_alter_table("consents", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consents_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_consents_service_id"), ["service_id"], unique=False)

    op.create_table(
        "emails",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("payment_id", sa.String(), nullable=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("subject_key", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_emails_customer_id")),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name=op.f("fk_emails_payment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_emails")),
        sa.UniqueConstraint("subject_key", name=op.f("uq_emails_subject_key")),
    )
    with op.batch_alter_table("emails", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_emails_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_emails_payment_id"), ["payment_id"], unique=False)

    op.create_table(
        "idempotency_keys",
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("mutation", sa.String(40), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("input_hash", sa.String(), nullable=False),
        sa.Column("payment_id", sa.String(), nullable=False),
        sa.Column("repeated", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_idempotency_keys_customer_id")),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name=op.f("fk_idempotency_keys_payment_id")),
        sa.PrimaryKeyConstraint("customer_id", "mutation", "key", name=op.f("pk_idempotency_keys")),
    )
    op.create_table(
        "payment_attempts",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("payment_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("create_request_id", sa.String(), nullable=False),
        sa.Column("capture_request_id", sa.String(), nullable=False),
        sa.Column("return_key", sa.String(), nullable=False),
        sa.Column("paypal_order_id", sa.String(), nullable=True),
        sa.Column("approve_url", sa.String(), nullable=True),
        sa.Column("approval_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approval_rounds", sa.Integer(), nullable=False),
        sa.Column("declined", sa.Boolean(), nullable=False),
        sa.Column("looks", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name=op.f("fk_payment_attempts_payment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_attempts")),
        sa.UniqueConstraint("capture_request_id", name=op.f("uq_payment_attempts_capture_request_id")),
        sa.UniqueConstraint("create_request_id", name=op.f("uq_payment_attempts_create_request_id")),
        sa.UniqueConstraint("payment_id", "number", name=op.f("uq_payment_attempts_payment_id_number")),
        sa.UniqueConstraint("paypal_order_id", name=op.f("uq_payment_attempts_paypal_order_id")),
        sa.UniqueConstraint("return_key", name=op.f("uq_payment_attempts_return_key")),
    )
    op.create_table(
        "payment_events",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("payment_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("source", sa.String(40), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name=op.f("fk_payment_events_payment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_events")),
        sa.UniqueConstraint("payment_id", "position", name=op.f("uq_payment_events_payment_id_position")),
    )
    op.create_table(
        "renewal_choices",
        sa.Column("payment_id", sa.String(), nullable=False),
        sa.Column("service_id", sa.String(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("changed_by_customer", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name=op.f("fk_renewal_choices_payment_id")),
        sa.ForeignKeyConstraint(["service_id"], ["services.id"], name=op.f("fk_renewal_choices_service_id")),
        sa.PrimaryKeyConstraint("payment_id", "service_id", name=op.f("pk_renewal_choices")),
    )


def downgrade() -> None:
    op.drop_table("renewal_choices")
    op.drop_table("payment_events")
    op.drop_table("payment_attempts")
    op.drop_table("idempotency_keys")
    with op.batch_alter_table("emails", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_emails_payment_id"))
        batch_op.drop_index(batch_op.f("ix_emails_customer_id"))

    op.drop_table("emails")
    with op.batch_alter_table("consents", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_consents_service_id"))
        batch_op.drop_index(batch_op.f("ix_consents_customer_id"))

    op.drop_table("consents")
    with op.batch_alter_table("payments", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_payments_open",
            sqlite_where=sa.text("status NOT IN ('SUCCEEDED', 'FAILED', 'CANCELED', 'EXPIRED')"),
            postgresql_where=sa.text("status NOT IN ('SUCCEEDED', 'FAILED', 'CANCELED', 'EXPIRED')"),
        )
        batch_op.drop_index("ix_payments_order_id_created_at")
        batch_op.drop_index(batch_op.f("ix_payments_customer_id"))

    op.drop_table("payments")
    with op.batch_alter_table("order_lines", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_order_lines_service_id"))

    op.drop_table("order_lines")
    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_orders_renewal",
            sqlite_where=sa.text("status <> 'CANCELED'"),
            postgresql_where=sa.text("status <> 'CANCELED'"),
        )
        batch_op.drop_index(batch_op.f("ix_orders_renews_service_id"))
        batch_op.drop_index("ix_orders_customer_id_created_at")

    op.drop_table("orders")
    with op.batch_alter_table("services", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_services_renewal_account_id"))
        batch_op.drop_index("ix_services_customer_id_expires_on")

    op.drop_table("services")
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sessions_customer_id"))

    op.drop_table("sessions")
    with op.batch_alter_table("paypal_accounts", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_paypal_accounts_default", sqlite_where=sa.text("is_default"), postgresql_where=sa.text("is_default")
        )
        batch_op.drop_index(batch_op.f("ix_paypal_accounts_customer_id"))

    op.drop_table("paypal_accounts")
    op.drop_table("customers")
