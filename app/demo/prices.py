"""The price list of the demo: so much a year, for every term that is on sale."""

from datetime import date

from models.enums import Product
from models.money import Money
from policies.prices import ListedPrice
from policies.renewal_terms import TERMS

NET_CENTS_A_YEAR = {
    Product.PEC: 30_00,
    Product.SPID: 4_90,
    Product.FATTURAZIONE_PA: 29_90,
    Product.CONSERVAZIONE: 49_00,
}
PRICES = tuple(
    ListedPrice(
        product=product,
        variant="standard",
        term_years=years,
        net=Money(years * cents),
        valid_from=date(2020, 1, 1),
        valid_to=None,
    )
    for product, cents in NET_CENTS_A_YEAR.items()
    for years in TERMS[product].years
)
