"""Whatever people do on both sides, Simon ends as the package says: random histories against our own calculation."""

import os
import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from requests import HTTPError

from include.cleanup.pipeline import clean_up
from include.context import Context
from include.errors import IntegrationError
from include.push.worker import push
from include.sync.pipeline import sync
from tests.helpers.cleanup_tenants import UNLIMITED, change_settings, with_first_cleanup
from tests.helpers.clock import FakeClock
from tests.helpers.killable_process import KillableProcess, killable_processes
from tests.helpers.packages import PACKAGES
from tests.helpers.sandboxes import Sandbox
from tests.helpers.snapshots import add_fault
from tests.helpers.tenants import CoupledTenant, CoupleTenant, call_simon

STEPS = int(os.environ.get("KOPPEL_HISTORY_STEPS", "60"))
SEEDS = range(int(os.environ.get("KOPPEL_HISTORIES", "2")))


@dataclass
class History:
    """People at work on both sides.

    ``firms``: who is meant by a key of the package now; ``planned``: for whom, by the reference of a document.
    """

    coupled: CoupledTenant
    sandbox: Sandbox
    clock: FakeClock
    killable: KillableProcess
    rng: random.Random
    firms: dict[str, str] = field(default_factory=dict)
    planned: dict[str, str] = field(default_factory=dict)
    own: dict[int, dict[str, Any]] = field(default_factory=dict)  # work addresses that people made
    filtered: bool = False
    count: int = 0

    def __post_init__(self) -> None:
        self.firms = {key: f"firm {key}" for key in self.customers()}

    def customers(self) -> list[str]:
        return sorted(self.coupled.accounting.rows("customers"))

    def some_customer(self) -> str | None:
        return self.rng.choice(self.customers()) if self.customers() else None

    def fresh(self) -> int:
        self.count += 1
        return self.count

    # in the package

    def new_customer(self) -> None:
        number = self.fresh()
        name = f"Firma {number}"
        if self.coupled.package == "unit4":
            self._put_unit4(str(7000 + number), f"Firma {number}", 50_000 + number)
            key = str(7000 + number)
        else:
            key = self._post_contact(name, f"N{number}")
        self.firms[key] = name

    def rename(self) -> None:
        key = self.some_customer()
        if key and key in {each.key for each in self.coupled.accounting.customers()}:
            self.coupled.accounting.rename_customer(key, f"Hernoemd {self.fresh()}")

    def renumber(self) -> None:
        if not (key := self.some_customer()):
            return
        number = self.fresh()
        if self.coupled.package == "rompslomp":
            self.coupled.accounting.call("PATCH", f"contacts/{key}", {"contact": {"contact_number": f"R{number}"}})
            return
        table = self.coupled.accounting.table("customers")
        row = table.get(key)
        table.remove(key)
        new = str(8000 + number)
        table.put(new, {**row, "customerId": new})
        self.firms[new] = self.firms.pop(key)

    def reuse(self) -> None:
        """Another firm under the number of one that is gone."""
        if not (key := self.some_customer()):
            return
        number = self.fresh()
        name = f"Andere {number}"
        if self.coupled.package == "unit4":
            self._put_unit4(key, name, 60_000 + number)
            self.firms[key] = name
            return
        row = self.coupled.accounting.table("customers").get(int(key))
        contact_number = row.contact_number
        self.coupled.accounting.call("DELETE", f"contacts/{key}")
        self.firms.pop(key)
        self.firms[self._post_contact(name, contact_number)] = name

    def delete_customer(self) -> None:
        if key := self.some_customer():
            self.coupled.accounting.delete_record("customers", key)
            self.firms.pop(key)

    def deactivate(self) -> None:
        if key := self.some_customer():
            self.coupled.accounting.put_out_of_scope("customers", key, self.rng)

    def article(self) -> None:
        with suppress(Exception):  # a code that is there already
            self.coupled.accounting.create_article(f"ART{self.fresh()}", price="12.50")

    def delete_article(self) -> None:
        keys = [key for key in sorted(self.coupled.accounting.rows("articles")) if self._free_article(key)]
        if keys:
            self.coupled.accounting.delete_record("articles", self.rng.choice(keys))

    def _free_article(self, key: str) -> bool:
        row = self.coupled.accounting.rows("articles")[key]
        return "ART" in (key if self.coupled.package == "unit4" else str(row.product_code or ""))

    def _put_unit4(self, key: str, name: str, organization: int) -> None:
        table = self.coupled.accounting.table("customers")
        template = table.get("1001") or next(iter(table))
        place = {"street1": f"Weg {organization}", "street2": "", "zipCode": f"{organization % 9000 + 1000} ZZ"}
        fields = {"customerId": key, "name": name, "organizationId": organization, "customerStateId": "A", **place}
        table.put(key, {**template, **fields})

    def _post_contact(self, name: str, number: str) -> str:
        body = {"company_name": name, "contact_number": number, "address": f"Weg {name}", "zipcode": "1000 AA"}
        return str(self.coupled.accounting.call("POST", "contacts", {"contact": body})["contact"]["id"])

    # in Simon

    def edit(self) -> None:
        entity, fields = self.rng.choice(
            [
                ("Customer", {"Name": f"Met de hand {self.fresh()}"}),
                ("Customer", {"Active": False}),
                ("Location", {"Street": f"Eigen weg {self.fresh()}"}),
                ("Item", {"Description": f"Eigen tekst {self.fresh()}"}),
            ]
        )
        rows = [row for row in self.coupled.simon(entity) if row["Id"] not in self.own]
        if rows:
            row = self.rng.choice(rows)
            call_simon(self.coupled, "PUT", f"{entity}({row['Id']})", {**row, **fields})

    def delete_in_simon(self) -> None:
        entity = self.rng.choice(["Customer", "Location", "Item"])
        rows = [row for row in self.coupled.simon(entity) if row["Id"] not in self.own]
        if rows:
            with suppress(IntegrationError):  # Simon needs it
                call_simon(self.coupled, "DELETE", f"{entity}({self.rng.choice(rows)['Id']})")
        self._forget_own()

    def move_address(self) -> None:
        places = [row for row in self.coupled.simon("Location") if row["Id"] not in self.own]
        customers = self.coupled.simon("Customer")
        if places and customers:
            row = self.rng.choice(places)
            moved = {**row, "CustomerId": self.rng.choice(customers)["Id"]}
            call_simon(self.coupled, "PUT", f"Location({row['Id']})", moved)

    def own_address(self) -> None:
        customers = [row for row in self.coupled.simon("Customer") if row["Active"]]
        if customers:
            body = {"Name": f"Eigen {self.fresh()}", "CustomerId": self.rng.choice(customers)["Id"]}
            made = call_simon(self.coupled, "POST", "Location", body)
            self.own[made["Id"]] = next(row for row in self.coupled.simon("Location") if row["Id"] == made["Id"])

    def work_order(self) -> None:
        """For a firm that both sides have, planned and archived at once or after more has happened."""
        linked = [row for row in self.coupled.simon("Customer") if row["ExternalId"] in self.firms and row["Active"]]
        places = {row["CustomerId"]: row for row in self.coupled.simon("Location") if row["Id"] not in self.own}
        candidates = [row for row in linked if row["Id"] in places and self._is_of(row)]
        if candidates:
            customer = self.rng.choice(candidates)
            place = places[customer["Id"]]
            made = self.coupled.archive(
                CustomerId=customer["Id"], LocationId=place["Id"], Description="Nakijken", TimeSheets=[]
            )
            self.planned[f"WB-{made['Number']}-{made['Id']}"] = self.firms[customer["ExternalId"]]

    def _is_of(self, row: dict[str, Any]) -> bool:
        """Whether the record in Simon is of the firm that has its key now, as people would see by its name."""
        names = {each.key: each.name for each in self.coupled.accounting.customers()}
        return names.get(row["ExternalId"]) == row["Name"]

    def _forget_own(self) -> None:
        there = {row["Id"] for row in self.coupled.simon("Location")}
        self.own = {id: row for id, row in self.own.items() if id in there}

    # us

    def change_filters(self) -> None:
        self.filtered = not self.filtered
        filters = self.coupled.accounting.filters
        change_settings(self.coupled, **(filters if self.filtered else {name: [] for name in filters}))

    def run_killed(self) -> None:
        work, points = self.rng.choice([("sync", 80), ("sync", 80), ("cleanup", 60)])
        at = self.rng.randrange(1, points)
        ahead_s = (self.clock.now() - datetime.now(UTC)).total_seconds()
        self.killable.do(work, self.coupled.slug, f"killed {self.fresh()}", at=at, ahead_s=ahead_s)
        self._forget_own()

    def run_sync(self) -> None:
        if self.rng.random() < 0.3:
            path = self.rng.choice(["/odata/Customer", "/odata/Item", "/odata/Location"])
            fault = self.rng.choice([{"kind": "status", "status": 400}, {"kind": "drop_after"}])
            add_fault(self.sandbox, path=path, method="POST", count=1, **fault)
        with suppress(IntegrationError):
            sync(self.coupled.context, self.coupled.tenant, f"sync {self.fresh()}", full=self.rng.random() < 0.5)
        self.sandbox.server.world.faults.clear()

    def run_clean_up(self) -> None:
        with suppress(IntegrationError):
            clean_up(self.coupled.context, self.coupled.tenant, f"clean {self.fresh()}")
        self._forget_own()

    def run_push(self) -> None:
        before = {document.reference for document in self.coupled.documents()}
        with suppress(IntegrationError):
            push(self.coupled.context, self.coupled.tenant, f"push {self.fresh()}")
        for document in self.coupled.documents():
            if document.reference not in before:
                assert self.firms[document.customer_key] == self.planned[document.reference]
        self.clock.advance(seconds=30)


