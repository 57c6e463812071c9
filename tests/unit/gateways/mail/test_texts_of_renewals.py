"""What the mails of a renewal say, word for word in both languages."""
# ruff: noqa: E501 - the lines of a mail are as long as its paragraphs

from html import unescape

import pytest

from models.enums import EmailKind, PaymentFailureCode, RenewalObstacle
from models.money import Money
from tests.unit.gateways.mail.examples import ACTIVATED, ANNOUNCED, NOT_RENEWED, WARNED, rendered

BY_OBSTACLE = set(RenewalObstacle) - {
    RenewalObstacle.CHARGE_FAILED,  # told by the failure
    RenewalObstacle.PRICE_MISSING,  # an operator's affair: told once there is a price
    RenewalObstacle.SERVICE_NOT_ACTIVE,
    RenewalObstacle.ORDER_CANCELED,  # the customer knows
    RenewalObstacle.POSSIBLY_PAID,  # nobody knows yet
}


def test_expiry_warning_in_italian() -> None:
    mail = rendered(EmailKind.EXPIRY_WARNING, "it")

    assert mail.subject == "Servizio in scadenza: mario.rossi@pec.example, 8 dicembre 2027"
    assert mail.text == EXPIRY_WARNING_IT


def test_expiry_warning_in_english() -> None:
    mail = rendered(EmailKind.EXPIRY_WARNING, "en")

    assert mail.subject == "Service about to expire: mario.rossi@pec.example, 8 December 2027"
    assert mail.text == EXPIRY_WARNING_EN


def test_renewal_notice_in_italian() -> None:
    mail = rendered(EmailKind.RENEWAL_NOTICE, "it")

    assert mail.subject == "Rinnovo automatico del servizio mario.rossi@pec.example, addebito: 1º dicembre 2027"
    assert mail.text == RENEWAL_NOTICE_IT


def test_renewal_notice_in_english() -> None:
    mail = rendered(EmailKind.RENEWAL_NOTICE, "en")

    assert mail.subject == "Automatic renewal of the service mario.rossi@pec.example, charge: 1 December 2027"
    assert mail.text == RENEWAL_NOTICE_EN


def test_renewal_failed_in_italian() -> None:
    mail = rendered(EmailKind.RENEWAL_FAILED, "it")

    assert mail.subject == "Rinnovo automatico non riuscito per il servizio mario.rossi@pec.example"
    assert mail.text == RENEWAL_FAILED_IT


def test_renewal_failed_in_english() -> None:
    mail = rendered(EmailKind.RENEWAL_FAILED, "en")

    assert mail.subject == "Automatic renewal failed for the service mario.rossi@pec.example"
    assert mail.text == RENEWAL_FAILED_EN


def test_a_warning_without_automatic_renewal_asks_to_renew_by_hand() -> None:
    by_hand = WARNED.model_copy(update={"charge_on": None, "account": None})

    italian, english = (rendered(EmailKind.EXPIRY_WARNING, locale, by_hand).text for locale in ("it", "en"))

    assert italian.splitlines()[2:7] == [
        "il tuo servizio sta per scadere. Il rinnovo automatico non è attivo: se vuoi continuare a usarlo, rinnovalo prima della scadenza.",
        "",
        "Servizio: mario.rossi@pec.example (PEC)",
        "Scadenza: 8 dicembre 2027",
        "",
    ]
    assert english.splitlines()[2:7] == [
        "your service is about to expire. Automatic renewal is off: if you want to keep using it, renew it before its expiry.",
        "",
        "Service: mario.rossi@pec.example (PEC)",
        "Expiry: 8 December 2027",
        "",
    ]


def test_a_service_without_grace_is_lost_at_its_expiry() -> None:
    lost = WARNED.model_copy(update={"renewable_until": WARNED.expires_on})

    assert (
        "non si può più recuperare: per averlo di nuovo va acquistato"
        in rendered(EmailKind.EXPIRY_WARNING, "it", lost).text
    )
    assert "must be bought anew" in rendered(EmailKind.EXPIRY_WARNING, "en", lost).html


