"""What a payer can approve: an order, or the storing of an account."""

from abc import ABC, abstractmethod
from datetime import timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from gateways.paypal.simulator.amounts import Amount
from gateways.paypal.simulator.calls import Desk
from gateways.paypal.simulator.records import Order, Payer, SetupToken, Visit
from gateways.paypal.simulator.webhooks import events

FUNDINGS = ("Saldo del conto PayPal", "Carta Visa che termina con 4242", "Conto bancario che termina con 0017")


class NothingToApproveError(Exception):
    """There is no such order or setup token, or it is too late for it."""

    def __init__(self, *, title: str, text: str) -> None:
        super().__init__(title)
        self.title = title
        self.text = text


class Approval(ABC):
    """One thing to approve, as the pages show it."""

    token: str
    visit: Visit
    amount: str | None  # as Italians write it; None when nothing is paid
    description: str | None  # of the purchase
    saves: str | None  # what the merchant is allowed to do later; None when the account is not stored
    was_declined: bool

    @property
    def merchant(self) -> str:
        """The name under which the merchant shows itself."""
        return self.visit.brand_name or "Il venditore"

    @abstractmethod
    def accept(self, desk: Desk, payer: Payer, *, funding: str) -> None:
        """Record that the payer agrees."""

    def return_address(self, payer: Payer) -> str | None:
        """Return where the payer goes after accepting, None when the merchant has not said it."""
        return _with_parameters(self.visit.return_url, self.return_parameters(payer))

    def cancel_address(self) -> str | None:
        """Return where the payer goes after refusing, None when the merchant has not said it."""
        return _with_parameters(self.visit.cancel_url, self.cancel_parameters())

    @abstractmethod
    def return_parameters(self, payer: Payer) -> dict[str, str]:
        """Return what PayPal adds to the merchant's return address."""

    @abstractmethod
    def cancel_parameters(self) -> dict[str, str]:
        """Return what PayPal adds to the merchant's cancel address."""


class OrderApproval(Approval):
    """The approval of an order."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self.token = order.id
        self.visit = order.visit
        self.amount = _as_italians_write(order.amount)
        self.description = order.description
        self.saves = None if order.vault is None else order.vault.description or _DEFAULT_MANDATE
        self.was_declined = order.declined

    def accept(self, desk: Desk, payer: Payer, *, funding: str) -> None:
        order = self._order
        order.status = "APPROVED"
        order.payer_id = payer.id
        order.funding = funding
        order.declined = False
        order.updated_at = desk.now
        order.expires_at = desk.now + timedelta(seconds=desk.settings.order_life_seconds)
        desk.ledger.save(order)
        events.order_approved(desk, order)

    def return_parameters(self, payer: Payer) -> dict[str, str]:
        return {"token": self.token, "PayerID": payer.id}

    def cancel_parameters(self) -> dict[str, str]:
        return {"token": self.token}


class SetupApproval(Approval):
    """The approval of storing an account without a purchase."""

    def __init__(self, token: SetupToken) -> None:
        self._setup = token
        self.token = token.id
        self.visit = token.visit
        self.amount = None
        self.description = None
        self.saves = token.description or _DEFAULT_MANDATE
        self.was_declined = False

    def accept(self, desk: Desk, payer: Payer, *, funding: str) -> None:
        self._setup.status = "APPROVED"
        self._setup.payer_id = payer.id
        self._setup.funding = funding
        desk.ledger.save(self._setup)

    def return_parameters(self, payer: Payer) -> dict[str, str]:
        return self.cancel_parameters()

    def cancel_parameters(self) -> dict[str, str]:
        return {"approval_token_id": self.token, "approval_session_id": self.token}


_DEFAULT_MANDATE = "Pagamenti futuri"


def _with_parameters(url: str | None, parameters: dict[str, str]) -> str | None:
    """Add to the merchant's address, which keeps the parameters it already has."""
    if url is None:
        return None
    parts = urlsplit(url)
    query = urlencode([*parse_qsl(parts.query, keep_blank_values=True), *parameters.items()])
    return urlunsplit(parts._replace(query=query))


def _as_italians_write(amount: Amount) -> str:
    whole, point, decimals = amount.text().partition(".")
    grouped = f"{int(whole):,}".replace(",", ".")
    return (
        grouped
        + point.replace(".", ",")
        + decimals
        + ("\u00a0€" if amount.currency == "EUR" else f" {amount.currency}")
    )


def find_approval(desk: Desk, token: str) -> Approval:
    """Return what stands behind the token of a page.

    Raises:
        NothingToApproveError: with what to tell the payer.
    """
    order = desk.ledger.get(Order, token)
    setup = desk.ledger.get(SetupToken, token)
    if order is not None and order.status == "COMPLETED":
        raise NothingToApproveError(title="Pagamento già completato", text="Questo ordine è già stato pagato.")
    if setup is not None and setup.status == "VAULTED":
        raise NothingToApproveError(title="Conto già registrato", text="Questa richiesta è già stata completata.")
    if order is not None and order.expires_at > desk.now:
        return OrderApproval(order)
    if setup is not None and setup.expires_at > desk.now:
        return SetupApproval(setup)
    raise NothingToApproveError(
        title="Richiesta non trovata o scaduta",
        text="Torna al sito del venditore e ricomincia: non è stato addebitato nulla.",
    )
