"""The tenants as the DAG files need them: one short query, and the last good answer when the store is away."""

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import orjson

from include.connectors import registry
from include.context import Context, StoreAway
from include.store import tenants as tenants_table


@dataclass(frozen=True)
class TenantSummary:
    """Enough to declare a tenant's DAGs."""

    slug: str
    company: str
    package: str

    @property
    def choices(self) -> list[str]:
        """The streams a person can choose to synchronise."""
        return registry.package(self.package).choices


def tenant_summaries(context: Context, slug: str | None = None) -> list[TenantSummary]:
    """Return all tenants, or the one asked for; from the last good answer when the store cannot be reached."""
    snapshot = context.state / "tenants.json"
    try:
        with context.store.begin() as tx:
            rows = tenants_table.listing(tx, slug)
    except StoreAway:
        if not snapshot.exists():
            raise
        summaries = [TenantSummary(**entry) for entry in orjson.loads(snapshot.read_bytes())]
        return [summary for summary in summaries if slug in (None, summary.slug)]
    summaries = [TenantSummary(row.slug, row.company, row.package) for row in rows]
    if slug is None:
        _write_whole(snapshot, orjson.dumps(summaries))
    return summaries


def _write_whole(snapshot: Path, content: bytes) -> None:
    """Write the whole snapshot or nothing of it: several processes parse at once."""
    if snapshot.exists() and snapshot.read_bytes() == content:
        return
    snapshot.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=snapshot.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    Path(name).replace(snapshot)
