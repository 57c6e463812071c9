"""The budgets of all callers of this process, one for trusted documents and a smaller one for free text."""

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime

from policies.rate_limits import Account, Allowance, charge, remaining
from schema.rate_limit import Quote

MOST_CALLERS = 50_000  # remembered at a time; the one not seen for longest is forgotten


@dataclass(kw_only=True, slots=True)
class Budgets:
    """What every caller has spent in the present window."""

    trusted: Allowance
    free_text: Allowance
    accounts: OrderedDict[tuple[str, bool], Account] = field(default_factory=OrderedDict)

    def charge(self, caller: str, *, cost: int, trusted: bool, now: datetime, dry_run: bool = False) -> Quote:
        """Take the cost from the caller's budget and say what is left; a dry run only says."""
        allowance, key = self.trusted if trusted else self.free_text, (caller, trusted)
        before = self.accounts.get(key)
        charged = charge(before, cost=cost, allowance=allowance, now=now)
        account = charged.account
        if dry_run:
            account = remaining(before, allowance=allowance, now=now)
        else:
            self.accounts[key] = account
            self.accounts.move_to_end(key)
            while len(self.accounts) > MOST_CALLERS:
                self.accounts.popitem(last=False)
        return Quote(
            limit=allowance.points,
            cost=cost,
            remaining=allowance.points - account.spent,
            resets_at=account.resets_at,
            accepted=charged.accepted or dry_run,
        )
