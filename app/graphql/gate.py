"""What every operation of a process must pass: the documents that may be run, and the budgets of the callers."""

from dataclasses import dataclass

from app.graphql.budgets import Budgets
from app.graphql.documents import Documents


@dataclass(frozen=True, kw_only=True, slots=True)
class Gate:
    """The documents and budgets of this process."""

    documents: Documents
    budgets: Budgets
