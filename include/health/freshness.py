"""The one objective: archived work orders are booked within five minutes, and how much of that promise is left."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from include.context import Context
from include.store import freshness as freshness_table
from include.store.freshness import FreshnessRow

IN_TIME = timedelta(minutes=5)  # from the archive moment in Simon to the document
WINDOW = timedelta(days=30)
OBJECTIVE = 0.995


@dataclass(frozen=True)
class Freshness:
    """How fresh one tenant is, or all together.

    ``oldest_s``: age in seconds of the oldest archived work order that waits for us and not for a person, None without;
    ``share``: of the work orders of 30 days those that were booked in time, None when there were none; ``budget``: how
    much of what the objective allows to be late is left, from 1 to below 0; ``master_data_s``: age of the last look at
    the package that succeeded.
    """

    oldest_s: float | None
    booked: int
    share: float | None
    budget: float | None
    looked_s: float | None = None
    master_data_s: float | None = None

    @property
    def late(self) -> bool:
        """Whether a work order waits for longer than was promised."""
        return self.oldest_s is not None and self.oldest_s > IN_TIME.total_seconds()


def freshness(context: Context) -> tuple[Freshness, dict[str, Freshness]]:
    """Return how fresh all are together, and each active tenant."""
    now = context.now()
    with context.store.begin() as tx:
        rows = freshness_table.by_tenant(tx, now - WINDOW, IN_TIME, now)
    return _summary(rows, now), {row.slug: _summary([row], now) for row in rows}


def _summary(rows: Sequence[FreshnessRow], now: datetime) -> Freshness:
    booked, in_time = sum(row.booked for row in rows), sum(row.in_time for row in rows)
    share = in_time / booked if booked else None
    return Freshness(
        oldest_s=_age(now, [row.oldest for row in rows if row.oldest]),
        booked=booked,
        share=share,
        budget=None if share is None else 1 - (1 - share) / (1 - OBJECTIVE),
        looked_s=_age(now, [row.looked_at for row in rows if row.looked_at]),
        master_data_s=_age(now, [row.master_data_at for row in rows if row.master_data_at]),
    )


def _age(now: datetime, moments: Sequence[datetime]) -> float | None:
    """Return the age of the oldest one, in seconds."""
    return max(0.0, (now - min(moments)).total_seconds()) if moments else None
