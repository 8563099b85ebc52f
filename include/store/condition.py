"""The condition of our Postgres: whether it can be written, how fast, and how much room it has."""

import time
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from include.errors import StoreTrouble
from include.store import signs_of_life
from include.store.engine import MIGRATIONS, Store

LONGEST_MS = 10_000  # a row that takes longer than this is waited for no more


@dataclass(frozen=True)
class Condition:
    """What writing one row showed. ``data_directory`` is where the data is, None when we may not know."""

    wrote_ms: int
    clock: datetime
    current: bool
    data_directory: str | None


def condition(store: Store, part: str, every_s: int) -> Condition:
    """Write the heartbeat of a part, and say how that went. Raises StoreTrouble, NoTables."""
    began = time.monotonic()
    try:
        with store.begin() as tx:
            tx.execute(text("SELECT set_config('statement_timeout', :most, true)"), {"most": str(LONGEST_MS)})
            clock = tx.execute(text("SELECT clock_timestamp()")).scalar_one()
            signs_of_life.beat(tx, part, clock, every_s)
            current = MigrationContext.configure(tx).get_current_revision() == _newest()
    except ProgrammingError:
        raise
    except DBAPIError as error:
        said = str(error.orig).strip() or type(error).__name__
        answers = bool(getattr(error.orig, "pgcode", None))
        raise StoreTrouble(said.splitlines()[0], answers=answers) from error
    return Condition(round(1000 * (time.monotonic() - began)), clock, current, _data_directory(store))


@cache
def _newest() -> str | None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return ScriptDirectory.from_config(config).get_current_head()


def _data_directory(store: Store) -> str | None:
    try:
        with store.begin() as tx:
            return str(tx.execute(text("SHOW data_directory")).scalar_one())
    except ProgrammingError:  # not for everybody to know
        return None
