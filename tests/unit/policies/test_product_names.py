"""What the products are called."""

from models.enums import Product
from policies.product_names import PRODUCT_NAMES


def test_every_product_has_the_name_that_customers_know() -> None:
    assert PRODUCT_NAMES == {
        Product.PEC: "PEC",
        Product.SPID: "SPID",
        Product.FATTURAZIONE_PA: "Fatturazione PA",
        Product.CONSERVAZIONE: "Conservazione",
        Product.FIRMA_DIGITALE: "Firma Digitale",
        Product.MARCA_TEMPORALE: "Marca Temporale",
    }
