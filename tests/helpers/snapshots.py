"""What a sync left behind, in a form in which two runs can be compared: no ids, no moments, references by key."""

from collections import Counter
from typing import Any

from sqlalchemy import text

from include.connectors.simple_simon.dialect import ENTITIES
from tests.helpers.sandboxes import Sandbox
from tests.helpers.tenants import CoupledTenant

ENTITY_OF = {stream: ENTITIES[stream].name for stream in ("customers", "work_addresses", "article_groups", "articles")}
POINTS_AT = {"CustomerId": "Customer", "ItemGroupId": "ItemGroup"}
NOT_COMPARED = ("Id", "CreationDate", "MutationDate")
# so small that a handful of records takes several pages, batches and chunks
SMALL_STEPS = {
    "include.connectors.unit4.client.PAGE_SIZE": 5,
    "include.connectors.rompslomp.client.PAGE_SIZE": 5,
    "include.sync.extract.PARENT_BATCH": 3,
    "include.sync.transform.CHUNK": 4,
    "include.sync.load.BATCH": 5,
}


def simon_state(coupled: CoupledTenant) -> dict[str, list[dict[str, Any]]]:
    """The master data in Simon by entity, sorted; the id of another record is its external id."""
    data = coupled.control.simon(coupled.key)
    keys = {name: {row["Id"]: row["ExternalId"] for row in data[name]} for name in POINTS_AT.values()}
    return {entity: sorted((_plain(row, keys) for row in data[entity]), key=repr) for entity in ENTITY_OF.values()}


def _plain(row: dict[str, Any], keys: dict[str, dict[int, str]]) -> dict[str, Any]:
    pointed = {name: keys[entity].get(row[name]) for name, entity in POINTS_AT.items() if row.get(name) is not None}
    return {name: value for name, value in {**row, **pointed}.items() if name not in NOT_COMPARED}


def store_state(coupled: CoupledTenant) -> dict[str, list[tuple[Any, ...]]]:
    """What the store knows of the tenant's records and links, and what of a run it still holds."""
    queries = {
        "records": "SELECT stream, key, body::text, in_scope, payload_digest, source_digest FROM records"
        " WHERE tenant_id = :tenant",
        "links": "SELECT stream, key, written_digest FROM links WHERE tenant_id = :tenant",
        "staged": "SELECT stream, staged.key FROM staged JOIN runs ON runs.id = run_id WHERE tenant_id = :tenant",
        "open": "SELECT kind, key FROM runs WHERE tenant_id = :tenant AND ended_at IS NULL",
    }
    with coupled.context.store.begin() as tx:
        return {name: query_rows(tx, query, tenant=coupled.tenant.id) for name, query in queries.items()}


def query_rows(tx: Any, query: str, **values: Any) -> list[tuple[Any, ...]]:
    """All rows of a query, sorted, with bytes as such."""
    rows = tx.execute(text(query), values)
    return sorted(tuple(bytes(v) if isinstance(v, memoryview) else v for v in row) for row in rows)


def external_ids(coupled: CoupledTenant) -> list[tuple[str, str]]:
    """(entity, external id) of every record that has one; a duplicate stands in it twice."""
    data = coupled.control.simon(coupled.key)
    return [(entity, row["ExternalId"]) for entity in ENTITY_OF.values() for row in data[entity] if row["ExternalId"]]


def logged_codes(coupled: CoupledTenant, *severities: str) -> list[str]:
    """The codes in the integration log of these severities, oldest first."""
    return [row.code for row in reversed(coupled.log()) if row.severity in (severities or ("warning", "error"))]


def count_reads(coupled: CoupledTenant, mark: int, ending: str) -> int:
    """Requests that read a route since a mark."""
    counts = coupled.control.call("GET", f"requests?since={mark}")["counts"]
    return sum(int(row["read"]) for row in counts if row["route"].endswith(ending))


def count_simon_writes(coupled: CoupledTenant, mark: int = 0) -> dict[str, int]:
    """Writes to the tenant's Simon since a mark, by method and entity: ``{"POST Customer": 2}``."""
    counts = coupled.control.call("GET", f"requests?since={mark}")["counts"]
    writes: dict[str, int] = {}
    for row in counts:
        if row["account"] == coupled.key and row["write"]:
            method, path = row["route"].split(" ", 1)
            name = f"{method} {path.rsplit('/', 1)[-1].split('(')[0]}"
            writes[name] = writes.get(name, 0) + row["write"]
    return writes


def count_package_writes(coupled: CoupledTenant, mark: int = 0) -> int:
    """Writes to the accounting package, whichever its account."""
    counts = coupled.control.call("GET", f"requests?since={mark}")["counts"]
    return sum(row["write"] for row in counts if row["service"] == coupled.package)


def add_fault(sandbox: Sandbox, **fault: Any) -> None:
    sandbox.server.world.faults.add(fault)


def assert_same_outcome(coupled: CoupledTenant, undisturbed: CoupledTenant) -> None:
    """The same records in Simon, each once; the same in the store; and nothing was sent to the package."""
    ids = external_ids(coupled)
    assert len(ids) == len(set(ids))
    assert simon_state(coupled) == simon_state(undisturbed)
    assert store_state(coupled) == store_state(undisturbed)
    assert count_package_writes(coupled) == 0


def unexpected_codes(coupled: CoupledTenant) -> list[str]:
    """What the log says besides texts that were shortened, which the seed has one of."""
    return [code for code in logged_codes(coupled) if code != "sync.text_shortened"]


def count_requests(coupled: CoupledTenant, since: int, service: str) -> Counter[str]:
    """Requests to one service since a mark, by method and last part of the route; signing in left out."""
    counts: Counter[str] = Counter()
    for row in coupled.control.call("GET", f"requests?since={since}")["counts"]:
        if row["service"] == service:
            method, route = row["route"].split(" ", 1)
            counts[f"{method} {route.rpartition('/')[2]}"] += row["read"] + row["write"]
    return +counts
