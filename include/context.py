"""What every application function needs: made once by the DAGs, the watcher, the pages and the command line."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from cryptography.fernet import Fernet, MultiFernet

from include.errors import NotConfigured
from include.http import Http, TimeBudget
from include.installation import Installation, Retention, Terms
from include.store import NoTables, Store, StoreAway, StoreClock, migrate, why_away

__all__ = ["Context", "NoTables", "StoreAway", "migrate_store", "why_away"]


@dataclass(frozen=True)
class Context:
    """Holds the store, the cipher of the credentials, the clock, and how to wait. Nothing is opened before it is used.

    ``now`` is the store's own clock, so that leases and due times mean the same on every machine (R3.10).
    ``registered`` is what vendors gave this installation (``installation.registration``); ``allowed_hosts`` are those
    that tenants' systems may be at though they are not public, None: any. In a ``hurry``, a person waits: every session
    is impatient, and ends with that budget.
    """

    store: Store
    cipher: MultiFernet
    state: Path
    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))
    sleep: Callable[[float], None] = time.sleep
    registered: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)
    retention: Retention = field(default_factory=Retention)
    terms: Terms = field(default_factory=Terms)
    allowed_hosts: frozenset[str] | None = None
    hurry: TimeBudget | None = None

    @classmethod
    def from_environment(cls, installation: Installation | None = None) -> "Context":
        """Make one from the environment. Raises NotConfigured."""
        installation = installation or Installation.from_environment()
        try:
            cipher = MultiFernet([Fernet(key) for key in installation.keys])
        except ValueError:
            raise NotConfigured(
                "KOPPEL_KEYS holds something that is no Fernet key; use keys, comma separated"
            ) from None
        store = Store(installation.store_url)
        return cls(
            store,
            cipher,
            installation.state,
            StoreClock(store),
            registered=installation.registered,
            retention=installation.retention,
            terms=installation.terms,
            allowed_hosts=installation.allowed_hosts,
        )

    def http(self, patient: bool = True, budget: TimeBudget | None = None, *, to_ours: bool = False) -> Http:
        """Make a session; one for each system and run. An impatient one waits shortly for an answer and asks once.

        What is set up by the installation itself is ``to_ours`` and may be anywhere.
        """
        allowed = None if to_ours else self.allowed_hosts
        patient = patient and self.hurry is None
        budget = budget or self.hurry or TimeBudget()
        if patient:
            return Http(sleep=self.sleep, budget=budget, allowed=allowed)
        return Http(timeout_s=10.0, sleep=self.sleep, waiting_s=0.0, budget=budget, allowed=allowed)

    def hurried(self, seconds: float) -> "Context":
        """Return one for somebody who waits: all that it asks remote systems ends in so many seconds."""
        hurry = TimeBudget()
        hurry.allow(seconds)
        return replace(self, hurry=hurry)


def migrate_store() -> None:
    """Make or upgrade the tables of the installation's store. Raises NotConfigured, StoreAway."""
    migrate(Installation.from_environment().store_url)
