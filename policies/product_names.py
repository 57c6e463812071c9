"""What the products are called on screens and in mails; the names are the same in both languages."""

from collections.abc import Mapping

from models.enums import Product

PRODUCT_NAMES: Mapping[Product, str] = {
    Product.PEC: "PEC",
    Product.SPID: "SPID",
    Product.FATTURAZIONE_PA: "Fatturazione PA",
    Product.CONSERVAZIONE: "Conservazione",
    Product.FIRMA_DIGITALE: "Firma Digitale",
    Product.MARCA_TEMPORALE: "Marca Temporale",
}