def play(history: History) -> None:
    acts: list[tuple[Callable[[], None], int]] = [
        (history.new_customer, 2),
        (history.rename, 2),
        (history.renumber, 2),
        (history.reuse, 3),
        (history.delete_customer, 1),
        (history.deactivate, 1),
        (history.article, 1),
        (history.delete_article, 1),
        (history.edit, 4),
        (history.delete_in_simon, 2),
        (history.move_address, 1),
        (history.own_address, 1),
        (history.work_order, 3),
        (history.change_filters, 1),
        (history.run_sync, 4),
        (history.run_killed, 2),
        (history.run_clean_up, 1),
        (history.run_push, 2),
    ]
    for act in history.rng.choices([act for act, _ in acts], [weight for _, weight in acts], k=STEPS):
        with suppress(HTTPError):  # the package refuses it, such as another name for what is invoiced
            act()


@pytest.fixture
def killable(context: Context) -> Iterator[KillableProcess]:
    with killable_processes(context, 1) as [process]:
        yield process


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("package", PACKAGES)
def test_simon_ends_as_the_package_says(
    couple: CoupleTenant, sandbox: Sandbox, clock: FakeClock, killable: KillableProcess, package: str, seed: int
) -> None:
    """R1.1, R1.5, R1.12 to R1.14, R3.3: after a full sync and two clean-ups nothing is missing, strange or mixed up."""
    sandbox.control.call("PUT", "switches", {"rompslomp.rate_limit": 0})
    coupled = with_first_cleanup(couple(package, **UNLIMITED, travel_article="", work_article=""))
    history = History(coupled, sandbox, clock, killable, random.Random(seed))
    play(history)
    sync(coupled.context, coupled.tenant, "last")
    for number in range(2):
        clean_up(coupled.context, coupled.tenant, f"last {number}")
    sync(coupled.context, coupled.tenant, "very last")
    assert_as_the_package_says(history)


def assert_as_the_package_says(history: History) -> None:
    coupled = history.coupled
    wanted = {each.key: each for each in coupled.accounting.customers()}
    rows = coupled.simon("Customer")
    there = {row["ExternalId"]: row for row in rows if row["Active"]}
    assert set(there) == set(wanted)
    names = {key: each.name if len(each.name) <= 100 else f"{each.name[:99].rstrip()}…" for key, each in wanted.items()}
    assert {key: row["Name"] for key, row in there.items()} == names
    assert {key: row["CustomerNumber"] for key, row in there.items()} == {k: each.number for k, each in wanted.items()}
    default = [row for row in coupled.simon("Location") if row["Id"] not in history.own and row["Active"]]
    assert sorted(row["ExternalId"] for row in default) == sorted(wanted)
    assert all(there[row["ExternalId"]]["Id"] == row["CustomerId"] for row in default)
    codes = {row["Code"] for row in coupled.simon("Item") if row["Active"]}
    accounting = coupled.accounting
    assert codes == (accounting.filtered_article_codes() if history.filtered else accounting.article_codes())
    history._forget_own()
    own = {row["Id"]: row for row in coupled.simon("Location") if row["Id"] in history.own}
    assert own == history.own