@pytest.mark.parametrize("locale", ["it", "en"])
def test_only_consumers_are_told_of_the_consumer_code(locale: str) -> None:
    business = ANNOUNCED.model_copy(update={"consumer": False})

    assert "65-bis" in rendered(EmailKind.RENEWAL_NOTICE, locale).text
    assert "65-bis" not in rendered(EmailKind.RENEWAL_NOTICE, locale, business).html


@pytest.mark.parametrize("locale", ["it", "en"])
def test_every_reason_has_words_of_its_own(locale: str) -> None:
    by_failure = [{"failure": code} for code in PaymentFailureCode]
    by_obstacle = [{"failure": None, "obstacle": obstacle} for obstacle in BY_OBSTACLE]

    said = [
        rendered(EmailKind.RENEWAL_FAILED, locale, NOT_RENEWED.model_copy(update=reason)).text.splitlines()[2]
        for reason in by_failure + by_obstacle
    ]

    assert all(": " in sentence and ":  " not in sentence for sentence in said)
    assert (
        len(set(said)) == 11
    )  # an account lost is told alike by PayPal and by us, and so are refusals without a reason


def test_a_price_above_the_limit_is_told_beside_it() -> None:
    facts = NOT_RENEWED.model_copy(
        update={"failure": None, "obstacle": RenewalObstacle.PRICE_ABOVE_MAXIMUM, "maximum": Money(3500)}
    )

    italian, english = (rendered(EmailKind.RENEWAL_FAILED, locale, facts) for locale in ("it", "en"))

    label = "mario.rossi@pec.example"
    assert italian.subject == f"Il prezzo supera il tuo limite: il rinnovo del servizio {label} aspetta te"
    assert english.subject == f"The price exceeds your limit: the renewal of the service {label} waits for you"
    assert "non è partito: il prezzo supera il limite che hai indicato, quindi decidi tu." in italian.text
    assert "\nImporto: 36,60 €\nIl tuo limite: 35,00 €\n" in italian.text
    assert "was not made: the price exceeds the limit that you have set, so you decide." in english.text
    assert "\nAmount: €36.60\nYour limit: €35.00\n" in english.text
    assert "35,00 €" in italian.html
    assert "€35.00" in english.html


def test_an_account_that_is_lost_is_to_be_replaced() -> None:
    lost = NOT_RENEWED.model_copy(update={"account_lost": True, "failure": PaymentFailureCode.CONSENT_REVOKED})

    assert "scegli un altro account PayPal" in rendered(EmailKind.RENEWAL_FAILED, "it", lost).text
    assert "choose another PayPal account" in rendered(EmailKind.RENEWAL_FAILED, "en", lost).html


def test_whoever_switched_off_meanwhile_is_not_told_that_it_stays_on() -> None:
    off = NOT_RENEWED.model_copy(update={"switched_off": True})

    italian, english = (rendered(EmailKind.RENEWAL_FAILED, locale, off) for locale in ("it", "en"))

    for words in (italian.text, italian.html):
        assert "Il rinnovo automatico di questo servizio è disattivato: alle prossime scadenze" in words
        assert "resta attivo" not in words
    for words in (english.text, english.html):
        assert "Automatic renewal of this service is switched off: nothing will be charged" in words
        assert "stays on" not in words


def test_renewal_that_goes_on_too_late_for_this_expiry_promises_no_charge() -> None:
    late = ACTIVATED.model_copy(update={"charge_on": None, "stoppable_until": None})

    italian, english = (rendered(EmailKind.RENEWAL_ACTIVATED, locale, late) for locale in ("it", "en"))

    for words in (italian.text, unescape(italian.html)):
        assert "Puoi disattivarlo fino a" not in words
        assert "attivo per le scadenze successive. Alla prossima, 1º dicembre 2027, non addebitiamo nulla" in words
        assert "Che cosa succede alle scadenze successive" in words
    for words in (english.text, english.html):
        assert "on for the following expiries. At the next one, 1 December 2027, nothing is charged" in words
        assert "You can switch it off until" not in words


