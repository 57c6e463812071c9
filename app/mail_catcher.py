"""The demo's mail server: takes every mail, keeps it as a file and shows it on a page; `python -m app.mail_catcher`."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from itertools import count
from pathlib import Path
from typing import Any

import uvicorn
from aiosmtpd.smtp import SMTP
from jinja2 import Environment, FileSystemLoader, select_autoescape
from pydantic_settings import BaseSettings, SettingsConfigDict
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

PAGES = Environment(loader=FileSystemLoader(Path(__file__).parent / "mail_pages"), autoescape=select_autoescape())
SANDBOX = {"Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'"}


class MailCatcherSettings(BaseSettings):
    """Settings of the mail catcher, read from variables that begin with SALDO_CATCHER_."""

    model_config = SettingsConfigDict(env_prefix="SALDO_CATCHER_", frozen=True)

    host: str = "127.0.0.1"
    port: int = 8025
    smtp_port: int = 1025
    directory: Path = Path("var/mails")


@dataclass(frozen=True, kw_only=True, slots=True)
class Mail:
    """A mail as it arrived; its number is its place in the order of arrival."""

    number: int
    message: EmailMessage

    def body(self, kind: str) -> str:
        """Return the body, ``plain`` or ``html``; empty when the mail has none."""
        part = self.message.get_body((kind,))
        return str(part.get_content()) if part is not None else ""

    def summary(self) -> dict[str, Any]:
        """Return what a list shows of it, and its text."""
        headers = {name: str(self.message[name] or "") for name in ("From", "To", "Subject", "Date", "Message-ID")}
        return {"number": self.number, **headers, "text": self.body("plain").replace("\r\n", "\n")}


class MailStore:
    """Mails as files in a directory, one each."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.directory = directory
        self.numbers = count(1 + max((int(path.stem) for path in directory.glob("*.eml")), default=0))

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        path = self.directory / f"{next(self.numbers):06d}.eml"
        await asyncio.to_thread(path.write_bytes, envelope.content)
        return "250 OK"

    def all(self) -> Sequence[Mail]:
        """Return every mail, newest first."""
        paths = sorted(self.directory.glob("*.eml"), reverse=True)
        return [self.read(path) for path in paths]

    def find(self, number: int) -> Mail:
        """Return one mail. Raises ``HTTPException`` 404 for a number that no mail has."""
        path = self.directory / f"{number:06d}.eml"
        if not path.exists():
            raise HTTPException(404, "Questa mail non c'è.")
        return self.read(path)

    def read(self, path: Path) -> Mail:
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
        assert isinstance(message, EmailMessage)
        return Mail(number=int(path.stem), message=message)


def create_mail_catcher(settings: MailCatcherSettings) -> Starlette:
    """Return the page and its API; while it runs, it takes mail on the SMTP port."""
    store = MailStore(settings.directory)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: SMTP(store, loop=loop), settings.host, settings.smtp_port)
        yield
        server.close()

    def show_list(_: Request) -> Response:
        return HTMLResponse(PAGES.get_template("list.html").render(mails=store.all()))

    def show_mail(request: Request) -> Response:
        mail = store.find(request.path_params["number"])
        return HTMLResponse(PAGES.get_template("mail.html").render(mail=mail))

    def show_html(request: Request) -> Response:
        return HTMLResponse(store.find(request.path_params["number"]).body("html"), headers=SANDBOX)

    def show_source(request: Request) -> Response:
        return PlainTextResponse(store.find(request.path_params["number"]).message.as_string())

    def list_mails(_: Request) -> Response:
        return JSONResponse({"mails": [mail.summary() for mail in store.all()]})

    routes = [
        Route("/", show_list),
        Route("/mails/{number:int}", show_mail),
        Route("/mails/{number:int}/html", show_html),
        Route("/mails/{number:int}/source", show_source),
        Route("/api/mails", list_mails),
    ]
    return Starlette(routes=routes, lifespan=lifespan)


def main() -> None:
    """Serve until interrupted."""
    settings = MailCatcherSettings()
    app = create_mail_catcher(settings)
    uvicorn.run(app, host=settings.host, port=settings.port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
