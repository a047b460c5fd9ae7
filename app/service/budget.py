"""How many addresses new to them a caller may still learn about: one token bucket an account."""

from dataclasses import dataclass
from math import ceil

from app.service.problems import ProblemError
from app.service.store import Tx

HOUR_S = 3600


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many at once, and how many more an hour."""

    burst: int = 10_000
    per_hour: float = 6


@dataclass(frozen=True, slots=True)
class Budget:
    """What one account may still spend at one moment."""

    tokens: float
    retry_after: int
    """Seconds until there is one more."""


def look(tx: Tx, account_id: int, allowance: Allowance, now: float) -> Budget:
    """Return what an account may spend now."""
    tx.lock("account", "id", [account_id])
    row = tx.one("SELECT budget, budget_at FROM account WHERE id = ?", account_id)
    assert row is not None
    stored, at = row
    # A clock that was set back must not refill anything.
    gained = max(0.0, now - at) * allowance.per_hour / HOUR_S
    tokens = min(float(allowance.burst), stored + gained)
    if allowance.per_hour <= 0:
        return Budget(tokens, 30 * 24 * HOUR_S)
    missing = max(0.0, 1.0 - tokens % 1.0)
    return Budget(tokens, max(1, ceil(missing * HOUR_S / allowance.per_hour)))


def spend(tx: Tx, account_id: int, budget: Budget, count: int, now: float) -> None:
    """Take tokens that `look` said are there."""
    tx.run(
        "UPDATE account SET budget = ?,"
        " budget_at = CASE WHEN budget_at > ? THEN budget_at ELSE ? END WHERE id = ?",
        budget.tokens - count,
        now,
        now,
        account_id,
    )


def spend_one(tx: Tx, account_id: int, allowance: Allowance, now: float) -> None:
    """Take one token or raise 429."""
    budget = look(tx, account_id, allowance, now)
    if budget.tokens < 1:
        raise ProblemError(
            "over-budget",
            "You have looked up many new addresses; try again later.",
            retry_after=budget.retry_after,
        )
    spend(tx, account_id, budget, 1, now)
