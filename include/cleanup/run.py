"""One clean-up of a tenant: its run, and the streams that it is about."""

from include.context import Context
from include.runs import Run, RunKind, begin
from include.tenants.tenant import Tenant

__all__ = ["ORDER", "Run", "begin_cleanup", "linked_alike", "streams"]

# what others point at comes after them
ORDER = ("articles", "article_groups", "customers")


def streams(tenant: Tenant) -> list[str]:
    """What is cleaned up of this tenant, in the order in which it is removed."""
    return [name for name in ORDER if name in tenant.package.choices]


def linked_alike(stream: str) -> list[str]:
    """The streams in which a record's key may have a link: a customer's default work address carries its key too."""
    return [stream, *(["work_addresses"] if stream == "customers" else [])]


def begin_cleanup(context: Context, tenant: Tenant, key: str) -> Run:
    """Return the clean-up of this key, and begin it if nobody did. Raises as ``include.runs.begin``."""
    return begin(context, tenant, RunKind.CLEANUP, key, streams=streams(tenant))
