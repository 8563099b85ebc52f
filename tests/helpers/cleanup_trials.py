"""The clean-up's bad days, by the thousand: a small world that is put back after each trial, and the truth about it.

The truth is taken from the sandboxes' own data, never from the product.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from sqlalchemy import delete, insert, select

from include.access.systems import open_package
from include.cleanup import proposals
from include.cleanup.pipeline import clean_up
from include.errors import IntegrationError
from include.store import tables
from include.sync.pipeline import sync
from include.tenants.tenant import Tenant
from sandbox.simple_simon.bulk_data import BulkData
from tests.helpers.packages import AccountingPackage, package_kind
from tests.helpers.sandboxes import Sandbox
from tests.helpers.tenants import CoupledTenant, CoupleTenant

GROUPS = ("Materiaal", "CV-ketels")  # of Unit4: what is outside them should not be in Simon
SIZE = 11  # customers, and articles: three pages of five
ENTITIES = ("Customer", "Location", "Contact", "Equipment", "ItemGroup", "Item")
# what others point at comes first
REMEMBERED = (tables.links, tables.records, tables.exemptions, tables.baselines, tables.proposals, tables.removals)
NO_REMOVAL_LIMIT = {"cleanup_most": 10**6, "cleanup_share": 100}
DEFAULT_LIMIT = {"cleanup_most": 50, "cleanup_share": 10}
Rows = dict[str, dict[Any, Any]]


@dataclass
class CleanupWorld:
    """One tenant after a sync and a accepted clean-up, with a record in Simon that a person keeps."""

    coupled: CoupledTenant
    sandbox: Sandbox
    simon: Rows = field(default_factory=dict)
    package: Rows = field(default_factory=dict)
    store: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    kept: set[tuple[str, int]] = field(default_factory=set)
    meanwhile: Callable[[], Any] | None = None  # done once the first listing has begun

    @property
    def accounting(self) -> AccountingPackage:
        return self.coupled.accounting

    @property
    def account(self) -> Any:
        return self.sandbox.server.services["simon"].sign_in.accounts[self.coupled.key]  # type: ignore[attr-defined]

    def tenant(self, **settings: Any) -> Tenant:
        """Return the tenant with other settings, for this trial only."""
        tenant = self.coupled.tenant
        return replace(tenant, settings=tenant.settings.model_copy(update=settings))

    def strike(self, **fault: Any) -> None:
        self.sandbox.server.world.faults.add(fault)

    def belongs(self, stream: str, row: Any) -> bool:
        """Tell whether Simon should hold it, by the settings that the world was made with."""
        return self.accounting.is_in_scope(stream, row, GROUPS)

    def by_hand(self, kind: str, number: int) -> int:
        """Somebody at the office adds a record of their own to Simon."""
        filler = BulkData(self.account, number, 1)
        if kind == "customers":
            return filler.add("Customer", CustomerNumber=f"H{number}", Name=f"Met de hand {number}")
        return filler.add("Item", Code=f"H{number}", Description=f"Met de hand {number}")

    def held(self) -> Rows:
        return {name: dict(self.account.tables[name].rows) for name in ENTITIES}

    def values(self, entity: str, row: Any) -> dict[str, Any]:
        return dict(self.account.values(entity, row))

    def due(self) -> set[tuple[str, int]]:
        """(entity, id) of what should go from Simon at this moment, and nothing else."""
        going: set[tuple[str, int]] = set()
        for entity, kind in (("Customer", "customers"), ("Item", "articles")):
            listed = self.accounting.rows(kind)
            for id, row in self.account.tables[entity].rows.items():
                key = self.values(entity, row)["ExternalId"]
                if key not in listed or not self.belongs(kind, listed[key]):
                    going.add((entity, id))
        going -= self.kept
        for id, row in self.account.tables["Location"].rows.items():
            if ("Customer", self.values("Location", row)["CustomerId"]) in going:
                going.add(("Location", id))
        return going

    def remember(self) -> None:
        """This is how it is put back after each trial."""
        self.simon = self.held()
        self.package = {kind: self._copies(kind) for kind in ("customers", "articles")}
        with self.coupled.context.store.begin() as tx:
            for table in REMEMBERED:
                rows = tx.execute(select(table).where(table.c.tenant_id == self.coupled.tenant.id)).mappings()
                self.store[table.name] = [dict(row) for row in rows]

    def _copies(self, stream: str) -> dict[str, Any]:
        return {key: self.accounting.copy_of(row) for key, row in self.accounting.rows(stream).items()}

    def heal(self) -> None:
        """End all faults and give all rights back; what is missing stays missing."""
        self.meanwhile = None
        self.sandbox.server.world.faults.clear()
        self.sandbox.server.world.switches.reset({"rompslomp.rate_limit": 0})
        self.accounting.reset_rights()
        self.accounting.name_groups(*GROUPS)

    def restore(self) -> None:
        self.heal()
        self._restore_package()
        for entity, before in self.simon.items():
            table = self.account.tables[entity]
            for id in set(table.rows) - set(before):
                table.remove(id)
            for id, row in before.items():
                if table.rows.get(id) != row:
                    table.put(row)
        with self.coupled.context.store.begin() as tx:
            for table in reversed(REMEMBERED):
                tx.execute(delete(table).where(table.c.tenant_id == self.coupled.tenant.id))
            for table in REMEMBERED:
                for row in self.store[table.name]:  # one by one: what is left out of a row is NULL, not JSON's null
                    tx.execute(insert(table), {name: value for name, value in row.items() if value is not None})

    def _restore_package(self) -> None:
        for stream, copies in self.package.items():
            for key, copy in copies.items():
                self.accounting.restore_row(stream, key, copy)


def _interrupt(world: CleanupWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is to be done ``meanwhile`` is done after a page was read."""
    kind: Any = type(open_package(world.coupled.context, world.coupled.tenant))
    page = kind.page

    def paging(*args: Any, **values: Any) -> Any:
        answer = page(*args, **values)
        act, world.meanwhile = world.meanwhile, None
        if act is not None:
            act()
        return answer

    monkeypatch.setattr(kind, "page", paging)


