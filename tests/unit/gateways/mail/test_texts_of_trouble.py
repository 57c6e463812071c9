"""What the mails about money given back and failed payments say, word for word in both languages."""
# ruff: noqa: E501 - the lines of a mail are as long as its paragraphs

import pytest

from models.enums import EmailKind, FailureAdvice, PaymentFailureCode, RefundReason
from tests.unit.gateways.mail.examples import FAILED, REFUNDED, rendered


def test_payment_refunded_in_italian() -> None:
    mail = rendered(EmailKind.PAYMENT_REFUNDED, "it")

    assert mail.subject == "Rimborso per l'ordine 2026-000123"
    assert mail.text == PAYMENT_REFUNDED_IT


def test_payment_refunded_in_english() -> None:
    mail = rendered(EmailKind.PAYMENT_REFUNDED, "en")

    assert mail.subject == "Refund for order 2026-000123"
    assert mail.text == PAYMENT_REFUNDED_EN


@pytest.mark.parametrize("locale", ["it", "en"])
def test_every_reason_has_its_words(locale: str) -> None:
    bodies = {
        rendered(EmailKind.PAYMENT_REFUNDED, locale, REFUNDED.model_copy(update={"reason": reason})).text
        for reason in RefundReason
    }

    assert len(bodies) == len(RefundReason)


@pytest.mark.parametrize(("locale", "line"), [("it", "Account PayPal"), ("en", "PayPal account")])
def test_who_paid_is_left_out_where_we_do_not_know(locale: str, line: str) -> None:
    unknown = rendered(EmailKind.PAYMENT_REFUNDED, locale, REFUNDED.model_copy(update={"account": None}))

    assert line not in unknown.text
    assert line not in unknown.html


def test_refund_failed_in_italian() -> None:
    mail = rendered(EmailKind.REFUND_FAILED, "it")

    assert mail.subject == "Rimborso non riuscito per l'ordine 2026-000123"
    assert mail.text == REFUND_FAILED_IT


def test_refund_failed_in_english() -> None:
    mail = rendered(EmailKind.REFUND_FAILED, "en")

    assert mail.subject == "Refund failed for order 2026-000123"
    assert mail.text == REFUND_FAILED_EN


def test_payment_failed_in_italian() -> None:
    mail = rendered(EmailKind.PAYMENT_FAILED, "it")

    assert mail.subject == "Pagamento non riuscito per l'ordine 2026-000123"
    assert mail.text == PAYMENT_FAILED_IT


def test_payment_failed_in_english() -> None:
    mail = rendered(EmailKind.PAYMENT_FAILED, "en")

    assert mail.subject == "Payment failed for order 2026-000123"
    assert mail.text == PAYMENT_FAILED_EN


@pytest.mark.parametrize("locale", ["it", "en"])
def test_every_code_and_every_advice_has_its_words(locale: str) -> None:
    reasons = {
        rendered(EmailKind.PAYMENT_FAILED, locale, FAILED.model_copy(update={"code": code})).text
        for code in PaymentFailureCode
    }
    advices = {
        rendered(EmailKind.PAYMENT_FAILED, locale, FAILED.model_copy(update={"advice": advice})).html
        for advice in FailureAdvice
    }

    assert (len(reasons), len(advices)) == (len(PaymentFailureCode), len(FailureAdvice))


PAYMENT_REFUNDED_IT = """\
Gentile Mario Rossi,

è stato disposto a tuo favore un rimborso di 1.256,60 €. L'ordine era già pagato: ti restituiamo l'addebito in più. L'ordine resta pagato e non devi fare nulla.

Ordine: 2026-000123
Importo rimborsato: 1.256,60 €
Account PayPal: m•••@example.com
Riferimento PayPal: 1JU08902781691411

Quando arriva
- Sul saldo PayPal, di solito, il giorno stesso.
- Su un conto bancario, in genere entro 5 giorni lavorativi.
- Su una carta, fino a 30 giorni, secondo la banca che l'ha emessa.

Trovi l'ordine e i tuoi pagamenti nell'area clienti:
https://clienti.saldo.example/servizi

Il team Saldo

Ricevi questo messaggio perché questo è il tuo indirizzo di riferimento. È un messaggio automatico: le risposte non vengono lette.
Non ti chiederemo mai password o codici per e-mail.
"""

PAYMENT_REFUNDED_EN = """\
Dear Mario Rossi,

a refund of €1,256.60 is on its way to you. The order had been paid already: we give the additional charge back. The order stays paid, and there is nothing for you to do.

Order: 2026-000123
Sum given back: €1,256.60
PayPal account: m•••@example.com
PayPal reference: 1JU08902781691411

When it arrives
- In your PayPal balance, usually the same day.
- On a bank account, in general within 5 working days.
- On a card, within 30 days, depending on the bank that issued it.

You will find the order and your payments in the customer area:
https://clienti.saldo.example/servizi

The Saldo team

You receive this message because this is your reference address. It was sent automatically: nobody reads the replies.
We will never ask for passwords or codes by e-mail.
"""

PAYMENT_FAILED_IT = """\
Gentile Mario Rossi,

il pagamento con PayPal dell'ordine 2026-000123, di cui si attendeva l'esito, non è riuscito: l'ordine non risulta pagato.

Ordine: 2026-000123
Importo: 1.256,60 €
Motivo: PayPal non ha potuto addebitare l'importo sul conto.

Che cosa puoi fare
Puoi pagare dall'area clienti con un altro account PayPal.

Trovi l'ordine nell'area clienti:
https://clienti.saldo.example/servizi

Il team Saldo

Ricevi questo messaggio perché questo è il tuo indirizzo di riferimento. È un messaggio automatico: le risposte non vengono lette.
Non ti chiederemo mai password o codici per e-mail.
"""

PAYMENT_FAILED_EN = """\
Dear Mario Rossi,

the payment of order 2026-000123 with PayPal, whose outcome was still open, has failed: the order is not paid.

Order: 2026-000123
Sum: €1,256.60
Reason: PayPal could not take the sum from the account.

What you can do
You can pay in the customer area with another PayPal account.

You will find the order in the customer area:
https://clienti.saldo.example/servizi

The Saldo team

You receive this message because this is your reference address. It was sent automatically: nobody reads the replies.
We will never ask for passwords or codes by e-mail.
"""

REFUND_FAILED_IT = """\
Gentile Mario Rossi,

ti abbiamo addebitato 1.256,60 € che non ci devi, e PayPal non ci ha permesso di restituirteli.

Ordine: 2026-000123
Importo da restituire: 1.256,60 €

Che cosa succede ora
La somma resta tua: un nostro operatore è già stato avvisato e ti contatterà per restituirtela in un altro modo. Non devi fare nulla.

Trovi l'ordine e i tuoi pagamenti nell'area clienti:
https://clienti.saldo.example/servizi

Il team Saldo

Ricevi questo messaggio perché questo è il tuo indirizzo di riferimento. È un messaggio automatico: le risposte non vengono lette.
Non ti chiederemo mai password o codici per e-mail.
"""

REFUND_FAILED_EN = """\
Dear Mario Rossi,

we have charged you €1,256.60 that you do not owe us, and PayPal did not let us give it back.

Order: 2026-000123
Sum to give back: €1,256.60

What happens now
The money is yours: our staff have been alerted and will contact you to give it back in another way. There is nothing for you to do.

You will find the order and your payments in the customer area:
https://clienti.saldo.example/servizi

The Saldo team

You receive this message because this is your reference address. It was sent automatically: nobody reads the replies.
We will never ask for passwords or codes by e-mail.
"""
