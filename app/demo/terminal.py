"""What the demo says in the terminal: where everything is, whom to sign in as, and each mail as it arrives."""

import asyncio
from datetime import datetime
from typing import Any

import httpx2

from app.demo.customers import CUSTOMERS, PASSWORD
from app.demo.settings import DemoSettings

LOOK_EVERY_SECONDS = 0.5
WELCOME = """
Saldo is running. Ctrl-C stops it; `make demo` again keeps the data, `make demo RESET=1` begins anew.

  GraphiQL           {settings.api_url}/graphql    the conversation: one tab a step, from left to right
  Mails              {settings.catcher_url}            every mail that the demo sends
  Clock              {settings.api_url}/time       go to the notice, the charge or the expiry of a service
  Simulated PayPal   {settings.simulator_url}            who pays, and how each of them behaves

Sign in as, with the password "{password}":

{logins}

GraphiQL opens signed in as the first of them. Paste this into a new tab to see what there is to pay:

  {{
    viewer {{
      orders(filter: {{ status: [AWAITING_PAYMENT] }}) {{ nodes {{ number total {{ gross {{ amount }} }} }} }}
    }}
  }}

The logs are in {settings.demo_directory}. Mails, as they arrive:
"""


def welcome(settings: DemoSettings) -> str:
    """Return what is printed once everything answers."""
    logins = "\n".join(f"  {each.username}   {each.display_name}: {each.says}" for each in CUSTOMERS)
    return WELCOME.format(settings=settings, password=PASSWORD, logins=logins)


async def tell_mails(catcher_url: str, *, told: int) -> None:
    """Print one line for each mail after the one with the number ``told``, as they arrive."""
    async with catcher(catcher_url) as http:
        while True:
            mails = await look(http)
            for mail in reversed(mails):
                if mail["number"] > told:
                    say(f"  {datetime.now():%H:%M:%S}  {mail['Subject']}  →  {mail['To']}")
            told = max(told, newest(mails))
            await asyncio.sleep(LOOK_EVERY_SECONDS)


async def last_mail(catcher_url: str) -> int:
    """Return the number of the newest mail, 0 when there is none."""
    async with catcher(catcher_url) as http:
        return newest(await look(http))


def catcher(url: str) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(base_url=url, trust_env=False)


async def look(http: httpx2.AsyncClient) -> list[dict[str, Any]]:
    """Return the catcher's mails, newest first; none while it does not answer."""
    try:
        mails: list[dict[str, Any]] = (await http.get("/api/mails")).json()["mails"]
    except httpx2.TransportError:
        return []
    return mails


def newest(mails: list[dict[str, Any]]) -> int:
    return max((mail["number"] for mail in mails), default=0)


def say(text: str) -> None:
    print(text, flush=True)  # at once, also into a pipe