def build_world(couple: CoupleTenant, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, package: str) -> CleanupWorld:
    """Baseline first: what a clean-up finds on a good day. What people made by hand meanwhile, they keep."""
    sandbox.server.world.switches.set("rompslomp.rate_limit", 0)
    filters = {"article_groups": list(GROUPS)} if package_kind(package).filters else {}
    made = CleanupWorld(couple(package, **filters, **NO_REMOVAL_LIMIT), sandbox)
    coupled = made.coupled
    made.accounting.use_expiring_tokens(coupled.context, coupled.tenant)
    for kind in ("customers", "articles"):
        few = [key for key, row in made.accounting.rows(kind).items() if made.belongs(kind, row)]
        for key in few[SIZE:]:
            made.accounting.delete_record(kind, key)
    sync(coupled.context, coupled.tenant, "sync")
    made.kept = {("Customer", made.by_hand("customers", 0)), ("Item", made.by_hand("articles", 0))}
    first = clean_up(coupled.context, coupled.tenant, "first")
    assert first.proposal is not None
    proposals.refuse(coupled.context, coupled.tenant, first.proposal, by="test")
    calm = clean_up(coupled.context, coupled.tenant, "calm")
    assert (calm.ended, calm.proposal, made.due()) == ({}, None, set())
    made.remember()
    _interrupt(made, monkeypatch)
    return made


@dataclass
class CleanupTally:
    """What came of many trials: deletes that should not have been, and those that should."""

    trials: int = 0
    false: list[str] = field(default_factory=list)
    right: int = 0
    stopped: int = 0  # runs that ended with an error
    held_back: int = 0  # trials in which what should go did not, until the fault was over
    kinds: dict[str, int] = field(default_factory=dict)


CleanupFault = Callable[[CleanupWorld, random.Random], Tenant]


