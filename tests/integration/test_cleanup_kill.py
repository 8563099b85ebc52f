"""A clean-up that is killed at any point and run again ends as if nothing had happened; so does what a person approved,
and a restore. KOPPEL_KILLS says how many points for each package.

What is said of a removal is written after what was done is committed, so a kill between the two leaves a line out; a
record that is skipped is said so before, so that line may stand there twice. No removal is told twice.
"""

import os
import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from include.cleanup.pipeline import clean_up
from include.context import Context
from include.lifecycle.pending import approve_proposal
from sandbox.simple_simon.bulk_data import BulkData
from tests.helpers.cleanup_trials import DEFAULT_LIMIT, CleanupWorld, build_world
from tests.helpers.killable_process import KillableProcess, killable_processes
from tests.helpers.killable_program import WORK
from tests.helpers.packages import PACKAGES
from tests.helpers.sandboxes import Sandbox
from tests.helpers.snapshots import query_rows, simon_state, store_state
from tests.helpers.tenants import CoupleTenant

pytestmark = pytest.mark.usefixtures("small_steps")
KILLS = int(os.environ.get("KOPPEL_KILLS", "12"))
SEED = int(os.environ.get("KOPPEL_KILL_SEED", "4"))
TOLD = ("cleanup.removed_", "cleanup.made_inactive", "cleanup.left_in_use", "cleanup.restored")


@pytest.fixture
def killable(context: Context) -> Iterator[KillableProcess]:
    with killable_processes(context, 1) as [process]:
        yield process


def make_work(world: CleanupWorld) -> None:
    """Make work on both sides: gone, inactive, made by hand; free, on an open work order, on an archived one."""
    for kind, entity in (("customers", "Customer"), ("articles", "Item")):
        gone = [key for key, row in world.accounting.rows(kind).items() if world.belongs(kind, row)][:3]
        for key in gone:
            world.accounting.delete_record(kind, key)
        world.by_hand(kind, 1)
        held = {row["ExternalId"]: row["Id"] for row in world.coupled.simon(entity)}
        for key, status in zip(gone[1:], ("Planned", "Archived"), strict=True):
            _use(world, entity, held[key], status)
    customer = next(row for row in world.coupled.simon("Customer") if row["CustomerNumber"] == "H1")["Id"]
    place = BulkData(world.account, 1, 9).add("Location", CustomerId=customer, Name="Bij de achterdeur")
    BulkData(world.account, 1, 9).add("Contact", CustomerId=customer, LocationId=place, FirstName="An", LastName="Bos")


def _use(world: CleanupWorld, entity: str, id: int, status: str) -> None:
    """A work order on a customer, or with an article on it."""
    listed = world.accounting.rows("customers")
    stays = next(row["Id"] for row in world.coupled.simon("Customer") if row["ExternalId"] in listed)
    order: dict[str, Any] = {"CustomerId": id if entity == "Customer" else stays, "Description": "Nazien"}
    if entity == "Item":
        order["UsedItems"] = [{"ItemId": id, "Quantity": 1}]
    world.coupled.archive(Status=status, **order)


def ready(world: CleanupWorld, work: str) -> None:
    """So that this work can begin, again and again."""
    make_work(world)
    if work == "approved":
        limit(world, **DEFAULT_LIMIT)
        report = clean_up(world.coupled.context, world.coupled.tenant, "proposes")
        assert report.proposal is not None
        approve_proposal(world.coupled.context, world.coupled.tenant, report.proposal, by="test")
    elif work == "restore":
        clean_up(world.coupled.context, world.coupled.tenant, "removes")
    world.remember()


def limit(world: CleanupWorld, **settings: Any) -> None:
    """In the store: the other process reads it there."""
    with world.coupled.context.store.begin() as tx:
        names = ", ".join(f"'{name}', {value}" for name, value in settings.items())
        query = f"UPDATE settings SET body = body || jsonb_build_object({names}) RETURNING tenant_id"
        assert query_rows(tx, query)


def outcome(world: CleanupWorld) -> dict[str, Any]:
    """Simon, and what the store knows, without ids and moments."""
    queries = {
        "exemptions": "SELECT stream, kind, coalesce(work_order, '') FROM exemptions WHERE tenant_id = :tenant",
        "removals": "SELECT stream, coalesce(key, ''), label, reason, state, coalesce(work_order, '') FROM removals"
        " WHERE tenant_id = :tenant",
        "proposals": "SELECT state FROM proposals WHERE tenant_id = :tenant",
        "baselines": "SELECT stream, access_fingerprint, filters, count FROM baselines WHERE tenant_id = :tenant",
    }
    with world.coupled.context.store.begin() as tx:
        tables = {name: query_rows(tx, query, tenant=world.coupled.tenant.id) for name, query in queries.items()}
    contacts = sorted(row["LastName"] for row in world.coupled.simon("Contact"))
    return {**simon_state(world.coupled), **store_state(world.coupled), **tables, "contacts": contacts}


def told(world: CleanupWorld, since: int) -> Counter[tuple[str, str]]:
    """How often each line on a record was written since."""
    with world.coupled.context.store.begin() as tx:
        lines = query_rows(
            tx, "SELECT code, record FROM log WHERE tenant_id = :t AND id > :s", t=world.coupled.tenant.id, s=since
        )
    return Counter((code, record) for code, record in lines if code.startswith(TOLD))


def last_line(world: CleanupWorld) -> int:
    with world.coupled.context.store.begin() as tx:
        return int(query_rows(tx, "SELECT coalesce(max(id), 0) FROM log")[0][0])


@pytest.mark.parametrize(("work", "kills"), [("cleanup", KILLS), ("approved", KILLS // 2), ("restore", KILLS // 2)])
@pytest.mark.parametrize("package", PACKAGES)
def test_killed_at_any_point_and_run_again(
    couple: CoupleTenant,
    sandbox: Sandbox,
    killable: KillableProcess,
    monkeypatch: pytest.MonkeyPatch,
    package: str,
    work: str,
    kills: int,
) -> None:
    """R2.3, R2.5: with the same key and with another one, killed once or twice; the same end, nothing told twice."""
    world = build_world(couple, sandbox, monkeypatch, package)
    ready(world, work)
    start = last_line(world)
    slug = world.coupled.slug
    points = len(killable.do(work, slug, "undisturbed")["points"])
    expected, lines = outcome(world), told(world, start)
    assert {code for code, _ in lines} >= {"cleanup.restored"} if work == "restore" else len(lines) > 5
    assert expected["open"] == expected["staged"] == []

    rng = random.Random(SEED)
    for number, at in enumerate(rng.sample(range(1, points + 1), min(kills, points))):
        world.restore()
        since, key = last_line(world), f"killed {number}"
        again = key if number % 2 else f"{key} again"
        assert killable.do(work, slug, key, at=at) == {"signal": 9}, f"point {at} of {points}"
        if number % 3 == 2:
            killable.do(work, slug, again, at=rng.randrange(1, points))
        WORK[work](world.coupled.context, world.coupled.tenant, again)
        where = f"{work}, point {at} of {points}, then key {again!r}"
        assert outcome(world) == expected, where
        repeated = told(world, since)
        assert not repeated - lines, where  # none twice
        assert (lines - repeated).total() <= 1 + (number % 3 == 2), where
