"""A transaction that somebody forgot stops one statement of ours, and nobody else's."""

from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine, text

from include.context import Context, StoreAway, why_away
from include.store import Store
from include.store import engine as engine_module
from include.watcher.polling import Watcher
from tests.helpers.tenants import CoupledTenant, CoupleTenant

HASTY = {"lock_timeout": 300, "statement_timeout": 900, "idle_in_transaction_session_timeout": 1200}


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch, context: Context) -> Iterator[None]:
    """Everything is given up after a fraction of a second."""
    engine_module.engine(context.store.url).dispose()
    engine_module.engine.cache_clear()
    for name, milliseconds in HASTY.items():
        monkeypatch.setitem(engine_module.TIMEOUTS, name, milliseconds)
    yield
    engine_module.engine(context.store.url).dispose()
    engine_module.engine.cache_clear()


def test_a_forgotten_transaction_stops_one_tenant_only(couple: CoupleTenant, context: Context, hasty: None) -> None:
    """The watcher goes on with the others; the one that waits is tried again when the lock is gone."""
    couple("unit4", slug="stuck")
    other = couple("unit4", slug="other")
    forgotten = create_engine(context.store.url)
    with forgotten.connect() as psql:
        psql.execute(text("SELECT * FROM tenants WHERE slug = 'stuck' FOR UPDATE"))
        with pytest.raises(StoreAway) as caught, context.store.begin() as tx:
            tx.execute(text("UPDATE tenants SET company = 'x' WHERE slug = 'stuck'"))
        assert "idle in transaction" in why_away(caught.value)
        watcher = Watcher(context)
        watcher.poll("archived", other.slug)
        watcher.poll("changed", other.slug)
    forgotten.dispose()
    with context.store.begin() as tx:
        tx.execute(text("UPDATE tenants SET company = 'x' WHERE slug = 'stuck'"))


def test_a_statement_and_a_transaction_have_an_end(context: Context, hasty: None) -> None:
    """Each with a sentence of its own."""
    with pytest.raises(StoreAway) as slow, context.store.begin() as tx:
        tx.execute(text("SELECT pg_sleep(30)"))
    assert "ended" in why_away(slow.value)
    with context.store.begin() as tx:
        settings = {name: tx.execute(text(f"SHOW {name}")).scalar_one() for name in engine_module.TIMEOUTS}
    assert settings == {name: f"{milliseconds}ms" for name, milliseconds in HASTY.items()}


def test_the_store_that_is_not_there(context: Context) -> None:
    """R4.4: it is said as it is."""
    with pytest.raises(StoreAway) as away, Store("postgresql+psycopg2://nobody@127.0.0.1:1/none").begin():
        pass
    assert why_away(away.value).startswith("the store cannot be reached")


def test_the_timeouts_of_every_connection(coupled: CoupledTenant) -> None:
    """In every process, whoever made the connection."""
    with coupled.context.store.begin() as tx:
        assert tx.execute(text("SHOW lock_timeout")).scalar_one() == "30s"
