"""Another process that changes a payment, as an operator's command would: it gives the payment up.

`python -m tests.harness.second_process DATABASE_URL PAYMENT_ID`
"""

import asyncio
import sys

from models import enums, tables
from models.database import Database
from tests.factories import NOW
from use_cases.cancel_payment import give_up_payment


async def give_up(url: str, payment_id: str) -> None:
    database = Database(url)
    async with database.write() as session:
        payment = await session.get_one(tables.Payment, payment_id)
        await give_up_payment(session, payment, source=enums.EventSource.OPERATOR, now=NOW, note="By telephone.")
    await database.close()


if __name__ == "__main__":
    asyncio.run(give_up(*sys.argv[1:]))
