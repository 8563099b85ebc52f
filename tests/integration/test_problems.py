"""Open problems: opened and counted as they are said, closed on evidence or by a person."""

import json

import pytest

from include.errors import ProblemNotFound
from include.log.problems import resolve_by_hand
from include.log.writer import IntegrationLog
from include.store.problems import ProblemFilter
from include.sync.pipeline import sync
from include.watcher.polling import Watcher
from tests.helpers.clock import FakeClock
from tests.helpers.command_line import run_koppel
from tests.helpers.sandboxes import Sandbox
from tests.helpers.snapshots import add_fault
from tests.helpers.tenants import CoupledTenant, CoupleTenant


def log_of(coupled: CoupledTenant, key: str = "run") -> IntegrationLog:
    return IntegrationLog(coupled.context.store, coupled.tenant.id, coupled.slug, key)


def opened(coupled: CoupledTenant) -> list[tuple[str, str, int]]:
    """(code, record, times) of the open ones, in the order in which they were first said."""
    problems = sorted(coupled.open_problems(), key=lambda problem: problem.id)
    return [(problem.code, problem.record, problem.count) for problem in problems]


def test_what_is_said_again_is_one_problem(couple: CoupleTenant) -> None:
    """R7.5: grouped per tenant, code and record, with first and last time and count; what went well is none."""
    coupled, other = couple("unit4", slug="one"), couple("unit4", slug="other")
    for number in ("1", "1", "2"):
        log_of(coupled).write("work_order.no_customer", number)
    log_of(coupled).write("work_order.gone", "3")
    log_of(other).write("work_order.no_customer", "1")
    assert opened(coupled) == [("work_order.no_customer", "1", 2), ("work_order.no_customer", "2", 1)]
    assert opened(other) == [("work_order.no_customer", "1", 1)]
    first = coupled.open_problems()[-1]
    assert first.first <= first.last
    assert first.action


def test_solved_closes_what_it_names_and_nothing_else(couple: CoupleTenant) -> None:
    """R7.5: by table, record, code and values; one line when there was something to close, none otherwise."""
    coupled = couple("unit4")
    log = log_of(coupled)
    log.write("connection.refused", system="A", reason="x")
    log.write("work_order.no_customer", "1")
    log.write("work_order.address_of_another_customer", "2")
    assert log.resolve_connection("B") == 0
    assert log.resolve(ProblemFilter("work_order", "1", codes=("work_order.address_of_another_customer",))) == 0
    assert coupled.log("success") == []
    assert log.resolve_connection("A") == 1
    assert log.resolve(ProblemFilter("work_order", "1")) == 1
    assert opened(coupled) == [("work_order.address_of_another_customer", "2", 1)]
    assert [row.code for row in coupled.log("success")] == ["problem.resolved"] * 2
    log.write("work_order.no_customer", "1")  # again, after it was closed: another problem
    assert ("work_order.no_customer", "1", 1) in opened(coupled)


def test_a_person_closes_one_by_its_number(couple: CoupleTenant) -> None:
    """R7.5: a person closes it on the command line; a number that is not open is refused in words."""
    coupled = couple("rompslomp")
    log_of(coupled).write("work_order.no_customer", "1")
    listed = json.loads(run_koppel(coupled.context, "problems", "list", coupled.slug, "--json").stdout)
    assert [(row["code"], row["count"]) for row in listed] == [("work_order.no_customer", 1)]
    number = str(listed[0]["id"])
    assert run_koppel(coupled.context, "problems", "resolve", coupled.slug, number).returncode == 0
    assert opened(coupled) == []
    again = run_koppel(coupled.context, "problems", "resolve", coupled.slug, number)
    assert again.returncode == 1
    assert f"{number} is not open" in again.stderr
    with pytest.raises(ProblemNotFound):
        resolve_by_hand(coupled.context, coupled.tenant, 10_000, "test")


def test_a_look_that_succeeds_closes_the_trouble_with_simon(
    couple: CoupleTenant, sandbox: Sandbox, clock: FakeClock
) -> None:
    """R7.5: the log-in was refused and works again."""
    coupled = couple("unit4")
    add_fault(sandbox, kind="status", status=403, path="/login$", count=1)
    watcher = Watcher(coupled.context)
    watcher.poll("archived", coupled.slug)
    assert [code for code, _, _ in opened(coupled)] == ["connection.forbidden"]
    clock.advance(minutes=11)
    watcher.poll("archived", coupled.slug)
    assert opened(coupled) == []


def test_a_refused_record_is_open_until_it_is_written(coupled: CoupledTenant, sandbox: Sandbox) -> None:
    """R7.5: a sync that writes it closes it; one that is refused again raises its count."""
    add_fault(sandbox, kind="status", status=400, method="POST", path="/odata/Customer$", count=1)
    sync(coupled.context, coupled.tenant, "one")
    refused = [code for code, _, _ in opened(coupled)]
    assert "sync.record_refused" in refused
    sync(coupled.context, coupled.tenant, "two")
    assert "sync.record_refused" not in [code for code, _, _ in opened(coupled)]


def test_a_shortened_text_is_open_until_the_record_is_written_whole(couple: CoupleTenant, sandbox: Sandbox) -> None:
    """R7.5, R1.9: a sync that leaves the record alone does not close it; the one after it was repaired does."""
    coupled = couple("rompslomp")
    sync(coupled.context, coupled.tenant, "one")
    shortened = [(code, count) for code, _, count in opened(coupled) if code == "sync.text_shortened"]
    assert shortened
    sync(coupled.context, coupled.tenant, "two")
    assert [(code, count) for code, _, count in opened(coupled) if code == "sync.text_shortened"] == shortened
    company = next(iter(sandbox.server.services["rompslomp"].state.companies.values()))
    for contact in company.contacts:
        if len(contact.company_name or "") > 100:
            contact.company_name = "VvE De Zeven Provinciën"
    company.contacts.touch()
    sync(coupled.context, coupled.tenant, "three")
    assert [code for code, _, _ in opened(coupled) if code == "sync.text_shortened"] == []


def test_a_sync_that_ends_closes_the_trouble_it_had(coupled: CoupledTenant, sandbox: Sandbox) -> None:
    """R7.5: the connection problems of both systems are closed."""
    log_of(coupled).write("connection.unavailable", system=coupled.tenant.package.title, reason="x")
    sync(coupled.context, coupled.tenant, "one")
    assert "connection.unavailable" not in [code for code, _, _ in opened(coupled)]
