"""An account registered without a purchase, and another one removed, while the product lives and dies."""

from typing import Any

import httpx2

from models import tables
from models.database import Database
from tests.crash.journeys import Journey
from tests.crash.stage import Run
from tests.crash.verdict import assert_mails_came_once, complaints, request_ids
from tests.crash.visits import STREAM, Visit
from tests.factories import make_service, save
from tests.harness.journeys import RETURN_URL
from tests.harness.pages import Browser

REGISTER = """mutation Register($input: RegisterPayPalAccountInput!) {
  registerPayPalAccount(input: $input) {
    __typename ... on RegisterPayPalAccountPayload { approve { redirectUrl } }
  }
}"""
REMOVE = """mutation Remove($accountId: ID!) { removePayPalAccount(accountId: $accountId) { __typename } }"""
LABEL = "si.rinnova@pec.example"
HOLDER = "SELECT customer_id, account_id FROM payments WHERE id = :payment"
REGISTERED = "SELECT count(*) = 1 FROM account_setups WHERE outcome = 'REGISTERED'"
FORGOTTEN = """
    SELECT payment_token IS NULL FROM paypal_accounts JOIN payments ON paypal_accounts.id = account_id
    WHERE payments.id = :payment"""
IN_THE_BOOKS = {
    "setups": "SELECT outcome FROM account_setups",
    "accounts": """
        SELECT kept.status, payment_token IS NOT NULL, is_default, kept.id = setup.account_id
        FROM paypal_accounts AS kept, account_setups AS setup WHERE kept.customer_id = setup.customer_id ORDER BY 1""",
    "service": """
        SELECT auto_renewal, renewal_account_id = account_id FROM services, account_setups
        WHERE label = 'si.rinnova@pec.example'""",
    "consents": "SELECT kind, granted FROM consents ORDER BY kind",
    "mails": "SELECT kind, status FROM emails ORDER BY kind",
    "unfinished": "SELECT workflow_uuid, status FROM workflow_status WHERE status NOT IN ('SUCCESS', 'DELAYED')",
    "integrity": "PRAGMA integrity_check",
    "broken links": "PRAGMA foreign_key_check",
}


async def register_and_remove(visit: Visit) -> None:
    """Register an account on which a service shall renew, then remove the one that was there before.

    The owner closes the browser when the way back does not load.
    """
    service_id, former = await furnish(visit)
    wish = {"account": {}, "returnUrl": RETURN_URL, "enableRenewalFor": [service_id]}
    answer = await insist(visit, REGISTER, stream="POST register", input=wish)
    async with httpx2.AsyncClient(verify=False) as http:
        browser = Browser(http, shop=visit.url)
        await browser.sign_in_and_accept(answer["approve"]["redirectUrl"], payer="pays")
    await visit.come_back(browser.url, reloading=False)
    await visit.until(REGISTERED, job="REGISTER_ACCOUNT")
    await insist(visit, REMOVE, stream="POST remove", accountId=former)


async def furnish(visit: Visit) -> tuple[str, str]:
    """Store a PEC of the customer's; return its id and that of the account that is registered."""
    [(customer_id, account_id)] = visit.books.rows(HOLDER, payment=visit.payment_id)
    database = Database(visit.books.url)
    try:
        async with database.write() as session:
            pec = make_service(await session.get_one(tables.Customer, customer_id), label=LABEL)
            service_id = pec.id
            await save(session, pec)
    finally:
        await database.close()
    return service_id, account_id


async def insist(visit: Visit, query: str, *, stream: str, **variables: Any) -> dict[str, Any]:
    """Send the mutation until it is answered with its payload, as a client does that got no answer, or a busy one."""
    headers = {STREAM: stream}
    while True:
        try:
            response = await visit.http.post("/graphql", json={"query": query, "variables": variables}, headers=headers)
        except httpx2.TransportError:
            continue
        finally:
            headers = {}  # how often it is sent again is a matter of luck
        [answer] = response.json()["data"].values()
        if answer["__typename"].endswith("Payload"):
            return dict(answer)
        assert answer["__typename"] == "ProviderUnavailableError", answer


REGISTRATION = Journey(
    name="registration",
    go=register_and_remove,
    streams=("POST register 1", "setup 1", "GET return 1", "setup 2", "POST remove 1", "forget 1"),
    registered=True,
    done=FORGOTTEN,
)


def check_registration(run: Run) -> None:
    """Assert that one account was registered and one forgotten, under stored request ids, and everything once."""
    expected: dict[str, list[tuple[Any, ...]]] = {
        "setups": [("REGISTERED",)],
        "accounts": [("ACTIVE", 1, 1, 1), ("REMOVED", 0, 0, 0)],
        "service": [("ON", 1)],
        "consents": [("ACCOUNT_REGISTRATION", 1), ("AUTO_RENEWAL", 1)],
        "mails": [("ACCOUNT_REGISTERED", "SENT"), ("RENEWAL_ACTIVATED", "SENT")],
        "unfinished": [],
        "integrity": [("ok",)],
        "broken links": [],
    }
    found = {what: run.books.rows(query) for what, query in IN_THE_BOOKS.items()}
    wrong = [f"{what}: {found[what]}, and not {rows}" for what, rows in expected.items() if found[what] != rows]
    assert wrong == [], f"{wrong}\n{run}"
    [(setup,)] = run.books.rows("SELECT id FROM account_setups")
    assert request_ids(run, "/v3/vault") == {f"{setup}-create", f"{setup}-keep-1"}, run
    assert_mails_came_once(run)
    assert complaints(run.log) == [], run
