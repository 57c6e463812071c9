"""What holds for every mail, whatever it says."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

import gateways.mail
from gateways.mail.messages import FACTS
from models.enums import EmailKind
from tests.unit.gateways.mail.examples import CUSTOMER_AREA, EVERY_MAIL, EXAMPLES, PAID, rendered


class Page(HTMLParser):
    """The text a reader sees, and the addresses and tags behind it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.feed(html)
        self.text = " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_every_kind_has_facts_an_example_and_four_templates() -> None:
    templates = Path(gateways.mail.__file__).parent / "templates"
    expected = {f"{kind.lower()}.{locale}.{form}" for kind, locale in EVERY_MAIL for form in ("txt", "html")}
    words = {f"{topic}.{locale}.txt" for topic in ("refunds", "failures", "renewals") for locale in ("it", "en")}
    footers = {f"footer.{locale}.{form}" for locale in ("it", "en") for form in ("txt", "html")}
    shared = {"base.html", "parts.html"} | words | footers

    assert set(FACTS) == set(EXAMPLES) == set(EmailKind)
    assert {path.name for path in templates.iterdir()} == expected | shared


@pytest.mark.parametrize(("kind", "locale"), EVERY_MAIL)
def test_the_html_says_all_that_the_text_says(kind: EmailKind, locale: str) -> None:
    mail = rendered(kind, locale)
    page = Page(mail.html)

    unmarked = [re.sub(r"^(- |\d\. )", "", line).removesuffix(":") for line in mail.text.splitlines()]

    assert [piece for line in unmarked for piece in line.split(": ") if piece not in page.text] == []
    assert mail.subject in page.text


@pytest.mark.parametrize(("kind", "locale"), EVERY_MAIL)
def test_the_html_reaches_for_nothing_outside_but_the_customer_area(kind: EmailKind, locale: str) -> None:
    html = rendered(kind, locale).html
    page = Page(html)

    assert {value for name, value in page.attributes if name in ("href", "src", "background", "action")} == {
        CUSTOMER_AREA
    }
    assert page.tags.isdisjoint({"script", "img", "link", "iframe", "form", "object"})
    assert "url(" not in html
    assert "@import" not in html
    assert ("lang", locale) in page.attributes


@pytest.mark.parametrize(("kind", "locale"), EVERY_MAIL)
def test_hostile_names_stay_words(kind: EmailKind, locale: str) -> None:
    hostile = '<script>alert(1)</script>\r\nBcc: spia@evil.example\n\n"><img src=x onerror=y> {{ 7 * 7 }} & Figli'
    shown = '<script>alert(1)</script> Bcc: spia@evil.example "><img src=x onerror=y> {{ 7 * 7 }} & Figli'
    facts = FACTS[kind].model_validate(
        {**EXAMPLES[kind].model_dump(), "holder": hostile, "service_label": hostile, "order_number": hostile}
    )

    mail = rendered(kind, locale, facts)
    page = Page(mail.html)

    assert page.tags.isdisjoint({"script", "img"})
    assert shown in page.text
    assert f" {shown},\n" in mail.text
    assert len(mail.text.splitlines()) == len(rendered(kind, locale).text.splitlines())
    assert mail.subject.splitlines() == [mail.subject]


@pytest.mark.parametrize(
    ("locale", "greeting"),
    [("it", "Gentile"), ("it-CH", "Gentile"), ("de", "Gentile"), ("en", "Dear"), ("en-GB", "Dear")],
)
def test_whoever_does_not_read_english_is_written_to_in_italian(locale: str, greeting: str) -> None:
    assert rendered(EmailKind.PAYMENT_CONFIRMATION, locale).text.startswith(greeting)


def test_facts_of_another_kind_are_not_rendered() -> None:
    with pytest.raises(TypeError, match="RENEWAL_ACTIVATED does not report PaymentConfirmation"):
        rendered(EmailKind.RENEWAL_ACTIVATED, "it", PAID)
