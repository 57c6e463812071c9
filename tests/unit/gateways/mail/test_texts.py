"""What every mail says, word for word in both languages."""
# ruff: noqa: E501 - the lines of a mail are as long as its paragraphs

from models.enums import EmailKind
from tests.unit.gateways.mail.examples import ACTIVATED, rendered


def test_payment_confirmation_in_italian() -> None:
    mail = rendered(EmailKind.PAYMENT_CONFIRMATION, "it")

    assert mail.subject == "Conferma pagamento"
    assert mail.text == PAYMENT_CONFIRMATION_IT


def test_payment_confirmation_in_english() -> None:
    mail = rendered(EmailKind.PAYMENT_CONFIRMATION, "en")

    assert mail.subject == "Payment confirmation"
    assert mail.text == PAYMENT_CONFIRMATION_EN


def test_renewal_activated_in_italian() -> None:
    mail = rendered(EmailKind.RENEWAL_ACTIVATED, "it")

    assert mail.subject == "Attivazione rinnovo automatico per il servizio mario.rossi@pec.example"
    assert mail.text == RENEWAL_ACTIVATED_IT


def test_renewal_activated_in_english() -> None:
    mail = rendered(EmailKind.RENEWAL_ACTIVATED, "en")

    assert mail.subject == "Automatic renewal activated for the service mario.rossi@pec.example"
    assert mail.text == RENEWAL_ACTIVATED_EN


def test_renewal_not_activated_in_italian() -> None:
    mail = rendered(EmailKind.RENEWAL_NOT_ACTIVATED, "it")

    assert mail.subject == "Rinnovo automatico non attivato per l'ordine 2026-000123"
    assert mail.text == RENEWAL_NOT_ACTIVATED_IT


def test_renewal_not_activated_in_english() -> None:
    mail = rendered(EmailKind.RENEWAL_NOT_ACTIVATED, "en")

    assert mail.subject == "Automatic renewal not activated for order 2026-000123"
    assert mail.text == RENEWAL_NOT_ACTIVATED_EN


def test_a_renewal_of_a_service_that_is_not_active_yet_promises_no_date() -> None:
    facts = ACTIVATED.model_copy(
        update={"expires_on": None, "charge_on": None, "stoppable_until": None, "term_years": 2, "consumer": False}
    )

    italian, english = (rendered(EmailKind.RENEWAL_ACTIVATED, locale, facts).text for locale in ("it", "en"))

    assert italian.splitlines()[6:10] == [
        "Durata del rinnovo: 2 anni",
        "Prossima scadenza: la troverai nell'area clienti dopo l'attivazione del servizio",
        "Addebito: 7 giorni prima della scadenza",
        "Puoi disattivarlo fino a: quando parte l'addebito",
    ]
    assert english.splitlines()[6:10] == [
        "Renewal term: 2 years",
        "Next expiry: you will find it in the customer area once the service has been activated",
        "Charge: 7 days before expiry",
        "You can switch it off until: the charge begins",
    ]


def test_only_consumers_are_told_of_the_consumer_code() -> None:
    business = ACTIVATED.model_copy(update={"consumer": False})

    for locale in ("it", "en"):
        assert "65-bis" in rendered(EmailKind.RENEWAL_ACTIVATED, locale).html
        assert "65-bis" not in rendered(EmailKind.RENEWAL_ACTIVATED, locale, business).html


PAYMENT_CONFIRMATION_IT = """\
Gentile Mario Rossi,

grazie: abbiamo ricevuto il tuo pagamento e lo abbiamo registrato. Non devi fare altro.

Ordine: 2026-000123
Pagato il: 24 novembre 2026, ore 01:14 (ora di Roma)
Account PayPal: m•••@example.com
Riferimento PayPal: 3C679366HH908993F

Che cosa hai pagato (IVA inclusa)
- PEC mario.rossi@pec.example: 36,60 €
- Conservazione archivio-rossi: 1.220,00 €

Imponibile: 1.030,00 €
IVA 22 %: 226,60 €
Totale pagato: 1.256,60 €

Questo messaggio non sostituisce la fattura. Trovi l'ordine e i tuoi servizi nell'area clienti:
https://clienti.saldo.example/servizi

Il team Saldo

Ricevi questo messaggio perché questo è il tuo indirizzo di riferimento. È un messaggio automatico: le risposte non vengono lette.
Non ti chiederemo mai password o codici per e-mail.
"""

PAYMENT_CONFIRMATION_EN = """\
Dear Mario Rossi,

thank you: we have received your payment and registered it. There is nothing else for you to do.

Order: 2026-000123
Paid on: 24 November 2026, 01:14 (Rome time)
PayPal account: m•••@example.com
PayPal reference: 3C679366HH908993F

What you paid for (VAT included)
- PEC mario.rossi@pec.example: €36.60
- Conservazione archivio-rossi: €1,220.00

Net amount: €1,030.00
VAT 22%: €226.60
Total paid: €1,256.60

This message does not replace the invoice. You will find the order and your services in the customer area:
https://clienti.saldo.example/servizi

The Saldo team

You receive this message because this is your reference address. It was sent automatically: nobody reads the replies.
We will never ask for passwords or codes by e-mail.
"""

