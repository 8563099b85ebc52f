"""The task slots of this Airflow: work orders have slots of their own for each package, that nothing else can take.

Airflow calls such a share a pool. They are made here, at every start of a component, so nobody has to think of them; a
task whose pool is missing would wait for ever with no more than a line in the scheduler's log.
"""

from collections.abc import Mapping
from typing import Any

from airflow.configuration import conf
from airflow.jobs.job import Job
from airflow.listeners import hookimpl
from airflow.models.pool import Pool
from airflow.plugins_manager import AirflowPlugin
from airflow.utils.db import DBLocks, create_global_lock
from airflow.utils.session import create_session

from include.connectors import registry

OTHERS = Pool.DEFAULT_POOL_NAME  # where Airflow puts every task that names no pool, so also one that is not ours
DESCRIPTIONS = {OTHERS: "Koppel: everything but work orders"}


def push_pool(package: str) -> str:
    """Return the name of the pool in which work orders go to this package."""
    return f"push_{package}"


def pool_sizes(parallelism: int) -> Mapping[str, int]:
    """Divide the tasks that may run at the same time: half for work orders, an equal share for each package.

    Together the pools are no larger than ``parallelism``, so that none can take another's. Each has a slot, however
    small it is; with fewer slots than pools they are the most that each may take.
    """
    packages = registry.packages()
    share = max(1, parallelism // (2 * len(packages)))
    return {push_pool(name): share for name in packages} | {OTHERS: max(1, parallelism - share * len(packages))}


def set_pools() -> None:
    """Make the pools, or bring them to the size that follows from ``parallelism``."""
    # a session of its own: the scheduler's may not commit in the middle of a decision. Components start together; the
    # lock is that of Airflow's migrations, which are over by then
    with create_session(scoped=False) as session, create_global_lock(session, DBLocks.MIGRATIONS):
        for name, slots in pool_sizes(conf.getint("core", "parallelism")).items():
            description = DESCRIPTIONS.get(name, "Koppel: work orders to this package")
            Pool.create_or_update_pool(name, slots, description, include_deferred=False, session=session)
        session.commit()


def add_missing_pools() -> None:
    """Make the pools when somebody deleted one. What somebody made larger or smaller is left until the next start."""
    with create_session(scoped=False) as session:
        there = {pool.pool for pool in Pool.get_pools(session=session)}
    if not pool_sizes(conf.getint("core", "parallelism")).keys() <= there:
        set_pools()


class SlotsListener:
    """Airflow calls it in the scheduler and the other components; the names of the arguments are Airflow's."""

    @hookimpl
    def on_starting(self, component: Any) -> None:
        """Set the pools when a scheduler, dag-processor or triggerer starts; a task that starts may not."""
        if isinstance(component, Job):
            set_pools()

    @hookimpl
    def on_dag_run_running(self, dag_run: Any, msg: str) -> None:
        """See to it that the tasks of a run that begins have their pool."""
        add_missing_pools()


class SlotsPlugin(AirflowPlugin):
    """Registers the listener."""

    name = "koppel_slots"
    listeners = [SlotsListener()]
