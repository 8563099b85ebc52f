"""What goes on beside a sync: people at work in Simon, other tenants, odd keys, several requests at a time."""

from collections.abc import Callable

import pytest

from include.errors import Transient
from include.runs import Run
from include.sync.pipeline import sync
from include.sync.run import begin_sync
from tests.helpers.sandboxes import Sandbox
from tests.helpers.snapshots import (
    add_fault,
    assert_same_outcome,
    count_package_writes,
    count_simon_writes,
    external_ids,
    logged_codes,
    unexpected_codes,
)
from tests.helpers.tenants import CoupledTenant, CoupleTenant, call_simon

pytestmark = pytest.mark.usefixtures("small_steps")


def test_work_addresses_of_people_after_ten_runs(coupled: CoupledTenant, sandbox: Sandbox) -> None:
    """R1.5, R1.1: untouched by ten syncs with changes in between; and not one write to the package by us."""
    sync(coupled.context, coupled.tenant, "first")
    customers = coupled.simon("Customer")
    for number, customer in enumerate(customers[:3]):
        address = {
            "CustomerId": customer["Id"],
            "Name": customer["Name"],
            "City": f"Plaats {number}",
            "Remark": "achterom",
        }
        call_simon(coupled, "POST", "Location", address)
    by_hand = [row for row in coupled.simon("Location") if row["ExternalId"] is None]
    assert len(by_hand) == 3
    for number in range(10):
        change = CHANGES[number % len(CHANGES)]
        change(coupled, sandbox)
        mark = coupled.control.mark()
        sync(coupled.context, coupled.tenant, f"run {number}")
        assert count_package_writes(coupled, mark) == 0
    assert [row for row in coupled.simon("Location") if row["ExternalId"] is None] == by_hand
    ids = external_ids(coupled)
    assert len(ids) == len(set(ids))


def _rename(coupled: CoupledTenant, sandbox: Sandbox) -> None:
    coupled.accounting.rename_first_company("Andere Naam B.V.")


def _nothing(coupled: CoupledTenant, sandbox: Sandbox) -> None:
    pass


def _stutter(coupled: CoupledTenant, sandbox: Sandbox) -> None:
    coupled.accounting.rename_first_company("Zo heette het eerst")
    add_fault(sandbox, kind="drop_after", path=r"/odata/", method="PUT", count=1)


CHANGES: list[Callable[[CoupledTenant, Sandbox], None]] = [_rename, _nothing, _stutter]


def test_a_run_of_each_package_beside_the_other(couple: CoupleTenant, sandbox: Sandbox) -> None:
    """R3.13: one tenant's bad day is not another's."""
    tenants = [couple("unit4"), couple("rompslomp")]
    add_fault(sandbox, kind="status", status=503, path="CustomerInfoList", count=-1)
    begun: list[Run] = [begin_sync(t.context, t.tenant, "one", full=True) for t in tenants]
    with pytest.raises(Transient):
        sync(tenants[0].context, tenants[0].tenant, "one")
    sync(tenants[1].context, tenants[1].tenant, "one")
    assert begun[0].id != begun[1].id
    assert logged_codes(tenants[0]) == ["connection.unavailable"]
    assert "connection.unavailable" not in logged_codes(tenants[1])
    assert len(tenants[1].simon("Customer")) == 12


def put_customer(sandbox: Sandbox, coupled: CoupledTenant, key: str) -> None:
    """A customer of Unit4 under a key that its API would refuse, as old books have them."""
    books = sandbox.server.services["unit4"].administrations[coupled.control.administration("unit4")]  # type: ignore[attr-defined]
    books.customers.put(key, {**books.customers.get("1004"), "customerId": key, "organizationId": 7777})


@pytest.mark.parametrize("key", ["2000 ", " 2000", "20\x0000", "2000\t"])
def test_a_key_with_blanks_or_nuls_is_read_without_them(couple: CoupleTenant, sandbox: Sandbox, key: str) -> None:
    """R1.4, R1.10: the customer and its work address come over, and the second run writes nothing."""
    coupled = couple("unit4")
    put_customer(sandbox, coupled, key)
    sync(coupled.context, coupled.tenant, "one")
    for entity in ("Customer", "Location"):
        assert [row["Name"] for row in coupled.simon(entity) if row["ExternalId"] == "2000"] == [
            "Stichting Wijkcentrum De Eik"
        ]
    mark = coupled.control.mark()
    sync(coupled.context, coupled.tenant, "two")
    assert count_simon_writes(coupled, mark) == {}
    assert unexpected_codes(coupled) == []


def test_keys_that_differ_in_blanks_do_not_stop_the_sync(couple: CoupleTenant, sandbox: Sandbox) -> None:
    """R3.13, R7.1: none of the two is chosen, both are named; all others go, and it is over once one is gone."""
    coupled = couple("unit4")
    put_customer(sandbox, coupled, "1004 ")
    sync(coupled.context, coupled.tenant, "one")
    assert [row for row in coupled.simon("Customer") if row["ExternalId"] == "1004"] == []
    assert len(coupled.simon("Customer")) == 10
    assert [problem.code for problem in coupled.open_problems()] == ["sync.keys_alike"]
    assert [row.values["names"] for row in coupled.log("warning")] == ["«1004», «1004 »"]
    sandbox.package("unit4").table("customers").remove("1004 ")
    sync(coupled.context, coupled.tenant, "two")
    assert len(coupled.simon("Customer")) == 11
    assert coupled.open_problems() == []


def test_four_requests_at_a_time_end_the_same(
    coupled: CoupledTenant, undisturbed: CoupledTenant, couple: CoupleTenant, sandbox: Sandbox
) -> None:
    """R1.10: whatever the number of requests at a time, also with answers that are lost."""
    four = couple(coupled.package, slug="four", simon_at_once=4)
    for skip in (1, 5, 20):
        add_fault(sandbox, kind="drop_after", path="/odata/(Customer|Item)$", method="POST", skip=skip)
    counts = sync(four.context, four.tenant, "one")
    assert counts["customers"]["new"] == len(undisturbed.simon("Customer"))
    assert unexpected_codes(four) == []
    assert_same_outcome(four, undisturbed)
