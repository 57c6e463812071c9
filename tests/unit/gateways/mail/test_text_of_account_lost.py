"""What a customer reads whose PayPal account can no longer be charged, word for word in both languages."""
# ruff: noqa: E501 - the lines of a mail are as long as its paragraphs

from models.enums import EmailKind
from tests.unit.gateways.mail.examples import rendered


def test_account_lost_in_italian() -> None:
    mail = rendered(EmailKind.ACCOUNT_LOST, "it")

    assert mail.subject == "Il tuo account PayPal non può più essere usato per il rinnovo automatico"
    assert mail.text == ACCOUNT_LOST_IT


def test_account_lost_in_english() -> None:
    mail = rendered(EmailKind.ACCOUNT_LOST, "en")

    assert mail.subject == "Your PayPal account can no longer be used for automatic renewal"
    assert mail.text == ACCOUNT_LOST_EN


ACCOUNT_LOST_IT = """\
Gentile Mario Rossi,

PayPal non ci permette più di addebitare il tuo account m•••@example.com: l'autorizzazione è stata revocata, oppure l'account è stato chiuso.

Servizi che si rinnovavano con questo account
- mario.rossi@pec.example
- archivio-rossi

Che cosa significa
Non faremo altri addebiti su questo account. Finché non ne scegli un altro, alla scadenza questi servizi non si rinnoveranno da soli.

Che cosa puoi fare
1. Accedi all'area clienti: https://clienti.saldo.example/servizi
2. Scegli "Gestisci" accanto al servizio e poi "Rinnovo automatico".
3. Scegli un altro account PayPal registrato, oppure "Nuovo account PayPal", e conferma.
Se non vuoi più il rinnovo automatico, non devi fare nulla.

Il team Saldo

Ricevi questo messaggio perché questo è il tuo indirizzo di riferimento. È un messaggio automatico: le risposte non vengono lette.
Non ti chiederemo mai password o codici per e-mail.
"""

ACCOUNT_LOST_EN = """\
Dear Mario Rossi,

PayPal no longer lets us charge your account m•••@example.com: the authorisation has been withdrawn, or the account has been closed.

Services that renewed with this account
- mario.rossi@pec.example
- archivio-rossi

What it means
We will not charge this account again. Until you choose another one, these services will not renew themselves when they expire.

What you can do
1. Sign in to the customer area: https://clienti.saldo.example/servizi
2. Choose "Manage" next to the service, then "Automatic renewal".
3. Choose another registered PayPal account, or "New PayPal account", and confirm.
If you no longer want automatic renewal, there is nothing for you to do.

The Saldo team

You receive this message because this is your reference address. It was sent automatically: nobody reads the replies.
We will never ask for passwords or codes by e-mail.
"""
