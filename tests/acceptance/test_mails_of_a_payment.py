"""What the customer reads after a payment, word for word."""

from tests.acceptance.sales import MIXED, PEC, open_shop
from tests.factories import make_account
from tests.harness.evidence import correspondence
from tests.harness.journeys import pay_with_new, pay_with_registered
from tests.harness.product import Product


async def test_the_confirmation_of_a_mixed_order_lists_every_line(product: Product) -> None:
    shop = await open_shop(product, MIXED)
    account = await product.register(make_account(shop.customer))
    client = await product.signed_in(shop.customer)

    confirmed = await pay_with_registered(client, shop.order, account)

    await product.mails(3)
    reference = confirmed["payment"]["outcome"]["payPalReference"]
    assert (
        product.mailbox.text("Conferma pagamento")
        == f"""\
Gentile Mario Rossi,

grazie: abbiamo ricevuto il tuo pagamento e lo abbiamo registrato. Non devi fare altro.

Ordine: {shop.order.number}
Pagato il: 8 marzo 2025, ore 10:30 (ora di Roma)
Account PayPal: m•••@example.com
Riferimento PayPal: {reference}

Che cosa hai pagato (IVA inclusa)
- PEC: 36,60 €
- FIRMA_DIGITALE: 43,92 €
- SPID: 30,38 €
- MARCA_TEMPORALE: 18,30 €

Imponibile: 105,90 €
IVA 22 %: 23,30 €
Totale pagato: 129,20 €

Questo messaggio non sostituisce la fattura. Trovi l'ordine e i tuoi servizi nell'area clienti:
https://front.example

Il team Saldo

Ricevi questo messaggio perché questo è il tuo indirizzo di riferimento. È un messaggio automatico: \
le risposte non vengono lette.
Non ti chiederemo mai password o codici per e-mail.
"""
    )


async def test_each_renewed_service_has_a_mail_of_its_own_with_its_own_dates(product: Product) -> None:
    shop = await open_shop(product, MIXED)
    spid = shop.services[2]
    account = await product.register(make_account(shop.customer))
    client = await product.signed_in(shop.customer)

    await pay_with_registered(client, shop.order, account)

    assert await correspondence(product, 3) == shop.letters(renewals=True)
    assert (
        product.mailbox.text(f"Attivazione rinnovo automatico per il servizio {spid.label}")
        == f"""\
Gentile Mario Rossi,

il rinnovo automatico del tuo servizio è attivo: alla scadenza pensiamo a tutto noi.

Servizio: {spid.label} (SPID)
Account PayPal: m•••@example.com
Durata del rinnovo: 2 anni
Prossima scadenza: 8 marzo 2027
Addebito: 1º marzo 2027, 7 giorni prima della scadenza
Puoi disattivarlo fino a: 28 febbraio 2027, ore 24:00 (ora di Roma)

Che cosa succede alla prossima scadenza
- 30 giorni prima ti mandiamo un promemoria con la data dell'addebito e il termine per disdire, \
come previsto dall'art. 65-bis del Codice del consumo. Se mancano già meno di 30 giorni, te lo mandiamo subito.
- 7 giorni prima addebitiamo il rinnovo sull'account PayPal indicato sopra.
- Il servizio si rinnova per la stessa durata a partire dalla scadenza: non perdi neanche un giorno.

Se cambi idea
Puoi disattivare il rinnovo automatico in qualsiasi momento dall'area clienti: scegli "Gestisci" accanto al servizio \
e poi "Rinnovo automatico".
https://front.example
Se lo disattivi entro il termine indicato sopra, non ti addebitiamo nulla. Dopo quel termine è troppo tardi per \
fermare l'addebito in corso, e la disattivazione vale per le scadenze successive.

Il team Saldo

Ricevi questo messaggio perché questo è il tuo indirizzo di riferimento. È un messaggio automatico: \
le risposte non vengono lette.
Non ti chiederemo mai password o codici per e-mail.
"""
    )


async def test_an_english_speaking_customer_reads_both_mails_in_english(product: Product) -> None:
    shop = await open_shop(product, PEC, locale="en")
    [pec] = shop.services
    client = await product.signed_in(shop.customer)

    payment_id = await pay_with_new(client, shop.order, creates="luca.verdi@posta.example")

    activated = f"Automatic renewal activated for the service {pec.label}"
    assert await correspondence(product, 2) == [
        (activated, shop.customer.email),
        ("Payment confirmation", shop.customer.email),
    ]
    outcome = (await client.payment(payment_id))["outcome"]
    assert (
        product.mailbox.text("Payment confirmation")
        == f"""\
Dear Mario Rossi,

thank you: we have received your payment and registered it. There is nothing else for you to do.

Order: {shop.order.number}
Paid on: 8 March 2025, 10:30 (Rome time)
PayPal account: l•••@posta.example
PayPal reference: {outcome["payPalReference"]}

What you paid for (VAT included)
- PEC: €36.60

Net amount: €30.00
VAT 22%: €6.60
Total paid: €36.60

This message does not replace the invoice. You will find the order and your services in the customer area:
https://front.example

The Saldo team

You receive this message because this is your reference address. It was sent automatically: nobody reads the replies.
We will never ask for passwords or codes by e-mail.
"""
    )
    assert (
        product.mailbox.text(activated)
        == f"""\
Dear Mario Rossi,

automatic renewal of your service is on: when it expires, we take care of everything.

Service: {pec.label} (PEC)
PayPal account: l•••@posta.example
Renewal term: 1 year
Next expiry: 8 March 2027
Charge: 1 March 2027, 7 days before expiry
You can switch it off until: 28 February 2027, 24:00 (Rome time)

What happens at the next expiry
- 30 days before, we send you a reminder with the date of the charge and the last moment to cancel, \
as required by art. 65-bis of the Italian Consumer Code. If fewer than 30 days are left already, we send it at once.
- 7 days before, we charge the renewal to the PayPal account shown above.
- The service is renewed for the same term, counted from its expiry: you do not lose a single day.

If you change your mind
You can switch automatic renewal off at any time in the customer area: choose "Manage" next to the service, \
then "Automatic renewal".
https://front.example
If you switch it off before the moment shown above, you will not be charged. After that it is too late to stop \
the charge under way, and switching off takes effect from the following expiry.

The Saldo team

You receive this message because this is your reference address. It was sent automatically: nobody reads the replies.
We will never ask for passwords or codes by e-mail.
"""
    )
