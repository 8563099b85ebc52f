"""Alembic's entry: the URL comes from the caller, the tables from ``store.tables``."""

from alembic import context
from sqlalchemy import create_engine

from include.store.tables import metadata

url = context.config.attributes["url"]
with create_engine(url).connect() as connection:
    context.configure(connection=connection, target_metadata=metadata)
    with context.begin_transaction():
        # two processes that start at once must not both migrate
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtext('koppel migrations'))")
        context.run_migrations()
