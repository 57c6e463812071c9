"""The sentences that a customer agrees to, word by word: consents name their version."""

import hashlib

import pytest

from models.money import Money
from policies.consents import MAXIMUM, REGISTRATION, REGISTRATION_ALONE, RENEWAL, TEXT_VERSION, renewal_text


@pytest.mark.parametrize(
    ("term_years", "years"),
    [(1, "per 1 anno e"), (2, "per 2 anni e"), (10, "per 10 anni e")],
)
def test_the_sentence_names_service_and_term(term_years: int, years: str) -> None:
    text = renewal_text(locale="it", service="mario.rossi@pec.example", term_years=term_years, maximum=None)

    assert text.startswith("Rinnovo automatico di mario.rossi@pec.example: alla prossima scadenza")
    assert years in text


@pytest.mark.parametrize(("term_years", "years"), [(1, "for 1 year and"), (3, "for 3 years and")])
def test_the_sentence_exists_in_english(term_years: int, years: str) -> None:
    text = renewal_text(locale="en", service="mario.rossi@pec.example", term_years=term_years, maximum=None)

    assert text.startswith("Automatic renewal of mario.rossi@pec.example: at its next expiry")
    assert years in text


@pytest.mark.parametrize("locale", ["it", "en"])
def test_the_sentence_tells_of_the_charge_the_notice_and_the_way_out(locale: str) -> None:
    text = renewal_text(locale=locale, service="PEC", term_years=1, maximum=None)

    assert "7 " in text
    assert "30 " in text
    assert ("disattivarla" in text or "disattivarlo" in text) if locale == "it" else "switch it off" in text


def test_a_braced_label_cannot_disturb_the_sentence() -> None:
    assert "{years}" in renewal_text(locale="it", service="{years}", term_years=1, maximum=None)


@pytest.mark.parametrize(
    ("locale", "sentence"),
    [
        (
            "it",
            " Se l'importo supera 1234,50 EUR, IVA inclusa, nulla viene addebitato e l'ordine di rinnovo attende te.",
        ),
        ("en", " Above 1234.50 EUR, VAT included, nothing is charged and the renewal order waits for you."),
    ],
)
def test_a_limit_is_part_of_what_is_agreed_to(locale: str, sentence: str) -> None:
    text = renewal_text(locale=locale, service="PEC", term_years=1, maximum=Money(1234_50))

    assert text == renewal_text(locale=locale, service="PEC", term_years=1, maximum=None) + sentence


def test_all_consents_speak_both_languages() -> None:
    assert set(RENEWAL) == set(MAXIMUM) == set(REGISTRATION) == set(REGISTRATION_ALONE) == {"it", "en"}


def test_another_wording_gets_another_version() -> None:
    wording = "\n".join([*RENEWAL.values(), *MAXIMUM.values(), *REGISTRATION.values()])
    digest = hashlib.sha256(wording.encode()).hexdigest()[:12]

    assert (TEXT_VERSION, digest) == ("2026-11-2", "6e8331e0a779")
    alone = hashlib.sha256("\n".join(REGISTRATION_ALONE.values()).encode()).hexdigest()[:12]
    assert (TEXT_VERSION, alone) == ("2026-11-2", "e9711c4ae713")
