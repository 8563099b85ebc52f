"""The clock and the sleep of a test: no test waits."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta


@dataclass
class FakeClock:
    """The clock and the sleep of a test: nothing is waited for."""

    at: datetime | None = None
    slept_s: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        return self.at or datetime.now(UTC)

    def advance(self, **step: float) -> None:
        self.at = self.now() + timedelta(**step)
