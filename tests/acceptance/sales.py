"""The orders that both flows pay: one for each product, and a mixed one."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from models import enums, tables
from models.enums import Product as Sold
from tests.factories import Line, make_customer, make_order, make_service
from tests.harness.evidence import Renewal
from tests.harness.product import Product

RENEWABLE = frozenset({Sold.PEC, Sold.SPID, Sold.FATTURAZIONE_PA, Sold.CONSERVAZIONE})


@dataclass(frozen=True, kw_only=True, slots=True)
class Sale:
    """A line of an order; the service has an expiry when the line renews it, and none yet when it is bought."""

    product: Sold
    net_cents: int
    term_years: int | None
    expires_on: date | None = None
    status: enums.ServiceStatus = enums.ServiceStatus.PENDING_ACTIVATION
    paid_until: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """What is ordered, and the sum with VAT as PayPal and the API write it."""

    name: str
    amount: str
    sales: tuple[Sale, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Shop:
    """A customer with one unpaid order."""

    customer: tables.Customer
    order: tables.Order
    services: tuple[tables.Service, ...]
    case: Case

    @property
    def renewable(self) -> list[tables.Service]:
        return [service for service in self.services if service.product in RENEWABLE]

    def renewals_on(self, account_id: str | None) -> dict[str, Renewal]:
        """Return what shall be known of each service once the order is paid; None when every flag was removed."""
        return {
            service.label: (
                ("ON" if account_id else "OFF") if service.product in RENEWABLE else "UNAVAILABLE",
                account_id if service.product in RENEWABLE else None,
                sale.paid_until,
            )
            for service, sale in zip(self.services, self.case.sales, strict=True)
        }

    def letters(self, *, renewals: bool) -> list[tuple[str, str]]:
        """Return subject and recipient of every mail that the payment owes."""
        activated = [f"Attivazione rinnovo automatico per il servizio {each.label}" for each in self.renewable]
        return sorted((subject, self.customer.email) for subject in ["Conferma pagamento", *activated * renewals])


async def open_shop(product: Product, case: Case, **customer: Any) -> Shop:
    """Store a customer with the services and the unpaid order of a case."""
    holder = make_customer(**customer)
    services = tuple(
        make_service(holder, product=sale.product, status=sale.status, expires_on=sale.expires_on)
        for sale in case.sales
    )
    lines = [
        Line(service=service, net_cents=sale.net_cents, description=sale.product.value, term_years=sale.term_years)
        for service, sale in zip(services, case.sales, strict=True)
    ]
    renewed = services[0] if case.sales[0].expires_on else None
    order, *rows = make_order(
        holder,
        lines=lines,
        kind=enums.OrderKind.RENEWAL if renewed else enums.OrderKind.PURCHASE,
        renews_service_id=renewed.id if renewed else None,
        renews_expiry=renewed.expires_on if renewed else None,
    )
    await product.save(holder, *services, order, *rows)
    return Shop(customer=holder, order=order, services=services, case=case)


BOUGHT_PEC = Sale(product=Sold.PEC, net_cents=3000, term_years=1, paid_until="2026-03-08")
BOUGHT_SPID = Sale(product=Sold.SPID, net_cents=2490, term_years=2, paid_until="2027-03-08")
BOUGHT_MARCA = Sale(product=Sold.MARCA_TEMPORALE, net_cents=1500, term_years=None, paid_until=None)
BOUGHT_FIRMA = Sale(product=Sold.FIRMA_DIGITALE, net_cents=3600, term_years=3, paid_until="2028-03-08")
BOUGHT_CONSERVAZIONE = Sale(product=Sold.CONSERVAZIONE, net_cents=490, term_years=5, paid_until="2030-03-08")
RENEWED_PEC = Sale(
    product=Sold.PEC,
    net_cents=3000,
    term_years=1,
    status=enums.ServiceStatus.ACTIVE,
    expires_on=date(2026, 3, 8),
    paid_until="2027-03-08",
)
RENEWED_FATTURAZIONE = Sale(
    product=Sold.FATTURAZIONE_PA,
    net_cents=2500,
    term_years=2,
    status=enums.ServiceStatus.EXPIRED,
    expires_on=date(2025, 2, 20),
    paid_until="2027-02-20",
)
RENEWED_FIRMA = Sale(
    product=Sold.FIRMA_DIGITALE,
    net_cents=3600,
    term_years=3,
    status=enums.ServiceStatus.ACTIVE,
    expires_on=date(2025, 6, 30),
    paid_until="2028-06-30",
)
PEC = Case(name="PEC renewed", amount="36.60", sales=(RENEWED_PEC,))
MIXED = Case(name="mixed", amount="129.20", sales=(BOUGHT_PEC, BOUGHT_FIRMA, BOUGHT_SPID, BOUGHT_MARCA))
CASES = (
    PEC,
    Case(name="SPID bought", amount="30.38", sales=(BOUGHT_SPID,)),
    Case(name="Fatturazione PA renewed after expiry", amount="30.50", sales=(RENEWED_FATTURAZIONE,)),
    Case(name="Conservazione bought", amount="5.98", sales=(BOUGHT_CONSERVAZIONE,)),
    Case(name="Firma Digitale renewed", amount="43.92", sales=(RENEWED_FIRMA,)),
    Case(name="Marca Temporale bought", amount="18.30", sales=(BOUGHT_MARCA,)),
    MIXED,
)
