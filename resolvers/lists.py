"""The lists of the API: what the criteria of the schema mean to the repositories."""

from collections.abc import Collection
from datetime import timedelta

from models import tables
from models.pages import Listing
from models.repositories import orders, payments, services
from models.repositories.orders import OrderFilter
from models.repositories.services import ServiceFilter
from policies.renewal_calendar import CHARGE_DAYS, start_of_rome_day
from policies.renewal_terms import TERMS
from resolvers.page_loaders import Criteria
from schema.context import OrderCriteria, ServiceCriteria

NEVER_RENEWED = tuple(product for product, terms in TERMS.items() if not terms.offered)


def orders_of_customer(customer_id: str, _parents: Collection[str], criteria: Criteria) -> Listing[tables.Order]:
    wanted = order_criteria(criteria)
    return orders.of_customer(
        customer_id=customer_id, only=order_filter(wanted), sort=wanted.sort, direction=wanted.direction
    )


def orders_of_services(customer_id: str, parents: Collection[str], criteria: Criteria) -> Listing[tables.Order]:
    wanted = order_criteria(criteria)
    return orders.of_services(
        customer_id=customer_id,
        service_ids=parents,
        only=order_filter(wanted),
        sort=wanted.sort,
        direction=wanted.direction,
    )


def services_of_customer(customer_id: str, _parents: Collection[str], criteria: Criteria) -> Listing[tables.Service]:
    return services.of_customer(customer_id=customer_id, only=service_filter(criteria))


def services_on_accounts(customer_id: str, parents: Collection[str], criteria: Criteria) -> Listing[tables.Service]:
    return services.on_accounts(customer_id=customer_id, account_ids=parents, only=service_filter(criteria))


def upcoming_renewals(customer_id: str, _parents: Collection[str], _criteria: Criteria) -> Listing[tables.Service]:
    return services.renewing_themselves(customer_id=customer_id, never_renewed=NEVER_RENEWED, charge_days=CHARGE_DAYS)


def payments_of_orders(customer_id: str, parents: Collection[str], _criteria: Criteria) -> Listing[tables.Payment]:
    return payments.of_orders(customer_id=customer_id, order_ids=parents)


def order_criteria(criteria: Criteria) -> OrderCriteria:
    """Return the criteria of a list of orders; without any, all of them, newest first."""
    return criteria if isinstance(criteria, OrderCriteria) else OrderCriteria()


def order_filter(criteria: OrderCriteria) -> OrderFilter:
    """Turn days in Rome, both included, into instants. Raises ``OverflowError`` at the ends of the calendar."""
    return OrderFilter(
        statuses=criteria.statuses,
        kinds=criteria.kinds,
        service_id=criteria.service_id,
        created_since=start_of_rome_day(first) if (first := criteria.created_from) else None,
        created_before=start_of_rome_day(last + timedelta(days=1)) if (last := criteria.created_to) else None,
    )


def service_filter(criteria: Criteria) -> ServiceFilter:
    """Add what the policies know: the products whose renewal is unavailable, whatever is stored."""
    wanted = criteria if isinstance(criteria, ServiceCriteria) else ServiceCriteria()
    return ServiceFilter(
        products=wanted.products,
        statuses=wanted.statuses,
        auto_renewals=wanted.auto_renewals,
        never_renewed=NEVER_RENEWED,
        expires_before=wanted.expires_before,
    )
