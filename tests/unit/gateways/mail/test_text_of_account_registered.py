"""What a customer reads whose PayPal account was registered without a purchase, word for word in both languages."""
# ruff: noqa: E501 - the lines of a mail are as long as its paragraphs

import pytest

from models.enums import EmailKind
from tests.unit.gateways.mail.examples import REGISTERED, rendered


def test_account_registered_in_italian() -> None:
    mail = rendered(EmailKind.ACCOUNT_REGISTERED, "it")

    assert mail.subject == "Nuovo account PayPal registrato"
    assert mail.text == REGISTERED_IT


def test_account_registered_in_english() -> None:
    mail = rendered(EmailKind.ACCOUNT_REGISTERED, "en")

    assert mail.subject == "New PayPal account registered"
    assert mail.text == REGISTERED_EN


@pytest.mark.parametrize("locale", ["it", "en"])
def test_what_there_is_not_is_left_out(locale: str) -> None:
    bare = REGISTERED.model_copy(update={"nickname": None, "renewed": (), "left_out": ()})

    mail = rendered(EmailKind.ACCOUNT_REGISTERED, locale, bare)

    words = {"it": "Account PayPal: m•••@example.com\n\nChe cosa", "en": "PayPal account: m•••@example.com\n\nWhat"}
    assert words[locale] in mail.text
    assert "Ufficio" not in mail.html
    assert "archivio-rossi" not in mail.html


REGISTERED_IT = """\
Gentile Mario Rossi,

il tuo account PayPal è registrato tra i metodi di pagamento. Non ti abbiamo addebitato nulla.

Account PayPal: m•••@example.com
Nome nell'area clienti: Ufficio

Servizi che si rinnovano con questo account
- mario.rossi@pec.example

Rinnovo automatico non attivato
- archivio-rossi
Lo avevi chiesto anche per questi servizi, ma nel frattempo non era più possibile: nell'area clienti trovi il motivo.

Che cosa puoi fare
- Con questo account puoi pagare gli ordini e i rinnovi automatici.
- Puoi rimuoverlo in qualsiasi momento dall'area clienti.
https://clienti.saldo.example/servizi
Se non sei stato tu a registrarlo, rimuovilo e cambia subito la password.

Il team Saldo

Ricevi questo messaggio perché questo è il tuo indirizzo di riferimento. È un messaggio automatico: le risposte non vengono lette.
Non ti chiederemo mai password o codici per e-mail.
"""

REGISTERED_EN = """\
Dear Mario Rossi,

your PayPal account is registered among your payment methods. You have not been charged.

PayPal account: m•••@example.com
Name in the customer area: Ufficio

Services that renew with this account
- mario.rossi@pec.example

Automatic renewal not switched on
- archivio-rossi
You had asked for it for these services, too, but in the meantime it was no longer possible: the customer area says why.

What you can do
- With this account you can pay orders and automatic renewals.
- You can remove it at any time in the customer area.
https://clienti.saldo.example/servizi
If it was not you who registered it, remove it and change your password at once.

The Saldo team

You receive this message because this is your reference address. It was sent automatically: nobody reads the replies.
We will never ask for passwords or codes by e-mail.
"""
