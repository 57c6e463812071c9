"""A browser without JavaScript: opens pages, fills in forms, presses buttons, follows redirects."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import httpx2

FRONT_END = "https://front.example"


@dataclass
class Form:
    """A form of a page: where it goes, what it sends, and its buttons by text."""

    method: str
    action: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: dict[str, dict[str, str]] = field(default_factory=dict)


class Forms(HTMLParser):
    """Reads the forms of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []
        self.button: dict[str, str] | None = None
        self.label = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append(Form(method=values["method"], action=values["action"]))
        elif tag == "input" and (values.get("type") != "radio" or "checked" in values):
            self.found[-1].fields[values["name"]] = values.get("value", "")
        elif tag == "button":
            self.button = {values["name"]: values["value"]} if "name" in values else {}
            self.label = ""

    def handle_data(self, data: str) -> None:
        self.label += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "button" and self.button is not None:
            self.found[-1].buttons[" ".join(self.label.split())] = self.button
            self.button = None


class Browser:
    """The payer's browser; it stops at the shop it came from, which is not there."""

    def __init__(self, http: httpx2.AsyncClient | None = None, *, shop: str = FRONT_END) -> None:
        self.http = http or httpx2.AsyncClient(follow_redirects=False, timeout=30)
        self.shop = shop
        self.url = ""
        self.page = httpx2.Response(204)

    async def open(self, url: str) -> None:
        """Open a page and follow where it leads."""
        await self.take(url, await self.http.get(url))

    async def press(self, button: str, *, follow: bool = True, **typed: str) -> None:
        """Fill in the fields and press the button that begins with that text."""
        forms = Forms()
        forms.feed(self.page.text)
        form, extra = next(
            (form, extra)
            for form in forms.found
            for text, extra in form.buttons.items()
            if text.startswith(button) and set(typed) <= set(form.fields)
        )
        url, values = urljoin(self.url, form.action), {**form.fields, **typed, **extra}
        response = await (
            self.http.post(url, data=values) if form.method == "post" else self.http.get(url, params=values)
        )
        await self.take(url, response, follow=follow)

    async def take(self, url: str, response: httpx2.Response, *, follow: bool = True) -> None:
        """Show the answer, after its redirects; without ``follow``, stop at the first address it redirects to."""
        self.url, self.page = url, response
        while self.page.is_redirect:
            self.url = urljoin(self.url, self.page.headers["location"])
            if not follow or self.url.startswith(self.shop):
                return
            self.page = await self.http.get(self.url)

    @property
    def at_front_end(self) -> bool:
        return self.url.startswith(FRONT_END) and bool(urlsplit(self.url).query)

    async def sign_in_and_accept(self, approve_url: str, *, payer: str) -> None:
        """Do what the payer does on PayPal's pages: "Accedi", "Accetta e continua"."""
        await self.open(approve_url)
        await self.press("Accedi", email=f"{payer}@payer.example", password="secret")
        await self.press("Accetta e continua")

    async def create_account_and_accept(self, approve_url: str, *, email: str) -> None:
        """Do what a payer without an account does: "Crea un conto", then "Accetta e continua"."""
        await self.open(approve_url)
        await self.press("Crea un conto")
        await self.press("Crea il conto", given_name="Luca", surname="Verdi", email=email, password="secret")
        await self.press("Accetta e continua")
