"""Where the lives of the product are played: PayPal, the mail server, the database as it is before "Procedi"."""

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path

import httpx2

from app.graphql.context import COOKIE
from app.graphql.endpoint import CLIENT_HEADER
from tests.crash.aims import Aim
from tests.crash.journeys import JOURNEYS, Journey
from tests.crash.keeper import Books, Death, Keeper, Parent
from tests.crash.points import Point
from tests.crash.visits import Visit
from tests.factories import NOW
from tests.harness.journeys import begin
from tests.harness.mailbox import Mailbox
from tests.harness.product import Product
from tests.harness.refusals import Desk, open_desk
from tests.harness.simulator import Simulator

PATIENCE_SECONDS = 60.0


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A customer before "Procedi": an open payment of 36.60 euros for the renewal of a PEC, the flag kept."""

    desk: Desk
    payment_id: str
    session: str  # the value of the cookie
    registered: bool  # the account is a registered one


@dataclass(kw_only=True)
class Run:
    """What is left when everything has come to its end."""

    scene: Scene
    books: Books
    simulator: Simulator
    mailbox: Mailbox
    deaths: list[Death] = field(default_factory=list)
    reloads: int = 0  # of the page that PayPal leads back to
    log: str = ""  # of all lives

    @property
    def point(self) -> Point | None:
        """The point at which the first life ended."""
        return self.deaths[0].point if self.deaths else None

    def __str__(self) -> str:
        deaths = "\n".join(f"died at {death.point}" for death in self.deaths)
        return f"{deaths}\n{self.books.told()}\n{self.log}"


def copy_database(source: Path, target: Path) -> None:
    """Copy a database that may be in use."""
    with closing(sqlite3.connect(source)) as original, closing(sqlite3.connect(target)) as copy:
        original.backup(copy)


@dataclass(kw_only=True)
class Stage:
    """The product's surroundings, and its parent process."""

    directory: Path
    port: int
    parent: Parent
    simulator: Simulator
    mailbox: Mailbox
    scenes: dict[bool, Scene] = field(default_factory=dict)  # by whether the account is a registered one

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def database(self) -> Path:
        return self.directory / "saldo.db"

    @property
    def beginning(self) -> Path:
        return self.directory / "beginning.db"

    async def set_scenes(self, product: Product) -> None:
        """Bring two customers to just before "Procedi"."""
        for registered in (True, False):
            desk = await open_desk(product)
            payment_id = await begin(desk.client, desk.order)
            if registered:
                await desk.client.run("select_registered_account", paymentId=payment_id, accountId=desk.account.id)
            else:
                await desk.client.run("select_new_account", paymentId=payment_id)
            session = desk.client.http.cookies[COOKIE]
            self.scenes[registered] = Scene(desk=desk, payment_id=payment_id, session=session, registered=registered)

    async def rehearse(self) -> None:
        """Keep the database as it is now, then make the longest journey of each kind in the parent process itself.

        It has seen everything once then, and nothing has to be warmed up in each life.
        """
        self.parent.tell(rehearse=True)
        async with httpx2.AsyncClient(verify=False) as http:
            (await http.get(f"{self.url}/health")).raise_for_status()
        copy_database(self.database, self.beginning)
        for journey in (each for each in JOURNEYS if each.name in {"given back", "account kept late"}):
            with closing(Books(self.database)) as books:
                scene = self.scenes[journey.registered]
                self.forget_at_paypal(scene)
                await self.pay(journey, Run(scene=scene, books=books, simulator=self.simulator, mailbox=self.mailbox))
        self.parent.tell(enough=True)
        assert self.parent.hear() == {"ready": True}

    def begin_anew(self, scene: Scene) -> None:
        """Put everything back to where it was before "Procedi"."""
        for left in self.directory.glob("saldo.db*"):
            left.unlink()
        shutil.copy(self.beginning, self.database)
        self.forget_at_paypal(scene)
        self.mailbox.messages.clear()
        self.parent.begin_log_anew()

    def forget_at_paypal(self, scene: Scene) -> None:
        """Let PayPal know nothing but the account that is registered."""
        self.simulator.reset()
        self.simulator.ask("POST", "/clock", {"now": NOW.isoformat()})
        account = scene.desk.account
        self.simulator.store_token(
            account.payment_token or "",
            payer_email="pays+registered@payer.example",
            merchant_customer_id=account.customer_id,
        )

    @asynccontextmanager
    async def play(self, journey: Journey, *lives: Aim | float) -> AsyncIterator[Run]:
        """Let a customer pay while the lives of the product end as told; what is left at the very end can be read."""
        scene = self.scenes[journey.registered]
        self.begin_anew(scene)
        with closing(Books(self.database)) as books:
            run = Run(scene=scene, books=books, simulator=self.simulator, mailbox=self.mailbox)
            keeper = Keeper(
                parent=self.parent,
                books=books,
                simulator=self.simulator,
                lives=lives,
                dead_for=journey.dead_for,
                deaths=run.deaths,
            )
            keeping, paying = asyncio.create_task(keeper.keep()), asyncio.create_task(self.pay(journey, run))
            try:
                await asyncio.wait({keeping, paying}, timeout=PATIENCE_SECONDS, return_when=asyncio.FIRST_COMPLETED)
                run.log = self.parent.log.read_text(encoding="utf-8")
                assert paying.done(), f"it came to no end\n{run}"
                await paying
            finally:
                paying.cancel()
                keeper.stop()
                await keeping
            yield run

    async def pay(self, journey: Journey, run: Run) -> None:
        """Go the customer's way, then wait until nothing is left to be done."""
        async with httpx2.AsyncClient(
            base_url=self.url,
            cookies={COOKIE: run.scene.session},
            headers={CLIENT_HEADER: "tests"},
            limits=httpx2.Limits(max_keepalive_connections=0),  # none may hang on a process that is dead
            timeout=PATIENCE_SECONDS,
            verify=False,
        ) as http:
            visit = Visit(
                http=http,
                books=run.books,
                simulator=self.simulator,
                payment_id=run.scene.payment_id,
                url=self.url,
                restarted=lambda: bool(run.deaths),
            )
            await journey.go(visit)
            run.reloads = visit.reloads
            await visit.until(journey.done)
            await visit.until_the_end()
