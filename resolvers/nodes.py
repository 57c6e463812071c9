"""Finds any row by its global id, whose prefix names the loader."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from strawberry.dataloader import DataLoader

from models import ids, tables
from schema.context import Loaders

NodeRow: TypeAlias = tables.Customer | tables.Service | tables.Order | tables.Payment | tables.PayPalAccount
LOADER_OF: Mapping[str, Callable[[Loaders], DataLoader[str, Any]]] = {
    ids.SERVICE: lambda loaders: loaders.service,
    ids.ORDER: lambda loaders: loaders.order,
    ids.PAYMENT: lambda loaders: loaders.payment,
    ids.ACCOUNT: lambda loaders: loaders.account,
}


async def load_node(loaders: Loaders, id: str, *, viewer: tables.Customer | None) -> NodeRow | None:
    """Return the viewer's row with this id; None for unknown, foreign and malformed ids alike."""
    if viewer and viewer.id == id:
        return viewer
    prefix, _, _ = id.partition("_")
    if (loader_of := LOADER_OF.get(prefix)) is None:
        return None
    row: NodeRow | None = await loader_of(loaders).load(id)
    return row
