"""The price list, and which variant of its product a service is."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "prices",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("product", sa.String(40), nullable=False),
        sa.Column("variant", sa.String(), nullable=False),
        sa.Column("term_years", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("net_cents", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint("net_cents > 0", name=op.f("ck_prices_positive")),
        sa.CheckConstraint("term_years BETWEEN 1 AND 10", name=op.f("ck_prices_term_within_limits")),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_prices_valid_for_a_day")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prices")),
        sa.UniqueConstraint(
            "product",
            "variant",
            "term_years",
            "valid_from",
            name=op.f("uq_prices_product_variant_term_years_valid_from"),
        ),
    )
    op.add_column("services", sa.Column("variant", sa.String(), nullable=False, server_default="standard"))


def downgrade() -> None:
    with op.batch_alter_table("services") as batch_op:
        batch_op.drop_column("variant")
    op.drop_table("prices")
