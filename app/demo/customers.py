"""The customers of the demo: between them every product, every kind of order and most ways in which a payer behaves."""

from app.demo.people import Account, Customer, Line, Order, Service
from models.enums import AutoRenewalStatus, CustomerKind, OrderOrigin, OrderStatus, Product, ServiceStatus

PASSWORD = "demo"  # noqa: S105 - printed in the terminal

MARIO = Customer(
    username="123456@aruba.it",
    says="four PayPal accounts, orders of all kinds",
    kind=CustomerKind.CONSUMER,
    display_name="Mario Rossi",
    email="mario.rossi@example.com",
    tax_code="RSSMRA80A01A390U",
    address={"street": "Via Garibaldi 12", "postal_code": "52100", "city": "Arezzo"},
    accounts=(
        Account(email="mario.rossi@example.com", behaviour="pays", nickname="Personale: paga", is_default=True),
        Account(email="m.rossi@example.org", behaviour="declined", nickname="Vecchia carta: addebito rifiutato"),
        Account(
            email="rossi.mario@example.net", behaviour="needs-action", nickname="Cauto: vuole confermare su PayPal"
        ),
        Account(email="mario80@example.org", behaviour="revoked", nickname="Accordo revocato su PayPal"),
    ),
    services=(
        Service(
            product=Product.PEC,
            label="mario.rossi@pec.example",
            status=ServiceStatus.EXPIRING,
            expires_in_days=20,
        ),
        Service(
            product=Product.PEC,
            label="famiglia.rossi@pec.example",
            status=ServiceStatus.EXPIRING,
            expires_in_days=45,  # announced in fifteen days, charged in thirty-eight
            renews_on="Personale: paga",
        ),
        Service(product=Product.SPID, label="SPID Mario Rossi", term_years=2),
        Service(product=Product.PEC, label="rossi.eventi@pec.example"),
        Service(product=Product.FIRMA_DIGITALE, label="Firma Digitale Mario Rossi", term_years=3),
        Service(product=Product.MARCA_TEMPORALE, label="100 marche temporali"),
        Service(
            product=Product.FATTURAZIONE_PA,
            label="Fatturazione PA Rossi Eventi",
            status=ServiceStatus.EXPIRED,  # and in its ninety days of grace
            expires_in_days=-30,
        ),
        Service(
            product=Product.CONSERVAZIONE,
            label="Conservazione Rossi Eventi",
            status=ServiceStatus.EXPIRING,
            expires_in_days=4,
            renews_on="Vecchia carta: addebito rifiutato",
            auto_renewal=AutoRenewalStatus.RETRYING,
        ),
        Service(
            product=Product.PEC,
            label="rossi.snc@pec.example",
            status=ServiceStatus.CANCELED,
            expires_in_days=-120,
        ),
    ),
    orders=(
        Order(
            number="SAL1001",
            placed_days_ago=2,
            renews=True,
            lines=(Line(service="mario.rossi@pec.example", description="Rinnovo casella PEC", net_cents=30_00),),
        ),
        Order(
            number="SAL1002",
            placed_days_ago=5,
            lines=(Line(service="SPID Mario Rossi", description="SPID, 2 anni", net_cents=9_80, term_years=2),),
        ),
        Order(
            number="SAL1003",
            placed_days_ago=6,
            lines=(
                Line(service="rossi.eventi@pec.example", description="Casella PEC", net_cents=30_00),
                Line(
                    service="Firma Digitale Mario Rossi",
                    description="Firma Digitale, kit USB",
                    net_cents=52_00,
                    term_years=3,
                ),
                Line(
                    service="100 marche temporali",
                    description="Pacchetto di 100 marche temporali",
                    net_cents=22_50,
                    term_years=None,
                ),
            ),
        ),
        Order(
            number="SAL1004",
            placed_days_ago=12,
            renews=True,
            lines=(
                Line(service="Fatturazione PA Rossi Eventi", description="Rinnovo Fatturazione PA", net_cents=29_90),
            ),
        ),
        Order(
            number="SAL1005",
            placed_days_ago=3,
            refused_days_ago=(3, 1),
            renews=True,
            origin=OrderOrigin.SCHEDULER,  # the automatic charge was refused: paying it leaves the renewal alone
            lines=(Line(service="Conservazione Rossi Eventi", description="Rinnovo Conservazione", net_cents=49_00),),
        ),
        Order(
            number="SAL1006",
            placed_days_ago=150,
            renews=True,  # of a service that is gone: it cannot be paid
            lines=(Line(service="rossi.snc@pec.example", description="Rinnovo casella PEC", net_cents=30_00),),
        ),
        Order(
            number="SAL0907",
            placed_days_ago=320,
            status=OrderStatus.ACTIVATED,
            paid_with="Personale: paga",
            lines=(Line(service="famiglia.rossi@pec.example", description="Casella PEC", net_cents=30_00),),
        ),
        Order(
            number="SAL0815",
            placed_days_ago=325,
            status=OrderStatus.CANCELED,
            lines=(Line(service="famiglia.rossi@pec.example", description="Spazio aggiuntivo PEC", net_cents=18_00),),
        ),
    ),
)

