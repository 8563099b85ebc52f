"""How Airflow's slots are shared (R3.13): a pool for the pushes of each package, and one for everything else.

Together they are no more than Airflow runs at once, so that neither can take a slot of another: not eight tenants of a
package that hangs, and not a night of synchronisations.
"""

REST = "koppel"
LEAST_PARALLELISM = 3  # one slot for each pool


def push_pool(package: str) -> str:
    """Return the pool that the pushes to a package run in."""
    return f"koppel_push_{package}"


def pool_sizes(parallelism: int, packages: list[str]) -> dict[str, int]:
    """Return the slots of each pool: of two packages, each has a quarter for its pushes; the rest is for the rest."""
    share = max(1, parallelism // (2 + len(packages)))
    return {push_pool(package): share for package in packages} | {REST: max(1, parallelism - share * len(packages))}
