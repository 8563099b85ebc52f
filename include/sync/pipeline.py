"""A whole sync in one process: for the command line and for tests. In Airflow each step is a task."""

from collections.abc import Sequence

from include.context import Context
from include.runs import begin
from include.sync.extract import extract
from include.sync.load import load
from include.sync.transform import transform
from include.tenants.tenant import Tenant


def sync(
    context: Context, tenant: Tenant, key: str, what: Sequence[str] | None = None, full: bool | None = True
) -> dict[str, dict[str, int]]:
    """Extract, transform, load; counts per stream. Raises WrongSelection and the errors of ``include.errors``."""
    run = begin(context, tenant, key, what, full)
    for stream in run.what:
        extract(run, stream)
    transform(run)
    return load(run)
