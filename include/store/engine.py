"""How we connect to our Postgres, and bring its tables up to date."""

import os
from contextlib import AbstractContextManager
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.exc import OperationalError, ProgrammingError

from include.errors import NotConfigured

Transaction = Connection  # what the queries of this package take
NoTables = ProgrammingError  # the tables are not there, or not those of this version
StoreAway = OperationalError  # the database cannot be reached, or closed the connection

NO_RIGHT = "42501"  # insufficient_privilege
MIGRATIONS = Path(__file__).parent / "migrations"


@cache
def engine(url: str) -> Engine:
    """Return the pool of this process and URL; it connects when first used."""
    made = create_engine(url, pool_size=5, max_overflow=15, pool_pre_ping=True, connect_args={"connect_timeout": 5})
    # the scheduler forks a process for each task: two processes at one connection would mix their transactions
    os.register_at_fork(after_in_child=lambda: made.dispose(close=False))
    return made


class Store:
    """Opens transactions in our Postgres: ``with store.begin() as tx`` commits all of its block, or nothing of it."""

    def __init__(self, url: str) -> None:
        self.url = url

    def begin(self) -> AbstractContextManager[Transaction]:
        """Open a transaction."""
        return engine(self.url).begin()


def migrate(url: str) -> None:
    """Create or upgrade the tables. Raises NotConfigured for a role that may not."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = url
    try:
        command.upgrade(config, "head")
    except ProgrammingError as error:
        if getattr(error.orig, "pgcode", "") != NO_RIGHT:
            raise
        raise NotConfigured("KOPPEL_STORE_URL: koppel migrate takes the role that owns the database") from None
