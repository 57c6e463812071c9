"""What each product offers for its renewal, one row per product, with its source."""

from collections.abc import Mapping
from dataclasses import dataclass

from models.enums import Product


@dataclass(frozen=True, kw_only=True, slots=True)
class RenewalTerms:
    """Whether automatic renewal is offered, the terms on sale in years, the days before expiry on which the customer is
    warned, and the days after it to renew still.
    """

    offered: bool
    years: range
    grace_days: int
    source: str
    warning_days: int = 90

    def renewed_years(self, previous: int) -> int:
        """Return the term that repeats the previous one, brought within the limits on sale."""
        return min(max(previous, self.years.start), self.years.stop - 1)


TERMS: Mapping[Product, RenewalTerms] = {
    Product.PEC: RenewalTerms(
        offered=True,
        years=range(1, 6),
        grace_days=90,
        source="guide.pec.it/posta-pec/modalita-rinnovo/rinnovo-manuale.aspx",
    ),
    Product.SPID: RenewalTerms(
        offered=True,
        years=range(1, 3),
        grace_days=0,  # revoked at expiry: a new identity has to be bought
        source="guide.pec.it/spid/rinnovo-spid-professionale-e-aziendale/area-clienti.aspx",
    ),
    Product.FATTURAZIONE_PA: RenewalTerms(
        offered=True,
        years=range(1, 11),
        grace_days=90,  # sixty in older guides
        source="guide.pec.it/fatturazione-elettronica/modalita-rinnovo.aspx",
    ),
    Product.CONSERVAZIONE: RenewalTerms(
        offered=True,
        years=range(1, 11),
        grace_days=90,
        source="guide.pec.it/docfly-conservazione-digitale/come-rinnovare.aspx",
    ),
    Product.FIRMA_DIGITALE: RenewalTerms(
        offered=False,
        years=range(3, 4),  # the life of its certificate
        grace_days=0,  # an expired certificate cannot be renewed
        warning_days=60,  # renewable for two months
        source="guide.pec.it/caratteristiche-rinnovo-automatico.aspx, "
        "guide.pec.it/firma-digitale/come-rinnovare/aruba-enroll.aspx",
    ),
    Product.MARCA_TEMPORALE: RenewalTerms(
        offered=False,
        years=range(0),  # bought in packs and consumed: it has no term
        grace_days=0,
        source="guide.pec.it/caratteristiche-rinnovo-automatico.aspx, "
        "guide.pec.it/marca-temporale/configurazione-account.aspx",
    ),
}
