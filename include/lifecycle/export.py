"""One tenant's data as files, to hand over or to keep: what is stored of it, without what opens its systems."""

import json
import os
from pathlib import Path
from typing import Any

from include.context import Context
from include.errors import InvalidInput
from include.log.writer import IntegrationLog
from include.store import exporting
from include.tenants.tenant import Tenant


def export_tenant(context: Context, tenant: Tenant, folder: Path, *, by: str) -> dict[str, int]:
    """Write a file of JSON lines for each table, and return how many rows each has.

    Only the user of this process can read them. Raises InvalidInput for a folder that cannot be made or is not empty.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise InvalidInput(f"folder: {folder} is not empty; name one that is, or does not exist")
    except OSError as error:
        raise InvalidInput(f"folder: {folder} cannot be used ({error.strerror})") from error
    counts: dict[str, int] = {}
    with context.store.begin() as tx:
        for table, rows in exporting.rows_of(tx, tenant.id):
            counts[table] = 0
            with open(os.open(folder / f"{table}.jsonl", os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
                for row in rows:
                    file.write(json.dumps(row, default=_text, ensure_ascii=False) + "\n")
                    counts[table] += 1
    log = IntegrationLog(context.store, tenant.id, tenant.slug, "export")
    log.write("coupling.exported", by=by, count=sum(counts.values()))
    return counts


def _text(value: Any) -> str:
    """Return what JSON does not know: bytes as hexadecimal digits, moments as ISO 8601, numbers as they are written."""
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
