"""How we connect to our Postgres, and bring its tables up to date."""

import os
from contextlib import AbstractContextManager
from functools import cache
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.exc import OperationalError, ProgrammingError

from include import __version__
from include.errors import NotConfigured

Transaction = Connection  # what the queries of this package take
NoTables = ProgrammingError  # the tables are not there, or not those of this version
StoreAway = OperationalError  # the database cannot be reached, or closed the connection

NO_RIGHT = "42501"  # insufficient_privilege
MIGRATIONS = Path(__file__).parent / "migrations"


# in milliseconds, so that what somebody forgot stops one statement of ours, and never the watcher or all pages
TIMEOUTS = {
    "lock_timeout": 30_000,
    "statement_timeout": 600_000,  # the whole list of a tenant is merged in one
    "idle_in_transaction_session_timeout": 300_000,
}
# what Postgres says of them, and what we say
LOCKED, CANCELLED, LEFT_IDLE = "55P03", "57014", "25P03"
SENTENCES = {
    LOCKED: "another transaction holds what is needed here; pg_stat_activity shows which one is idle in transaction",
    CANCELLED: "a statement took longer than ten minutes and was ended; see what else the database is doing",
    LEFT_IDLE: "a transaction was left open for five minutes and was ended",
}


@cache
def engine(url: str) -> Engine:
    """Return the pool of this process and URL; it connects when first used."""
    options = " ".join(f"-c {name}={milliseconds}" for name, milliseconds in TIMEOUTS.items())
    connect_args = {"connect_timeout": 5, "options": options}
    made = create_engine(url, pool_size=5, max_overflow=15, pool_pre_ping=True, connect_args=connect_args)
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


def why_away(error: StoreAway) -> str:
    """Return why the database did not do what it was asked, in a sentence of ours where there is one."""
    code = getattr(error.orig, "pgcode", None)
    return SENTENCES.get(code or "", f"the store cannot be reached: {str(error.orig).strip()}")


def migrate(url: str) -> None:
    """Create or upgrade the tables. Raises NotConfigured for a role that may not, and for tables of a newer version."""
    from alembic import command  # which takes its time to import, and everybody else uses the store without it
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = url
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        if "Can't locate revision" not in str(error):
            raise
        raise NotConfigured(
            f"the store is of a newer version of Koppel than this one ({__version__}); start that version, or put back"
            " the backup that was made before the upgrade"
        ) from None
    except ProgrammingError as error:
        if getattr(error.orig, "pgcode", "") != NO_RIGHT:
            raise
        raise NotConfigured("KOPPEL_STORE_URL: koppel migrate takes the role that owns the database") from None
