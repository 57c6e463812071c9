"""Stores the demo's prices and customers, once, and tells the simulated PayPal which accounts they have registered."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import httpx2
from argon2 import PasswordHasher

from app.demo import people
from app.demo.customers import CUSTOMERS, PASSWORD
from app.demo.prices import PRICES
from app.demo.renewals import RefusedRenewal
from models import enums, ids, rows, tables
from models.database import Database, Session
from models.money import vat_of
from policies.consents import TEXT_VERSION, renewal_text
from policies.masking import mask_email
from policies.prices import VAT_PERCENT
from policies.renewal_calendar import add_years, rome_day
from use_cases.publish_prices import publish_prices


async def seed(database: Database, *, now: datetime) -> None:
    """Store the price list, and the customers that are not there yet; those that are stay as they have become."""
    async with database.write() as session:
        await publish_prices(session, prices=PRICES, now=now)
    for person in CUSTOMERS:
        async with database.write() as session:
            if await rows.find_customer(session, username=person.username) is None:
                await Writer(session, person=person, now=now).write()


async def introduce_accounts(database: Database, *, simulator_url: str) -> None:
    """Make the customers' accounts known to the simulator, which answers with PayPal's own ids; safe to repeat."""
    async with (
        database.write() as session,
        httpx2.AsyncClient(base_url=f"{simulator_url}/simulator", trust_env=False) as simulator,
    ):
        for person in CUSTOMERS:
            holder = await rows.find_customer(session, username=person.username)
            assert holder is not None, "customers are stored before their accounts are made known"
            for account in person.accounts:
                await introduce(session, simulator, account, person=person, holder_id=holder.id)


async def introduce(
    session: Session, simulator: httpx2.AsyncClient, account: people.Account, *, person: people.Customer, holder_id: str
) -> None:
    """Tell the simulator about one account, and keep PayPal's ids of its payer and of the customer."""
    given_name, _, surname = person.display_name.partition(" ")
    name = token_of(person, account)
    payer = {"email": account.email, "given_name": given_name, "surname": surname, "behaviour": account.behaviour}
    token = {"token": name, "payer_email": account.email, "merchant_customer_id": holder_id}
    (await simulator.post("/payers", json=payer)).raise_for_status()
    known = (await simulator.post("/payment-tokens", json=token)).raise_for_status().json()
    row = await rows.account_by_token(session, customer_id=holder_id, payment_token=name)
    if row is not None:
        row.payer_id, row.paypal_customer_id = known["payment_source"]["paypal"]["payer_id"], known["customer"]["id"]


def token_of(person: people.Customer, account: people.Account) -> str:
    """Return the payment token under which both sides keep the account: ``demo-123456-needs-action``."""
    return f"demo-{person.username.partition('@')[0]}-{account.behaviour}"


