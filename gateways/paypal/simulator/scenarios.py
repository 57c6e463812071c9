"""How payers behave: declared, not programmed."""

from dataclasses import dataclass
from typing import Literal

_DOMAIN = "payer.example"


@dataclass(frozen=True, kw_only=True, slots=True)
class Behaviour:
    """What PayPal does with the charges of a payer; every field departs from a payer who simply pays."""

    name: str
    says: str  # for the people who read the simulator's pages
    refuses_with: str | None = None  # issue given to each capture
    declines_first: bool = False  # the first capture of an order, or of a stored account, is declined
    stored_charge_needs_payer: bool = False
    loses_answer: bool = False  # the first answer to a capture that succeeded never arrives
    pending_reason: str | None = None  # the capture waits, for this reason
    overcharge: int = 0  # minor units by which the captured amount differs from the order's
    vault: Literal["now", "first", "late", "never"] = "now"  # `first`: announced before the capture is answered
    refunds_wait: bool = False  # a refund is pending until the control desk decides
    agreement_revoked: bool = False  # the stored account is dead as soon as it exists


_ALL = (
    Behaviour(name="pays", says="Paga sempre."),
    Behaviour(name="declined", says="Ogni addebito è rifiutato dalla banca.", refuses_with="INSTRUMENT_DECLINED"),
    Behaviour(
        name="declined-once",
        says="Il primo addebito è rifiutato; dopo una nuova approvazione paga.",
        declines_first=True,
    ),
    Behaviour(
        name="needs-action",
        says="L'addebito del conto registrato richiede che il pagatore torni su PayPal.",
        stored_charge_needs_payer=True,
    ),
    Behaviour(name="revoked", says="Ha revocato l'accordo: il conto registrato non vale più.", agreement_revoked=True),
    Behaviour(name="review", says="Il pagamento resta in verifica.", pending_reason="PENDING_REVIEW"),
    Behaviour(name="answer-lost", says="Paga, ma la prima risposta di PayPal si perde.", loses_answer=True),
    Behaviour(name="not-vaulted", says="Paga, ma il conto non viene registrato.", vault="never"),
    Behaviour(name="vault-late", says="Paga, e il conto viene registrato solo più tardi.", vault="late"),
    Behaviour(name="vault-first", says="Paga, e l'avviso del conto registrato precede la risposta.", vault="first"),
    Behaviour(name="refund-waits", says="Paga; un rimborso resta in sospeso.", refunds_wait=True),
    Behaviour(
        name="locked", says="Il suo conto PayPal è bloccato o chiuso.", refuses_with="PAYER_ACCOUNT_LOCKED_OR_CLOSED"
    ),
    Behaviour(name="refused", says="PayPal rifiuta la transazione.", refuses_with="TRANSACTION_REFUSED"),
    Behaviour(name="other-amount", says="Viene addebitato un centesimo in meno del dovuto.", overcharge=-1),
)

BEHAVIOURS = {behaviour.name: behaviour for behaviour in _ALL}

_NAMES = {  # given name and surname of the payers who exist from the start, one for each behaviour
    "pays": ("Paola", "Paga"),
    "declined": ("Rita", "Rifiuti"),
    "declined-once": ("Dario", "Dapprima"),
    "needs-action": ("Agata", "Agisce"),
    "revoked": ("Renzo", "Revoca"),
    "review": ("Vera", "Verifica"),
    "answer-lost": ("Silvio", "Silenzio"),
    "not-vaulted": ("Sara", "Senzaconto"),
    "vault-late": ("Tea", "Tardi"),
    "vault-first": ("Furio", "Frettoloso"),
    "refund-waits": ("Riccardo", "Rimborsi"),
    "locked": ("Bruno", "Blocchi"),
    "refused": ("Nora", "Nega"),
    "other-amount": ("Diego", "Diverso"),
}

KNOWN_PAYERS = {f"{behaviour}@{_DOMAIN}": name for behaviour, name in _NAMES.items()}


def behaviour_named_by(email: str) -> str:
    """Return the behaviour that the address names before its `+` or `@`, else `pays`."""
    name = email.partition("@")[0].partition("+")[0].lower()
    return name if name in BEHAVIOURS else "pays"