RENEWAL_ACTIVATED_IT = """\
Gentile Mario Rossi,

il rinnovo automatico del tuo servizio è attivo: alla scadenza pensiamo a tutto noi.

Servizio: mario.rossi@pec.example (PEC)
Account PayPal: m•••@example.com
Durata del rinnovo: 1 anno
Prossima scadenza: 1º dicembre 2027
Addebito: 24 novembre 2027, 7 giorni prima della scadenza
Puoi disattivarlo fino a: 23 novembre 2027, ore 24:00 (ora di Roma)

Che cosa succede alla prossima scadenza
- 30 giorni prima ti mandiamo un promemoria con la data dell'addebito e il termine per disdire, come previsto dall'art. 65-bis del Codice del consumo. Se mancano già meno di 30 giorni, te lo mandiamo subito.
- 7 giorni prima addebitiamo il rinnovo sull'account PayPal indicato sopra.
- Il servizio si rinnova per la stessa durata a partire dalla scadenza: non perdi neanche un giorno.

Se cambi idea
Puoi disattivare il rinnovo automatico in qualsiasi momento dall'area clienti: scegli "Gestisci" accanto al servizio e poi "Rinnovo automatico".
https://clienti.saldo.example/servizi
Se lo disattivi entro il termine indicato sopra, non ti addebitiamo nulla. Dopo quel termine è troppo tardi per fermare l'addebito in corso, e la disattivazione vale per le scadenze successive.

Il team Saldo

Ricevi questo messaggio perché questo è il tuo indirizzo di riferimento. È un messaggio automatico: le risposte non vengono lette.
Non ti chiederemo mai password o codici per e-mail.
"""

RENEWAL_ACTIVATED_EN = """\
Dear Mario Rossi,

automatic renewal of your service is on: when it expires, we take care of everything.

Service: mario.rossi@pec.example (PEC)
PayPal account: m•••@example.com
Renewal term: 1 year
Next expiry: 1 December 2027
Charge: 24 November 2027, 7 days before expiry
You can switch it off until: 23 November 2027, 24:00 (Rome time)

What happens at the next expiry
- 30 days before, we send you a reminder with the date of the charge and the last moment to cancel, as required by art. 65-bis of the Italian Consumer Code. If fewer than 30 days are left already, we send it at once.
- 7 days before, we charge the renewal to the PayPal account shown above.
- The service is renewed for the same term, counted from its expiry: you do not lose a single day.

If you change your mind
You can switch automatic renewal off at any time in the customer area: choose "Manage" next to the service, then "Automatic renewal".
https://clienti.saldo.example/servizi
If you switch it off before the moment shown above, you will not be charged. After that it is too late to stop the charge under way, and switching off takes effect from the following expiry.

The Saldo team

You receive this message because this is your reference address. It was sent automatically: nobody reads the replies.
We will never ask for passwords or codes by e-mail.
"""

RENEWAL_NOT_ACTIVATED_IT = """\
Gentile Mario Rossi,

l'ordine 2026-000123 è pagato, e il pagamento non va ripetuto. Il rinnovo automatico che avevi scelto, però, non è attivo: PayPal non ci ha permesso di conservare il tuo account per i prossimi addebiti.

Servizi senza rinnovo automatico
- mario.rossi@pec.example
- archivio-rossi

Che cosa significa
Non faremo nessun addebito automatico, e alla scadenza questi servizi non si rinnoveranno da soli.

Che cosa puoi fare
1. Accedi all'area clienti: https://clienti.saldo.example/servizi
2. Scegli "Gestisci" accanto al servizio e poi "Rinnovo automatico".
3. Scegli un account PayPal registrato, oppure "Nuovo account PayPal", e conferma.
Se preferisci, puoi anche rinnovare a mano prima della scadenza.

Il team Saldo

Ricevi questo messaggio perché questo è il tuo indirizzo di riferimento. È un messaggio automatico: le risposte non vengono lette.
Non ti chiederemo mai password o codici per e-mail.
"""

RENEWAL_NOT_ACTIVATED_EN = """\
Dear Mario Rossi,

order 2026-000123 is paid, and you must not pay it again. The automatic renewal you had chosen, however, is not on: PayPal did not let us keep your account for future charges.

Services without automatic renewal
- mario.rossi@pec.example
- archivio-rossi

What it means
We will not charge anything automatically, and these services will not renew themselves when they expire.

What you can do
1. Sign in to the customer area: https://clienti.saldo.example/servizi
2. Choose "Manage" next to the service, then "Automatic renewal".
3. Choose a registered PayPal account, or "New PayPal account", and confirm.
If you prefer, you can also renew by hand before the expiry.

The Saldo team

You receive this message because this is your reference address. It was sent automatically: nobody reads the replies.
We will never ask for passwords or codes by e-mail.
"""
