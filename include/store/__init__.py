"""Our Postgres: tables, queries by subject, COPY and merge, migrations. Nothing else touches the database."""

from include.store.clock import StoreClock
from include.store.engine import NoTables, Store, StoreAway, Transaction, migrate, why_away

__all__ = ["NoTables", "Store", "StoreAway", "StoreClock", "Transaction", "migrate", "why_away"]
