"""One clean-up of a tenant: its run, and the streams that it is about."""

from include.context import Context
from include.errors import RunSuperseded
from include.log.writer import IntegrationLog
from include.runs import Run, begin_alone
from include.tenants.tenant import Tenant

__all__ = ["KIND", "ORDER", "Run", "begin", "begin_for", "linked_alike", "streams"]

KIND = "cleanup"
# what others point at comes after them
ORDER = ("articles", "article_groups", "customers")


def streams(tenant: Tenant) -> list[str]:
    """What is cleaned up of this tenant, in the order in which it is removed."""
    return [name for name in ORDER if name in tenant.package.choices]


def linked_alike(stream: str) -> list[str]:
    """The streams in which a record's key may have a link: a customer's default work address carries its key too."""
    return [stream, *(["work_addresses"] if stream == "customers" else [])]


def begin(context: Context, tenant: Tenant, key: str) -> Run:
    """The clean-up of this key, whether it has begun or not.

    Raises Transient while a sync of this tenant is under way, and ``runs.Superseded`` when another clean-up took over.
    """
    return begin_for(context, tenant, key, streams(tenant))


def begin_for(context: Context, tenant: Tenant, key: str, what: list[str], kind: str = KIND) -> Run:
    """The same for other work that writes to Simon on its own: carrying out a proposal, putting back."""
    with context.store.begin() as tx:
        row = begin_alone(tx, tenant.id, kind, key, what, True)
    if row.superseded:
        raise RunSuperseded(key)
    return Run(row, context, tenant, IntegrationLog(context.store, tenant.id, tenant.slug, key))
