"""A whole sync in one process: for the command line and for tests. In Airflow each step is a task."""

from collections.abc import Sequence

from include.context import Context
from include.sync.extract import extract
from include.sync.load import load
from include.sync.run import begin_sync
from include.sync.transform import transform
from include.tenants.tenant import Tenant


def sync(
    context: Context, tenant: Tenant, key: str, streams: Sequence[str] | None = None, *, full: bool | None = True
) -> dict[str, dict[str, int]]:
    """Extract, transform, load; return counts by stream. Raises as ``begin_sync``, and IntegrationError."""
    run = begin_sync(context, tenant, key, streams, full=full)
    for stream in run.streams:
        extract(run, stream)
    transform(run)
    return load(run)