STUDIO_BIANCHI = Customer(
    username="234567@aruba.it",
    says="a business whose PayPal answers late or not at all",
    kind=CustomerKind.BUSINESS,
    display_name="Studio Bianchi S.r.l.",
    email="amministrazione@studiobianchi.example",
    vat_number="IT01234567897",
    address={"street": "Corso Italia 40", "postal_code": "20122", "city": "Milano"},
    accounts=(
        Account(
            email="cassa@studiobianchi.example",
            behaviour="answer-lost",
            nickname="Cassa: paga, ma la risposta si perde",
            is_default=True,
        ),
        Account(email="estero@studiobianchi.example", behaviour="review", nickname="Estero: resta in verifica"),
    ),
    services=(
        Service(
            product=Product.FATTURAZIONE_PA,
            label="Fatturazione PA Studio Bianchi",
            status=ServiceStatus.EXPIRING,
            expires_in_days=60,
            term_years=2,
            renews_on="Cassa: paga, ma la risposta si perde",
        ),
        Service(
            product=Product.PEC,
            label="studiobianchi@pec.example",
            status=ServiceStatus.ACTIVE,
            expires_in_days=400,
            renews_on="Cassa: paga, ma la risposta si perde",
        ),
        Service(product=Product.CONSERVAZIONE, label="Conservazione Studio Bianchi", term_years=3),
        Service(product=Product.SPID, label="SPID Aziendale Carla Bianchi"),
    ),
    orders=(
        Order(
            number="SAL2001",
            placed_days_ago=1,
            renews=True,  # renewal is on: paying without the flag switches it off, another account takes over
            lines=(
                Line(
                    service="Fatturazione PA Studio Bianchi",
                    description="Rinnovo Fatturazione PA, 2 anni",
                    net_cents=59_80,
                    term_years=2,
                ),
            ),
        ),
        Order(
            number="SAL2002",
            placed_days_ago=3,
            lines=(
                Line(
                    service="Conservazione Studio Bianchi",
                    description="Conservazione, 3 anni",
                    net_cents=147_00,
                    term_years=3,
                ),
                Line(service="SPID Aziendale Carla Bianchi", description="SPID Aziendale", net_cents=35_00),
            ),
        ),
    ),
)

JANE = Customer(
    username="345678@aruba.it",
    says="reads English, has no PayPal account registered yet",
    kind=CustomerKind.CONSUMER,
    display_name="Jane Smith",
    email="jane.smith@example.com",
    locale="en",
    tax_code="SMTJNA85M41Z114T",
    address={"street": "Via dei Neri 3", "postal_code": "50122", "city": "Firenze"},
    services=(
        Service(product=Product.PEC, label="jane.smith@pec.example"),
        Service(
            product=Product.FIRMA_DIGITALE,
            label="Firma Digitale Jane Smith",
            status=ServiceStatus.EXPIRING,
            expires_in_days=45,
            term_years=3,
        ),
    ),
    orders=(
        Order(
            number="SAL3001",
            placed_days_ago=1,
            lines=(Line(service="jane.smith@pec.example", description="PEC mailbox", net_cents=30_00),),
        ),
        Order(
            number="SAL3002",
            placed_days_ago=4,
            renews=True,
            lines=(
                Line(
                    service="Firma Digitale Jane Smith",
                    description="Firma Digitale renewal",
                    net_cents=38_00,
                    term_years=3,
                ),
            ),
        ),
    ),
)

CUSTOMERS = (MARIO, STUDIO_BIANCHI, JANE)
