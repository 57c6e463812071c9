"""The shop's price list over the years: what it was meant to say, kept apart from our table of prices."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from models.enums import Product
from models.money import Money
from policies.prices import ListedPrice

YEARLY_CENTS = {
    Product.PEC: 30_00,
    Product.SPID: 4_90,
    Product.FATTURAZIONE_PA: 29_90,
    Product.CONSERVAZIONE: 49_00,
    Product.FIRMA_DIGITALE: 13_67,
}
TERMS = {  # in years, as they are on sale, and as often as they are drawn
    Product.PEC: (1, 1, 1, 2, 3, 5),
    Product.SPID: (1, 1, 2),
    Product.FATTURAZIONE_PA: (1, 1, 1, 2, 10),
    Product.CONSERVAZIONE: (1, 1, 2, 3),
    Product.FIRMA_DIGITALE: (3,),
}
ANNOUNCED_DAYS = 60  # a new price is on the list that long before it holds
GAP_DAYS = 12  # once, nobody remembers to say what Conservazione costs


@dataclass(frozen=True, kw_only=True, slots=True)
class Publication:
    """Lines that the shop puts on the list on one day."""

    on: date
    lines: tuple[ListedPrice, ...]


@dataclass(kw_only=True)
class PriceList:
    """All publications of ten years."""

    publications: list[Publication]

    def net_on(self, day: date, *, product: Product, term_years: int) -> int | None:
        """Return the net price in cents, or None while there is none; published lines only, the newest that holds."""
        holding: dict[date, int] = {}
        for publication in self.publications:
            for line in publication.lines:
                if publication.on <= day and (line.product, line.term_years) == (product, term_years):
                    if line.valid_from <= day and (line.valid_to is None or day <= line.valid_to):
                        holding[line.valid_from] = line.net.cents
                    else:
                        holding.pop(line.valid_from, None)
        return holding[max(holding)] if holding else None


def draw_prices(dice: Random, *, first_day: date, years: int) -> PriceList:
    """Draw a list that begins before everything else and changes once a year for each product."""
    publications = [Publication(on=first_day, lines=tuple(lines_of(factor=100, valid_from=date(2020, 1, 1))))]
    factor = 100
    for year in range(1, years):
        factor += dice.choice((-2, 0, 3, 5))
        since = first_day.replace(year=first_day.year + year) + timedelta(days=dice.randint(0, 300))
        lines = lines_of(factor=factor, valid_from=since)
        publications.append(Publication(on=since - timedelta(days=ANNOUNCED_DAYS), lines=tuple(lines)))
    return PriceList(publications=with_gap(publications))


def lines_of(*, factor: int, valid_from: date) -> Iterator[ListedPrice]:
    """Yield a line for each term of each product, at so many percent of the first price."""
    for product, terms in TERMS.items():
        for years in sorted(set(terms)):
            net = Money(YEARLY_CENTS[product] * years * factor // 100)
            yield ListedPrice(
                product=product, variant="standard", term_years=years, net=net, valid_from=valid_from, valid_to=None
            )


def with_gap(publications: list[Publication]) -> list[Publication]:
    """Let the price of Conservazione end some days before the fifth one begins."""
    fifth = publications[4]
    since = fifth.lines[0].valid_from
    ending = tuple(
        ListedPrice(
            product=line.product,
            variant=line.variant,
            term_years=line.term_years,
            net=line.net,
            valid_from=line.valid_from,
            valid_to=since - timedelta(days=GAP_DAYS + 1),
        )
        for publication in publications[:4]
        for line in publication.lines
        if line.product is Product.CONSERVAZIONE
    )
    publications[4] = Publication(on=fifth.on, lines=ending + fifth.lines)
    return publications
