"""Every sentence the API shows to people, in Italian and in English."""

from collections.abc import Mapping
from dataclasses import dataclass

from models import enums
from schema.context import Locale


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence in each language the product speaks."""

    it: str
    en: str

    def to(self, locale: Locale) -> str:
        return self.it if locale == "it" else self.en


SERVICE_STATUS: Mapping[enums.ServiceStatus, Text] = {
    enums.ServiceStatus.PENDING_ACTIVATION: Text("In attivazione", "Being activated"),
    enums.ServiceStatus.ACTIVE: Text("Attivo", "Active"),
    enums.ServiceStatus.EXPIRING: Text("In scadenza", "Expiring soon"),
    enums.ServiceStatus.EXPIRED: Text("Scaduto", "Expired"),
    enums.ServiceStatus.SUSPENDED: Text("Sospeso", "Suspended"),
    enums.ServiceStatus.CANCELED: Text("Cancellato", "Canceled"),
}
ORDER_STATUS: Mapping[enums.OrderStatus, Text] = {
    enums.OrderStatus.AWAITING_PAYMENT: Text("Attesa pagamento", "Awaiting payment"),
    enums.OrderStatus.PAID: Text("Pagato", "Paid"),
    enums.OrderStatus.ACTIVATED: Text("Attivato", "Activated"),
    enums.OrderStatus.CANCELED: Text("Annullato", "Canceled"),
    enums.OrderStatus.EXPIRED: Text("Scaduto", "Expired"),
    enums.OrderStatus.REFUNDED: Text("Rimborsato", "Refunded"),
}
ORDER_BLOCK: Mapping[enums.OrderBlockCode, Text] = {
    enums.OrderBlockCode.ALREADY_PAID: Text("L'ordine è già stato pagato.", "The order has already been paid."),
    enums.OrderBlockCode.CANCELED: Text("L'ordine è stato annullato.", "The order was canceled."),
    enums.OrderBlockCode.EXPIRED: Text("L'ordine è scaduto.", "The order has expired."),
    enums.OrderBlockCode.ZERO_TOTAL: Text("Non c'è nulla da pagare.", "There is nothing to pay."),
    enums.OrderBlockCode.SERVICE_GONE: Text(
        "Un servizio dell'ordine è stato cancellato o revocato.", "A service of the order was deleted or revoked."
    ),
    enums.OrderBlockCode.PAYMENT_BEING_VERIFIED: Text(
        "Stiamo verificando con PayPal un pagamento già inviato: non pagare di nuovo.",
        "We are checking with PayPal a payment already sent: do not pay again.",
    ),
    enums.OrderBlockCode.PAYMENTS_CLOSED: Text(
        "Al momento non è possibile pagare con PayPal. Riprova più tardi.",
        "Paying with PayPal is not possible at the moment. Try again later.",
    ),
}
AUTO_RENEWAL_BLOCK: Mapping[enums.AutoRenewalBlockCode, Text] = {
    enums.AutoRenewalBlockCode.PRODUCT_EXCLUDED: Text(
        "Il rinnovo automatico non è previsto per questo prodotto.", "This product does not offer automatic renewal."
    ),
    enums.AutoRenewalBlockCode.SERVICE_NOT_ACTIVE: Text("Il servizio non è attivo.", "The service is not active."),
    enums.AutoRenewalBlockCode.SERVICE_EXPIRED: Text("Il servizio è scaduto.", "The service has expired."),
    enums.AutoRenewalBlockCode.NO_USABLE_ACCOUNT: Text(
        "Non c'è un conto PayPal registrato su cui addebitare il rinnovo.",
        "There is no registered PayPal account to charge the renewal to.",
    ),
    enums.AutoRenewalBlockCode.RENEWAL_ORDER_OPEN: Text(
        "Un ordine di rinnovo è in attesa di pagamento: pagalo o annullalo.",
        "A renewal order is awaiting payment: pay it or cancel it.",
    ),
    enums.AutoRenewalBlockCode.CHARGE_IN_PROGRESS: Text(
        "È in corso un pagamento per questo servizio: riprova tra poco.",
        "A payment for this service is under way: try again shortly.",
    ),
    enums.AutoRenewalBlockCode.CHANGE_WINDOW_CLOSED: Text(
        "La scadenza è troppo vicina per attivare il rinnovo automatico: rinnova il servizio.",
        "It is too close to the expiry to switch automatic renewal on: renew the service.",
    ),
}
PAYMENT_FAILURE: Mapping[enums.PaymentFailureCode, Text] = {
    enums.PaymentFailureCode.FUNDING_DECLINED: Text(
        "PayPal non ha potuto addebitare l'importo sul conto. Nulla è stato addebitato.",
        "PayPal could not take the sum from the account. Nothing was charged.",
    ),
    enums.PaymentFailureCode.APPROVAL_REFUSED: Text(
        "L'autorizzazione su PayPal non è stata concessa. Nulla è stato addebitato.",
        "The approval on PayPal was not given. Nothing was charged.",
    ),
    enums.PaymentFailureCode.ACCOUNT_RESTRICTED: Text(
        "PayPal limita i pagamenti da questo conto. Nulla è stato addebitato.",
        "PayPal restricts payments from this account. Nothing was charged.",
    ),
    enums.PaymentFailureCode.CONSENT_REVOKED: Text(
        "Il consenso all'addebito su questo conto PayPal è stato revocato. Nulla è stato addebitato.",
        "The consent to charge this PayPal account was withdrawn. Nothing was charged.",
    ),
    enums.PaymentFailureCode.AMOUNT_REFUSED: Text(
        "PayPal non consente un pagamento di questo importo. Nulla è stato addebitato.",
        "PayPal does not allow a payment of this sum. Nothing was charged.",
    ),
    enums.PaymentFailureCode.PROVIDER_ERROR: Text(
        "PayPal non ha potuto eseguire il pagamento. Nulla è stato addebitato.",
        "PayPal could not carry out the payment. Nothing was charged.",
    ),
    enums.PaymentFailureCode.ORDER_ALREADY_PAID: Text(
        "L'ordine risulta già pagato: non devi fare nulla. Un eventuale secondo addebito ti viene restituito.",
        "The order is already paid: there is nothing for you to do. A second charge, if any, is given back to you.",
    ),
    enums.PaymentFailureCode.ORDER_NOT_PAYABLE: Text(
        "L'ordine non poteva più essere pagato: non ci devi nulla. Un eventuale addebito ti viene restituito.",
        "The order could no longer be paid: you owe nothing. A charge, if any, is given back to you.",
    ),
    enums.PaymentFailureCode.OTHER: Text(
        "Il pagamento non è riuscito. Nulla è stato addebitato.", "The payment did not succeed. Nothing was charged."
    ),
}
USER_ERROR: Mapping[enums.UserErrorCode, Text] = {
    enums.UserErrorCode.NOT_FOUND: Text("Non trovato.", "Not found."),
    enums.UserErrorCode.INVALID_INPUT: Text("Un valore inserito non è valido.", "A value entered is not valid."),
    enums.UserErrorCode.INVALID_CREDENTIALS: Text(
        "Nome utente o password errati.", "The username or the password is wrong."
    ),
    enums.UserErrorCode.ORDER_NOT_PAYABLE: Text("Questo ordine non può essere pagato.", "This order cannot be paid."),
    enums.UserErrorCode.ORDER_NOT_CANCELABLE: Text(
        "Questo ordine non può essere annullato.", "This order cannot be canceled."
    ),
    enums.UserErrorCode.PAYMENT_STATE: Text(
        "Il pagamento è in una fase che non consente questa operazione.",
        "The payment is at a step that does not allow this.",
    ),
    enums.UserErrorCode.AUTO_RENEWAL_NOT_ALLOWED: Text(
        "Il rinnovo automatico di questo servizio non può essere modificato.",
        "Automatic renewal of this service cannot be changed.",
    ),
    enums.UserErrorCode.ACCOUNT_NOT_USABLE: Text(
        "Questo conto PayPal non può essere utilizzato: scegline un altro.",
        "This PayPal account cannot be used: choose another one.",
    ),
    enums.UserErrorCode.ACCOUNT_IN_USE: Text(
        "Alcuni servizi si rinnovano su questo conto PayPal: scegli un altro conto per loro, o disattiva il rinnovo.",
        "Services renew on this PayPal account: choose another account for them, or switch their renewal off.",
    ),
    enums.UserErrorCode.AMOUNT_CHANGED: Text(
        "L'importo è cambiato: verifica e conferma di nuovo. Nulla è stato addebitato.",
        "The sum has changed: check it and confirm again. Nothing was charged.",
    ),
    enums.UserErrorCode.IDEMPOTENCY_CONFLICT: Text(
        "Questa chiave è già stata usata per una richiesta diversa.",
        "This key was already used for a different request.",
    ),
    enums.UserErrorCode.PROVIDER_UNAVAILABLE: Text(
        "PayPal non è raggiungibile: riprova tra poco. Nulla è stato addebitato.",
        "PayPal cannot be reached: try again shortly. Nothing was charged.",
    ),
}
ACCOUNT_BEING_CHARGED = Text(
    "È in corso un pagamento con questo conto PayPal: riprova tra poco.",
    "A payment with this PayPal account is under way: try again shortly.",
)
NOT_FOUND: Mapping[str, Text] = {  # by what was looked for, the last word of the path; anything else is not typed
    "number": Text(
        "Non hai nessun ordine con questo numero: controlla di averlo scritto bene.",
        "You have no order with this number: check that you typed it right.",
    ),
}
INVALID_INPUT: Mapping[str, Text] = {
    "account_belongs_to_payment": Text(
        "Con questo pagamento il rinnovo usa il conto che paga: non indicarne un altro.",
        "With this payment, renewal uses the account that pays: do not name another one.",
    ),
    "account_required": Text(
        "Indica il conto PayPal su cui addebitare il rinnovo.", "Name the PayPal account to charge the renewal to."
    ),
    "currency_not_used": Text("I prezzi sono in euro: indica EUR.", "Prices are in euros: say EUR."),
    "idempotency_key_too_long": Text(
        "La chiave di idempotenza supera i 255 caratteri.", "The idempotency key exceeds 255 characters."
    ),
    "maximum_price_out_of_place": Text(
        "Il limite di prezzo si indica attivando il rinnovo.", "The price limit is set by switching renewal on."
    ),
    "maximum_price_out_of_range": Text(
        "Il limite di prezzo va da 0,01 a 99.999,99 euro.", "The price limit is between 0.01 and 99,999.99 euros."
    ),
    "nickname_too_long": Text(
        "Il nome scelto per il conto supera i 60 caratteri.", "The name chosen for the account exceeds 60 characters."
    ),
    "too_many_accounts": Text(
        "Hai già 20 conti PayPal registrati: rimuovine uno prima di aggiungerne un altro.",
        "You have 20 registered PayPal accounts already: remove one before you add another.",
    ),
    "too_many_registrations": Text(
        "Hai avviato troppe registrazioni nelle ultime 24 ore: riprova domani.",
        "You have begun too many registrations in the last 24 hours: try again tomorrow.",
    ),
    "return_url_not_allowed": Text(
        "L'indirizzo di ritorno non è tra quelli ammessi.", "The return address is not among those allowed."
    ),
}
