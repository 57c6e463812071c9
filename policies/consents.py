"""The sentences a customer agrees to; a changed wording gets a new version, because consents name theirs."""

from collections.abc import Mapping

from models.money import Money

TEXT_VERSION = "2026-11-2"
RENEWAL: Mapping[str, str] = {
    "it": (
        "Rinnovo automatico di {service}: alla prossima scadenza il servizio sarà rinnovato per {years} e l'importo "
        "addebitato sul conto PayPal scelto 7 giorni prima, con un avviso 30 giorni prima. "
        "Puoi disattivarlo in qualsiasi momento dall'area clienti."
    ),
    "en": (
        "Automatic renewal of {service}: at its next expiry the service will be renewed for {years} and the amount "
        "charged to the chosen PayPal account 7 days before, with a notice 30 days before. "
        "You can switch it off at any time in the customer area."
    ),
}
MAXIMUM: Mapping[str, str] = {  # follows, when the customer has set one
    "it": " Se l'importo supera {maximum} EUR, IVA inclusa, nulla viene addebitato e l'ordine di rinnovo attende te.",
    "en": " Above {maximum} EUR, VAT included, nothing is charged and the renewal order waits for you.",
}
REGISTRATION: Mapping[str, str] = {
    "it": "Il conto PayPal usato per questo pagamento viene registrato tra i tuoi metodi di pagamento.",
    "en": "The PayPal account used for this payment is registered among your payment methods.",
}
REGISTRATION_ALONE: Mapping[str, str] = {
    "it": "Il conto PayPal autorizzato viene registrato tra i tuoi metodi di pagamento: ora non si addebita nulla.",
    "en": "The PayPal account approved is registered among your payment methods; nothing is charged now.",
}


def registration_text(*, locale: str, with_payment: bool) -> str:
    """Return what is shown before a PayPal account is registered, by paying with it or without a purchase."""
    return (REGISTRATION if with_payment else REGISTRATION_ALONE)[locale]


def renewal_text(*, locale: str, service: str, term_years: int, maximum: Money | None) -> str:
    """Return what is shown beside the flag "Rinnovo automatico" of one service."""
    one, many = ("anno", "anni") if locale == "it" else ("year", "years")
    text = RENEWAL[locale].format(service=service, years=f"{term_years} {one if term_years == 1 else many}")
    if maximum is None:
        return text
    return text + MAXIMUM[locale].format(maximum=maximum.decimal.replace(".", "," if locale == "it" else "."))
