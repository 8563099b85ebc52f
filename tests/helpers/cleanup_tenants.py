"""A tenant whose first clean-up is behind it, and what people do on both sides to give the next one work."""

from collections import Counter
from itertools import count
from typing import Any

from include.access.credentials import StoredCredentials
from include.cleanup.pipeline import clean_up
from include.cleanup.report import CleanupReport
from include.connectors import registry
from include.connectors.simple_simon.client import SimonAccess
from include.store import tenants
from include.sync.pipeline import sync
from tests.helpers.sandboxes import Sandbox
from tests.helpers.tenants import SETTINGS, CoupledTenant, CoupleTenant, call_simon

ENTITY = {"customers": "Customer", "articles": "Item", "article_groups": "ItemGroup"}
UNLIMITED = {"cleanup_share": 100}
_KEYS = count(1)


def couple_to_rest(couple: CoupleTenant, sandbox: Sandbox, package: str) -> CoupledTenant:
    """A tenant whose Simon is spoken to as the older generation."""
    coupled = couple(package, slug="rest", **UNLIMITED)
    simon = registry.field_service()
    vault = StoredCredentials[SimonAccess](coupled.context, coupled.tenant.id, simon)
    access = vault.read().model_copy(update={"base": f"{sandbox.root}/simon/rest", "dialect": "rest"})
    with coupled.context.store.begin() as tx:
        StoredCredentials(coupled.context, coupled.tenant.id, simon).put(tx, access)
    return coupled


def with_first_cleanup(coupled: CoupledTenant) -> CoupledTenant:
    """After its first import and a clean-up that found nothing: from now on there is something to compare with."""
    sync(coupled.context, coupled.tenant, "one")
    report = clean_up(coupled.context, coupled.tenant, "first")
    assert report.ended == {}
    assert report.proposal is None
    return coupled


def run_cleanup(coupled: CoupledTenant) -> CleanupReport:
    """A clean-up with a key of its own."""
    return clean_up(coupled.context, coupled.tenant, f"clean-up {next(_KEYS)}")


def run_sync(coupled: CoupledTenant) -> None:
    sync(coupled.context, coupled.tenant, f"sync {next(_KEYS)}")


def create_in_simon(coupled: CoupledTenant, entity: str, **row: Any) -> int:
    """As a person does in Simon; the new id."""
    path = f"{entity.lower()}/insert" if coupled.slug == "rest" else entity
    return int(call_simon(coupled, "POST", path, row)["Id"])


def create_many_in_simon(coupled: CoupledTenant, number: int, entity: str = "Item") -> list[int]:
    """So many hand-made ones, which every clean-up wants to remove."""
    name = "Description" if entity == "Item" else "Name"
    return [create_in_simon(coupled, entity, **{name: f"Los {index}"}) for index in range(number)]


def simon_records_by_key(coupled: CoupledTenant, stream: str) -> dict[str, dict[str, Any]]:
    """Simon's records that carry a key of the package, by that key."""
    return {row["ExternalId"]: row for row in coupled.simon(ENTITY[stream]) if row["ExternalId"]}


def simon_ids(coupled: CoupledTenant, entity: str) -> set[int]:
    return {row["Id"] for row in coupled.simon(entity)}


def is_active_in_simon(coupled: CoupledTenant, entity: str, id: int) -> bool:
    return next(bool(row["Active"]) for row in coupled.simon(entity) if row["Id"] == id)


def keys_not_in_settings(coupled: CoupledTenant, stream: str, number: int = 1) -> list[str]:
    """Keys of records that no setting names; articles that are not each other's parts."""
    named = {SETTINGS[name] for name in ("travel_article", "work_article", "default_article")}
    rows = sorted(simon_records_by_key(coupled, stream).items())
    return [key for key, row in rows if row.get("Code") not in named][:number]


def create_work_order(coupled: CoupledTenant, customer: int, status: str = "Planned", **more: Any) -> dict[str, Any]:
    """Create a work order for this customer in Simon."""
    return coupled.archive(CustomerId=customer, Description="Cv-ketel nazien", Status=status, **more)


def archive_existing(coupled: CoupledTenant, made: dict[str, Any]) -> None:
    coupled.control.call("POST", f"archive/{made['Id']}", {"force": True})


def reopen_and_delete(coupled: CoupledTenant, made: dict[str, Any]) -> None:
    """A person opens an archived work order again and deletes it."""
    coupled.control.call("POST", f"unarchive/{made['Id']}")
    call_simon(coupled, "DELETE", f"WorkOrder({made['Id']})")


def count_logged_codes(coupled: CoupledTenant, prefix: str = "cleanup.") -> Counter[str]:
    """How often each code stands in the integration log, without the closing lines."""
    return Counter(row.code for row in coupled.log() if row.code.startswith(prefix) and row.code != "cleanup.done")


def change_settings(coupled: CoupledTenant, **changes: Any) -> None:
    """As a person does on the settings page."""
    with coupled.context.store.begin() as tx:
        _, body = tenants.current_settings(tx, coupled.tenant.id)
        tenants.save_settings(tx, coupled.tenant.id, {**body, **changes}, "test")