def test_renewal_that_goes_on_between_two_attempts_names_the_next_one() -> None:
    between = ACTIVATED.model_copy(update={"retry": True})

    italian, english = (rendered(EmailKind.RENEWAL_ACTIVATED, locale, between) for locale in ("it", "en"))

    for words in (italian.text, unescape(italian.html)):
        assert "24 novembre 2027, nuovo tentativo dopo quello rifiutato" in words
        assert "Che cosa succede alle scadenze successive" in words
    for words in (english.text, english.html):
        assert "24 November 2027, a new attempt after the one refused" in words
        assert "What happens at the following expiries" in words


def test_a_service_that_is_gone_has_no_order_to_pay() -> None:
    gone = NOT_RENEWED.model_copy(
        update={"order_number": None, "gross": None, "failure": None, "obstacle": RenewalObstacle.TOO_LATE}
    )

    italian, english = (rendered(EmailKind.RENEWAL_FAILED, locale, gone).text for locale in ("it", "en"))

    assert "Il servizio non si può più rinnovare." in italian
    assert "Ordine" not in italian
    assert "The service cannot be renewed any more." in english
    assert "Order" not in english


EXPIRY_WARNING_IT = """\
Gentile Mario Rossi,

il tuo servizio scade entro tre mesi. Il rinnovo automatico è attivo: lo rinnoviamo noi, e prima dell'addebito ti scriviamo importo e termine per disdire.

Servizio: mario.rossi@pec.example (PEC)
Scadenza: 8 dicembre 2027
Addebito: 1º dicembre 2027
Account PayPal: m•••@example.com

Che cosa succede dopo la scadenza
Un servizio scaduto funziona in modo limitato. Ultimo giorno per rinnovarlo: 7 marzo 2028. Poi viene cancellato, e non si può più recuperare.

Trovi il servizio nell'area clienti:
https://clienti.saldo.example/servizi

Il team Saldo

Ricevi questo messaggio perché questo è il tuo indirizzo di riferimento. È un messaggio automatico: le risposte non vengono lette.
Non ti chiederemo mai password o codici per e-mail.
"""

EXPIRY_WARNING_EN = """\
Dear Mario Rossi,

your service expires within three months. Automatic renewal is on: we renew it, and before the charge we write to you the amount and until when you can cancel.

Service: mario.rossi@pec.example (PEC)
Expiry: 8 December 2027
Charge: 1 December 2027
PayPal account: m•••@example.com

What happens after the expiry
An expired service works in a limited way. Last day to renew it: 7 March 2028. Then it is deleted and cannot be recovered.

You will find the service in the customer area:
https://clienti.saldo.example/servizi

The Saldo team

You receive this message because this is your reference address. It was sent automatically: nobody reads the replies.
We will never ask for passwords or codes by e-mail.
"""

RENEWAL_NOTICE_IT = """\
Gentile Mario Rossi,

il tuo servizio sta per scadere e il suo rinnovo automatico è attivo: lo rinnoviamo noi, e tu non devi fare nulla. Te ne diamo avviso come previsto dall'art. 65-bis del Codice del consumo.

Servizio: mario.rossi@pec.example (PEC)
Scadenza: 8 dicembre 2027
Addebito: 1º dicembre 2027
Importo: 36,60 €, di cui IVA 22 % 6,60 €
Account PayPal: m•••@example.com
Durata del rinnovo: 1 anno
Nuova scadenza: 8 dicembre 2028
Puoi disdire fino a: 30 novembre 2027, ore 24:00 (ora di Roma)

Se non vuoi rinnovare
Disattiva il rinnovo automatico nell'area clienti entro il termine indicato sopra: scegli "Gestisci" accanto al servizio e poi "Rinnovo automatico". Non ti addebitiamo nulla, e il servizio resta attivo fino alla scadenza.
https://clienti.saldo.example/servizi

Se PayPal rifiuta l'addebito
Riproviamo 5, 3 e 1 giorno prima della scadenza. Se non riesce, te lo scriviamo: troverai l'ordine di rinnovo in "Attesa pagamento" e potrai pagarlo tu.

Il team Saldo

Ricevi questo messaggio perché questo è il tuo indirizzo di riferimento. È un messaggio automatico: le risposte non vengono lette.
Non ti chiederemo mai password o codici per e-mail.
"""

