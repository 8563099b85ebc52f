"""Work orders that wait for something: what is open about them, and what changes it."""

import json
from typing import Any

from sqlalchemy import text

from include.store import tenants as tenants_table
from include.watcher.polling import Watcher
from tests.helpers.tenants import CoupledTenant


def open_work_order_problems(coupled: CoupledTenant) -> list[tuple[str, str, int]]:
    """(code, record, times said) of what is open about work orders."""
    problems = coupled.open_problems()
    return sorted(
        (problem.code, problem.record, problem.count) for problem in problems if problem.code.startswith("work_order.")
    )


def is_announced(coupled: CoupledTenant) -> bool:
    """Whether a look of the watcher, made with a watcher of its own, announces the tenant."""
    return Watcher(coupled.context).poll("archived", coupled.slug)


def save_settings(coupled: CoupledTenant, **changes: Any) -> None:
    """Save a new version of the settings."""
    body = coupled.tenant.settings.model_copy(update=changes).model_dump(mode="json")
    with coupled.context.store.begin() as tx:
        tenants_table.save_settings(tx, coupled.tenant.id, body, "test")


def alter_stored_record(coupled: CoupledTenant, stream: str, simon_id: int, **changes: Any) -> None:
    """What a sync would bring into the store of a record that was changed in the package."""
    with coupled.context.store.begin() as tx:
        for name, value in changes.items():
            query = text(
                "UPDATE records SET body = jsonb_set(body, ARRAY[:name], CAST(:value AS jsonb)) WHERE stream = :stream"
                " AND key = (SELECT key FROM links WHERE stream = :stream AND simon_id = :id)"
            )
            tx.execute(query, {"name": name, "value": json.dumps(value), "stream": stream, "id": simon_id})