def run_trial(
    world: CleanupWorld, name: str, fault: CleanupFault, seed: int, tally: CleanupTally, healed: bool
) -> None:
    """Something that should go, a fault, a clean-up that is tried again when it fails; and another one, often."""
    rng = random.Random(f"{name} {seed}")
    _go(world, rng)
    due, before, mark = world.due(), world.held(), world.sandbox.server.world.traffic.mark()
    tenant = fault(world, rng)
    tally.stopped += _clean(world, tenant, f"{name} {seed}", rng.random() < 0.5)
    if rng.random() < 0.3 and _filters(tenant) == _filters(world.tenant()):  # a new one counts the second time
        tally.stopped += _clean(world, tenant, f"{name} {seed} again", clears=False)
    _count(world, f"{name} {seed}", due, before, mark, tally)
    left = due & _ids(world.held())
    tally.held_back += bool(left)
    if healed:
        _afterwards(world, f"{name} {seed}", due, before, mark, tally)
    tally.trials += 1
    tally.kinds[name] = tally.kinds.get(name, 0) + 1
    world.restore()


def _filters(tenant: Tenant) -> tuple[Any, ...]:
    return tenant.settings.group_names, tenant.settings.type_keys


def _go(world: CleanupWorld, rng: random.Random) -> None:
    for number in range(rng.choice((0, 1, 2))):
        kind = rng.choice(("customers", "articles"))
        there = [key for key, row in world.accounting.rows(kind).items() if world.belongs(kind, row)]
        match rng.choice(("deleted", "retired", "by hand")):
            case "deleted":
                world.accounting.delete_record(kind, rng.choice(there))
            case "retired":
                world.accounting.put_out_of_scope(kind, rng.choice(there), rng)
            case _:
                world.by_hand(kind, number + 1)


def _clean(world: CleanupWorld, tenant: Tenant, key: str, clears: bool) -> int:
    """How many of the tries failed; ``clears``: the fault is over when Airflow tries again, with the same key."""
    for number in range(2):
        try:
            clean_up(world.coupled.context, tenant, key)
        except IntegrationError:
            if clears:
                world.heal()
            continue
        return number
    return 2


def _afterwards(
    world: CleanupWorld, name: str, due: set[tuple[str, int]], before: Rows, mark: int, tally: CleanupTally
) -> None:
    """When the fault is over nothing false comes of what it left behind, and what should go has gone."""
    world.heal()
    for number in range(3):
        clean_up(world.coupled.context, world.tenant(), f"{name} afterwards {number}")
    _count(world, f"{name} afterwards", due, before, mark, tally, right=0)
    still = due & _ids(world.held())
    assert not still, f"{name}: {still} should have gone"


def _count(
    world: CleanupWorld,
    name: str,
    due: set[tuple[str, int]],
    before: Rows,
    mark: int,
    tally: CleanupTally,
    right: int = 1,
) -> None:
    """At the sandbox: what is missing or inactive now, and what was asked to be deleted, successfully or not."""
    now = world.held()
    lost = _ids(before) - _ids(now)
    asleep = {(entity, id) for entity, id in _ids(before) & _ids(now) if _switched(world, entity, before, now, id)}
    asked = {_asked(row["path"]) for row in _deletes(world, mark)}
    tally.false += [f"{name}: {entity} {id}" for entity, id in sorted((lost | asleep | asked) - due)]
    tally.right += right * len(lost & due)


def _switched(world: CleanupWorld, entity: str, before: Rows, now: Rows, id: int) -> bool:
    """Whether it was made inactive, or active."""
    active = [world.values(entity, rows[entity][id]).get("Active") for rows in (before, now)]
    return active[0] != active[1]


def _deletes(world: CleanupWorld, mark: int) -> list[dict[str, Any]]:
    log = world.sandbox.server.world.traffic.since(mark)["log"]
    return [row for row in log if row["service"] == "simon" and row["method"] == "DELETE"]


def _asked(path: str) -> tuple[str, int]:
    """Return what a path asks for, such as ``/simon/odata/Customer(12)``."""
    entity, _, id = path.rpartition("/")[2].rstrip(")").partition("(")
    return entity, int(id)


def _ids(rows: Rows) -> set[tuple[str, int]]:
    return {(entity, id) for entity, records in rows.items() for id in records}
