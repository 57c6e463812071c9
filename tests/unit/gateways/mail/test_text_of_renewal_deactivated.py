"""What a customer reads whose automatic renewal was switched off, word for word in both languages."""
# ruff: noqa: E501 - the lines of a mail are as long as its paragraphs

import pytest

from models.enums import EmailKind
from tests.unit.gateways.mail.examples import DEACTIVATED, rendered


def test_renewal_deactivated_in_italian() -> None:
    mail = rendered(EmailKind.RENEWAL_DEACTIVATED, "it")

    assert mail.subject == "Disattivazione rinnovo automatico per il servizio mario.rossi@pec.example"
    assert mail.text == DEACTIVATED_IT


def test_renewal_deactivated_in_english() -> None:
    mail = rendered(EmailKind.RENEWAL_DEACTIVATED, "en")

    assert mail.subject == "Automatic renewal switched off for the service mario.rossi@pec.example"
    assert mail.text == DEACTIVATED_EN


@pytest.mark.parametrize(
    ("locale", "sentence"),
    [("it", "\n- È già in corso un pagamento per questo"), ("en", "\n- A payment for this service is already under")],
)
def test_a_payment_that_it_does_not_stop_is_named(locale: str, sentence: str) -> None:
    late = DEACTIVATED.model_copy(update={"under_way": True})

    assert sentence in rendered(EmailKind.RENEWAL_DEACTIVATED, locale, late).text
    assert sentence not in rendered(EmailKind.RENEWAL_DEACTIVATED, locale).text


def test_what_is_not_known_is_left_out() -> None:
    bare = DEACTIVATED.model_copy(update={"account": None, "expires_on": None})

    mail = rendered(EmailKind.RENEWAL_DEACTIVATED, "it", bare)

    assert "\nServizio: mario.rossi@pec.example (PEC)\n\nChe cosa significa\n" in mail.text
    assert "Account PayPal" not in mail.html
    assert "Scadenza" not in mail.html


DEACTIVATED_IT = """\
Gentile Mario Rossi,

il rinnovo automatico del tuo servizio è stato disattivato.

Servizio: mario.rossi@pec.example (PEC)
Account PayPal: m•••@example.com
Scadenza: 1º dicembre 2027

Che cosa significa
- Non addebiteremo altri rinnovi di questo servizio.
- Alla scadenza il servizio non si rinnova da solo: se vuoi tenerlo, rinnovalo dall'area clienti.

Se cambi idea
Puoi riattivare il rinnovo automatico dall'area clienti: scegli "Gestisci" accanto al servizio e poi "Rinnovo automatico".
https://clienti.saldo.example/servizi
Se non sei stato tu a disattivarlo, accedi all'area clienti e cambia subito la password.

Il team Saldo

Ricevi questo messaggio perché questo è il tuo indirizzo di riferimento. È un messaggio automatico: le risposte non vengono lette.
Non ti chiederemo mai password o codici per e-mail.
"""

DEACTIVATED_EN = """\
Dear Mario Rossi,

automatic renewal of your service has been switched off.

Service: mario.rossi@pec.example (PEC)
PayPal account: m•••@example.com
Expiry: 1 December 2027

What it means
- We will not charge any further renewal of this service.
- The service does not renew itself when it expires: if you want to keep it, renew it in the customer area.

If you change your mind
You can switch automatic renewal on again in the customer area: choose "Manage" next to the service, then "Automatic renewal".
https://clienti.saldo.example/servizi
If it was not you who switched it off, sign in to the customer area and change your password at once.

The Saldo team

You receive this message because this is your reference address. It was sent automatically: nobody reads the replies.
We will never ask for passwords or codes by e-mail.
"""
