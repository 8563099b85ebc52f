"""The tenants as the DAG files need them: one short query, and the last good answer when the store is away."""

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import orjson

from include.connectors import registry
from include.koppel import Koppel, StoreAway
from include.store import tenants as rows


@dataclass(frozen=True)
class Entry:
    """Enough to declare a tenant's DAGs."""

    slug: str
    company: str
    package: str

    @property
    def choices(self) -> list[str]:
        """The streams a person can choose to synchronise."""
        return registry.connector(self.package).choices


def entries(koppel: Koppel, slug: str | None = None) -> list[Entry]:
    """All tenants, or the one asked for; from the last good answer when the store cannot be reached."""
    snapshot = koppel.state / "tenants.json"
    try:
        with koppel.store.begin() as tx:
            found = [Entry(row.slug, row.company, row.package) for row in rows.listing(tx, slug)]
    except StoreAway:
        if not snapshot.exists():
            raise
        kept = [Entry(**entry) for entry in orjson.loads(snapshot.read_bytes())]
        return [entry for entry in kept if slug in (None, entry.slug)]
    if slug is None:
        _keep(snapshot, orjson.dumps(found))
    return found


def _keep(snapshot: Path, content: bytes) -> None:
    """Whole or not at all: several processes parse at once."""
    if snapshot.exists() and snapshot.read_bytes() == content:
        return
    snapshot.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=snapshot.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    Path(name).replace(snapshot)
