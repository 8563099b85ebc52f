"""Makes the pools of ``pool_sizes`` in Airflow's database, or resizes them: ``python -m plugins.pools``, after its
migration. A task whose pool does not exist is never started."""

import sys

from include.connectors import registry
from plugins.pool_sizes import LEAST_PARALLELISM, pool_sizes


def make_pools() -> dict[str, int]:
    """Make the pools that are not there, and give all of them the sizes that fit Airflow's parallelism."""
    from airflow.configuration import conf  # with Airflow's models, only where this is run
    from airflow.models.pool import Pool

    sizes = pool_sizes(conf.getint("core", "parallelism"), registry.packages())
    for name, slots in sizes.items():
        Pool.create_or_update_pool(name, slots=slots, description="Koppel", include_deferred=False)
    return sizes


if __name__ == "__main__":
    made = make_pools()
    if sum(made.values()) < LEAST_PARALLELISM or min(made.values()) < 1:
        sys.exit(f"AIRFLOW__CORE__PARALLELISM is not allowed; use at least {LEAST_PARALLELISM}")
    sys.stdout.write("".join(f"pool {name}: {slots} slots\n" for name, slots in made.items()))
