"""What the API would say about a payment at this moment: computed by the fields themselves."""

from types import SimpleNamespace
from typing import Any, cast

from app.loaders import create_loaders
from models import tables
from policies.renewal_calendar import rome_day
from schema import payment_actions, payment_outcomes
from schema.context import Context, Info
from tests.property.world import World


async def answer_about(world: World, payment: tables.Payment) -> tuple[Any, Any]:
    """Return `nextAction` and `outcome` of the payment as its owner sees them."""
    today = rome_day(world.clock())
    loaders = create_loaders(
        database=world.database,
        viewer_id=payment.customer_id,
        cursor_key=b"key" * 11,
        today=today,
        payments_open=True,
    )
    context = Context(
        viewer=None,
        locale="it",
        now=world.clock(),
        today=today,
        customer_area_url="https://area.example",
        poll_after_ms=1500,
        loaders=loaders,
    )
    info = cast(Info, SimpleNamespace(context=context))
    return await payment_actions.next_action(payment, info), payment_outcomes.outcome(payment)


async def look_at(world: World, payment_id: str) -> tuple[tables.Payment, Any]:
    """Return the payment and what it waits for; it must either wait for something or have ended, and say how."""
    async with world.database.read() as session:
        payment = await session.get_one(tables.Payment, payment_id)
    action, outcome = await answer_about(world, payment)
    assert (action is None) != (outcome is None), (payment.status, action, outcome)
    return payment, action