@dataclass(kw_only=True)
class Writer:
    """Turns one customer as written down into rows, parents before children."""

    session: Session = field(kw_only=False)
    person: people.Customer
    now: datetime
    accounts: dict[str, tables.PayPalAccount] = field(default_factory=dict)
    services: dict[str, tables.Service] = field(default_factory=dict)

    async def write(self) -> None:
        customer = self.customer()
        await self.store([customer])
        self.accounts = {
            account.nickname: self.account(account, customer, position)
            for position, account in enumerate(self.person.accounts)
        }
        await self.store(self.accounts.values())
        self.services = {service.label: self.service(service, customer) for service in self.person.services}
        await self.store(self.services.values())
        await self.store(self.consent(service, customer) for service in self.services.values() if is_on(service))
        for wanted in self.person.orders:
            order, lines = self.order(wanted, customer)
            await self.store([order])
            await self.store(lines)
            if wanted.paid_with:
                await self.store_payment(order, self.accounts[wanted.paid_with])
            if wanted.refused_days_ago:
                await self.store_refused(wanted, order, customer)

    async def store(self, siblings: Iterable[tables.Table]) -> None:
        self.session.add_all(siblings)
        await self.session.flush()

    def before(self, **span: float) -> datetime:
        return self.now - timedelta(**span)

    def customer(self) -> tables.Customer:
        person, since = self.person, self.before(days=900)
        return tables.Customer(
            id=ids.new_id(ids.CUSTOMER, now=since),
            username=person.username,
            password_hash=PasswordHasher().hash(PASSWORD),
            kind=person.kind,
            display_name=person.display_name,
            tax_code=person.tax_code,
            vat_number=person.vat_number,
            email=person.email,
            locale=person.locale,
            created_at=since,
            **person.address,
        )

    def account(self, account: people.Account, customer: tables.Customer, position: int) -> tables.PayPalAccount:
        since = self.before(days=400 - position)  # lists keep the order in which they are written down
        return tables.PayPalAccount(
            id=ids.new_id(ids.ACCOUNT, now=since),
            customer_id=customer.id,
            status=enums.PayPalAccountStatus.ACTIVE,
            payment_token=token_of(self.person, account),
            masked_email=mask_email(account.email),
            nickname=account.nickname,
            is_default=account.is_default,
            created_at=since,
            registered_at=since,
        )

    def service(self, service: people.Service, customer: tables.Customer) -> tables.Service:
        days, since = service.expires_in_days, self.before(days=180)
        expires_on = None if days is None else rome_day(self.now) + timedelta(days=days)
        account = self.accounts[service.renews_on] if service.renews_on else None
        usual = enums.AutoRenewalStatus.ON if account else enums.AutoRenewalStatus.OFF
        return tables.Service(
            id=ids.new_id(ids.SERVICE, now=since),
            customer_id=customer.id,
            product=service.product,
            label=service.label,
            status=service.status,
            activated_on=add_years(expires_on, -service.term_years) if expires_on else None,
            expires_on=expires_on,
            term_years=service.term_years,
            auto_renewal=service.auto_renewal or usual,
            renewal_account_id=account.id if account else None,
            created_at=since,
        )

    def consent(self, service: tables.Service, customer: tables.Customer) -> tables.Consent:
        return tables.Consent(
            id=ids.new_id(ids.CONSENT, now=service.created_at),
            customer_id=customer.id,
            kind=enums.ConsentKind.AUTO_RENEWAL,
            granted=True,
            service_id=service.id,
            account_id=service.renewal_account_id,
            text=renewal_text(
                locale=customer.locale, service=service.label, term_years=service.term_years, maximum=None
            ),
            text_version=TEXT_VERSION,
            at=service.created_at,
        )

    def order(self, wanted: people.Order, customer: tables.Customer) -> tuple[tables.Order, list[tables.OrderLine]]:
        placed_at = self.before(days=wanted.placed_days_ago)
        order_id = ids.new_id(ids.ORDER, now=placed_at)
        lines = [self.line(line, order_id, position) for position, line in enumerate(wanted.lines, start=1)]
        renewed = self.services[wanted.lines[0].service] if wanted.renews else None
        order = tables.Order(
            id=order_id,
            number=wanted.number,
            customer_id=customer.id,
            kind=enums.OrderKind.RENEWAL if renewed else enums.OrderKind.PURCHASE,
            origin=wanted.origin,
            status=wanted.status,
            renews_service_id=renewed.id if renewed else None,
            renews_expiry=renewed.expires_on if renewed else None,
            net_cents=sum(line.net_cents for line in lines),
            vat_cents=sum(line.vat_cents for line in lines),
            gross_cents=sum(line.gross_cents for line in lines),
            created_at=placed_at,
            paid_at=placed_at + timedelta(minutes=10) if wanted.paid_with else None,
        )
        return order, lines

    def line(self, line: people.Line, order_id: str, position: int) -> tables.OrderLine:
        vat_cents = vat_of(line.net_cents, rate_percent=VAT_PERCENT)
        return tables.OrderLine(
            id=ids.new_id(ids.ORDER_LINE, now=self.now),
            order_id=order_id,
            position=position,
            description=line.description,
            service_id=self.services[line.service].id,
            term_years=line.term_years,
            net_cents=line.net_cents,
            vat_cents=vat_cents,
            gross_cents=line.net_cents + vat_cents,
        )

    async def store_refused(self, wanted: people.Order, order: tables.Order, customer: tables.Customer) -> None:
        """Store what a renewal of the system has been through."""
        service = self.services[wanted.lines[0].service]
        [account] = [each for each in self.accounts.values() if each.id == service.renewal_account_id]
        refused = RefusedRenewal(
            customer=customer,
            service=service,
            account=account,
            order=order,
            refused_at=[self.before(days=days) for days in wanted.refused_days_ago],
            now=self.now,
        )
        for batch in refused.batches():
            await self.store(batch)

    async def store_payment(self, order: tables.Order, account: tables.PayPalAccount) -> None:
        """Store the payment by which a paid order was paid."""
        paid_at = order.paid_at or self.now
        account.last_charged_at = paid_at
        payment = tables.Payment(
            id=ids.new_id(ids.PAYMENT, now=paid_at),
            order_id=order.id,
            customer_id=order.customer_id,
            status=enums.PaymentStatus.SUCCEEDED,
            method=enums.PaymentMethod.PAYPAL,
            initiator=enums.PaymentInitiator.CUSTOMER,
            amount_cents=order.gross_cents,
            return_url="http://127.0.0.1:8000/graphql",
            account_id=account.id,
            payer_email=account.masked_email,
            capture_id=f"DEMO{order.number}",
            created_at=paid_at - timedelta(minutes=1),
            ended_at=paid_at,
        )
        await self.store([payment])
        steps = (
            (enums.PaymentStatus.AWAITING_ACCOUNT, enums.EventSource.CUSTOMER),
            (enums.PaymentStatus.AWAITING_CONFIRMATION, enums.EventSource.CUSTOMER),
            (enums.PaymentStatus.PROCESSING, enums.EventSource.CUSTOMER),
            (enums.PaymentStatus.SUCCEEDED, enums.EventSource.PAYPAL_REPLY),
        )
        await self.store(
            tables.PaymentEvent(
                id=ids.new_id(ids.EVENT, now=paid_at),
                payment_id=payment.id,
                position=position,
                at=paid_at - timedelta(seconds=10 * (len(steps) - position)),
                status=status,
                source=source,
            )
            for position, (status, source) in enumerate(steps, start=1)
        )


def is_on(service: tables.Service) -> bool:
    """Tell whether somebody has agreed to its automatic renewal."""
    return service.renewal_account_id is not None