RENEWAL_NOTICE_EN = """\
Dear Mario Rossi,

your service is about to expire and its automatic renewal is on: we renew it, and there is nothing for you to do. We give you notice of it as required by art. 65-bis of the Italian Consumer Code.

Service: mario.rossi@pec.example (PEC)
Expiry: 8 December 2027
Charge: 1 December 2027
Amount: €36.60, including VAT 22% €6.60
PayPal account: m•••@example.com
Renewal term: 1 year
New expiry: 8 December 2028
You can cancel until: 30 November 2027, 24:00 (Rome time)

If you do not want to renew
Switch automatic renewal off in the customer area before the moment shown above: choose "Manage" next to the service, then "Automatic renewal". We will charge nothing, and the service stays active until its expiry.
https://clienti.saldo.example/servizi

If PayPal declines the charge
We try again 5, 3 and 1 day before the expiry. Should that fail, we write to you: you will find the renewal order waiting for payment and can pay it yourself.

The Saldo team

You receive this message because this is your reference address. It was sent automatically: nobody reads the replies.
We will never ask for passwords or codes by e-mail.
"""

RENEWAL_FAILED_IT = """\
Gentile Mario Rossi,

il rinnovo automatico del tuo servizio non è riuscito: PayPal ha rifiutato l'addebito, per esempio perché il saldo o la carta collegata non bastano. Non ti abbiamo addebitato nulla.

Servizio: mario.rossi@pec.example (PEC)
Scadenza: 8 dicembre 2027
Account PayPal: m•••@example.com
Ordine: R7K3M9Q2X4
Importo: 36,60 €
Ultimo giorno per pagarlo: 7 marzo 2028

Che cosa puoi fare
1. Accedi all'area clienti: https://clienti.saldo.example/servizi
2. Scegli "Gestisci" accanto al servizio: trovi l'ordine in "Attesa pagamento".
3. Scegli "Paga", con qualsiasi account PayPal; se non vuoi rinnovare, scegli "Annulla".
Il rinnovo automatico resta attivo, con lo stesso account, per le scadenze successive.

Il team Saldo

Ricevi questo messaggio perché questo è il tuo indirizzo di riferimento. È un messaggio automatico: le risposte non vengono lette.
Non ti chiederemo mai password o codici per e-mail.
"""

RENEWAL_FAILED_EN = """\
Dear Mario Rossi,

the automatic renewal of your service has failed: PayPal declined the charge, for instance because the balance or the linked card does not cover it. We have not charged you anything.

Service: mario.rossi@pec.example (PEC)
Expiry: 8 December 2027
PayPal account: m•••@example.com
Order: R7K3M9Q2X4
Amount: €36.60
Last day to pay it: 7 March 2028

What you can do
1. Sign in to the customer area: https://clienti.saldo.example/servizi
2. Choose "Manage" next to the service: the order is there, waiting for payment.
3. Choose "Pay", with any PayPal account; if you do not want to renew, choose "Cancel".
Automatic renewal stays on, with the same account, for the following expiries.

The Saldo team

You receive this message because this is your reference address. It was sent automatically: nobody reads the replies.
We will never ask for passwords or codes by e-mail.
"""
