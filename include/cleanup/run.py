"""One clean-up of a tenant: its run, and the streams that it is about."""

from include.context import Context
from include.runs import Run, RunKind, begin
from include.streams import REMOVAL_ORDER
from include.tenants.tenant import Tenant

__all__ = ["Run", "begin_cleanup", "streams"]


def streams(tenant: Tenant) -> list[str]:
    """What is cleaned up of this tenant, in the order in which it is removed."""
    return [name for name in REMOVAL_ORDER if name in tenant.package.choices]


def begin_cleanup(context: Context, tenant: Tenant, key: str) -> Run:
    """Return the clean-up of this key, and begin it if nobody did. Raises as ``include.runs.begin``."""
    return begin(context, tenant, RunKind.CLEANUP, key, streams=streams(tenant))
