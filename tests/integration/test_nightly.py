"""The nightly checks over all tenants: drift and dying access are reported, and closed when they are over (R4.2)."""

import pytest
from sqlalchemy import text

from include.access.credentials import StoredCredentials
from include.context import Context
from include.errors import ChecksFailed
from include.settings import nightly
from include.settings.check_result import CheckResult
from include.settings.live_package import LivePackage
from include.settings.nightly import check_fleet, check_tenant
from include.store import tenants as tenants_table
from include.sync.pipeline import sync
from tests.helpers.sandboxes import Sandbox
from tests.helpers.tenants import CoupledTenant, CoupleTenant


def opened(coupled: CoupledTenant) -> set[tuple[str, str]]:
    """(code, record) of the open problems."""
    return {(problem.code, problem.record) for problem in coupled.open_problems()}


def test_a_night_without_trouble_says_nothing(coupled: CoupledTenant) -> None:
    """R4.2: whoever reads the log is not woken for nothing."""
    counts = check_fleet(coupled.context, "night")
    assert counts["tenants"] == 1
    assert counts["error"] == 0
    assert [row for row in coupled.log() if row.severity == "error"] == []


def test_drift_is_reported_and_closed_when_it_is_over(coupled: CoupledTenant) -> None:
    """R4.2, R7.5: before the first rejected work order, with the near miss; and closed by itself."""
    coupled.accounting.rename_article("UREN", "UREN1")
    assert check_fleet(coupled.context, "night 1")["error"] == 1
    assert ("settings.article_near_miss", "Artikel werktijd") in opened(coupled)
    [row] = coupled.log("error")
    assert (row.table, row.run, row.values["near"]) == ("settings", "night 1", "UREN1")
    check_fleet(coupled.context, "night 2")
    [problem] = [problem for problem in coupled.open_problems() if problem.type == "error"]
    assert problem.count == 2
    coupled.accounting.rename_article("UREN1", "UREN")
    assert check_fleet(coupled.context, "night 3")["error"] == 0
    assert not [code for code, _ in opened(coupled) if code.startswith("settings.article")]
    assert "problem.resolved" in [row.code for row in coupled.log("success")]


def test_a_filter_that_drifts_is_one_problem_for_check_and_sync(couple: CoupleTenant) -> None:
    """R1.6, R7.5: what the sync warned of stays open while the check still finds it; both close when it is over."""
    unit4 = couple("unit4", article_groups=["materiaal", "Arbeid"])
    sync(unit4.context, unit4.tenant, "sync")
    check_tenant(unit4.context, unit4.tenant, "night")
    assert about(unit4, "materiaal") == ["settings.group_near_miss"]
    sync(unit4.context, unit4.tenant, "later", full=True)
    assert about(unit4, "materiaal") == ["settings.group_near_miss"]
    with unit4.context.store.begin() as tx:
        body = unit4.tenant.settings.model_dump(mode="json") | {"article_groups": ["Materiaal", "Arbeid"]}
        tenants_table.save_settings(tx, unit4.tenant.id, body, "test")
    check_tenant(unit4.context, unit4.tenant, "next night")
    assert about(unit4, "materiaal") == []


@pytest.mark.parametrize("name", ["materiaal", "Zwembaden"])
@pytest.mark.parametrize("night_first", [True, False])
def test_a_wrong_group_is_one_problem_whoever_finds_it(couple: CoupleTenant, name: str, night_first: bool) -> None:
    """R1.6, R7.5: check and sync in any order, with a filter on types that the wrong group shuts out."""
    unit4 = couple("unit4", article_groups=[name], article_types=[0, 2])
    acts = [
        lambda: check_tenant(unit4.context, unit4.tenant, "night"),
        lambda: sync(unit4.context, unit4.tenant, f"sync {night_first}", full=True),
    ]
    for act in acts if night_first else reversed(acts):
        act()
        filters = [problem for problem in unit4.open_problems() if "group" in problem.code or "type" in problem.code]
        assert [problem.record for problem in filters] == [name]


def about(coupled: CoupledTenant, record: str) -> list[str]:
    """The codes of the open problems of a record."""
    return [problem.code for problem in coupled.open_problems() if problem.record == record]


def test_two_wrong_names_are_two_problems(couple: CoupleTenant) -> None:
    """R7.5: repairing one closes one."""
    unit4 = couple("unit4", article_groups=["materiaal", "Zwembaden"])
    check_tenant(unit4.context, unit4.tenant, "night")
    assert {("settings.group_near_miss", "materiaal"), ("settings.group_unknown", "Zwembaden")} <= opened(unit4)


def test_dying_access_is_reported_before_it_is_needed(coupled: CoupledTenant, sandbox: Sandbox) -> None:
    """R4.2: a revoked consent is one error with the action to connect again, not one for each setting."""
    fault = {"kind": "status", "status": 401, "path": coupled.accounting.access_path, "count": -1}
    coupled.accounting.expire_tokens()
    sandbox.server.world.faults.add(fault)
    report = check_tenant(coupled.context, coupled.tenant, "night")
    assert (report.level, report.results) == ("error", ())
    [trouble] = report.troubles
    assert trouble.code.startswith("connection.")
    assert [code for code, _ in opened(coupled)] == [trouble.code]
    sandbox.server.world.faults.clear()
    reconnect(coupled)
    check_tenant(coupled.context, coupled.tenant, "next night")
    assert not [code for code, _ in opened(coupled) if code.startswith("connection.")]


def reconnect(coupled: CoupledTenant) -> None:
    """A person gives consent again."""
    package = coupled.tenant.package
    access = package.access.model_validate(coupled.control.package_access(coupled.package))
    with coupled.context.store.begin() as tx:
        StoredCredentials(coupled.context, coupled.tenant.id, package).put(tx, access)


def test_simon_is_checked_too(coupled: CoupledTenant, sandbox: Sandbox) -> None:
    """R4.2: a changed password; the settings are checked all the same."""
    sandbox.server.world.faults.add({"kind": "status", "status": 401, "path": "/login$", "count": -1})
    report = check_tenant(coupled.context, coupled.tenant, "night")
    assert [error.code for error in report.troubles] == ["connection.refused"]
    assert report.results
    assert "Simple-Simon" in coupled.log("error")[0].values["system"]


def test_trouble_with_a_list_closes_nothing(couple: CoupleTenant, sandbox: Sandbox) -> None:
    """R7.5: what could not be looked at is not taken for repaired."""
    unit4 = couple("unit4", article_groups=["materiaal"])
    check_tenant(unit4.context, unit4.tenant, "night")
    before = opened(unit4)
    assert ("settings.group_near_miss", "materiaal") in before
    sandbox.server.world.faults.add({"kind": "status", "status": 500, "path": "ProductGroupNVL", "count": -1})
    check_tenant(unit4.context, unit4.tenant, "next night")
    assert before <= opened(unit4)
    assert ("connection.unavailable", "") in opened(unit4)


def test_a_right_that_lacks_is_closed_when_all_can_be_read(couple: CoupleTenant, sandbox: Sandbox) -> None:
    """R7.5: an answer to something else does not close it; a night in which everything could be read does."""
    unit4 = couple("unit4", payment_condition="30", vat_scenario=6)
    sandbox.server.world.faults.add({"kind": "status", "status": 403, "path": "SalesVatScenarioNVL", "count": -1})
    for night in ("one", "two"):
        check_tenant(unit4.context, unit4.tenant, night)
        [problem] = [problem for problem in unit4.open_problems() if problem.type == "error"]
        assert problem.code == "connection.forbidden"
    assert problem.count == 2
    sandbox.server.world.faults.clear()
    check_tenant(unit4.context, unit4.tenant, "three")
    assert opened(unit4) == set()


def test_only_active_tenants_are_checked(couple: CoupleTenant, context: Context) -> None:
    """R5.5: nothing is asked on behalf of a tenant that is not active."""
    couple("unit4", slug="actief")
    stopped = couple("unit4", slug="gestopt", work_article="BESTAAT-NIET")
    switch_off(stopped)
    assert check_fleet(context, "night")["tenants"] == 1
    assert stopped.log() == []


def switch_off(coupled: CoupledTenant) -> None:
    with coupled.context.store.begin() as tx:
        tx.execute(text("UPDATE tenants SET status = 'inactive' WHERE id = :id"), {"id": coupled.tenant.id})


def test_no_tenants_is_fine(context: Context) -> None:
    """R4.2: a new installation has a quiet night."""
    assert check_fleet(context, "night") == {"tenants": 0, "ok": 0, "warning": 0, "error": 0}


def test_one_tenants_trouble_never_stops_the_others(
    couple: CoupleTenant, context: Context, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R3.13: of forty tenants one has a fault of ours and one an article that is gone; all others are checked."""
    sandbox.server.world.switches.set("rompslomp.rate_limit", 0)
    coupled = [couple("rompslomp", slug=f"bedrijf_{n}") for n in range(38)]
    wrong = couple("rompslomp", slug="fout", work_article="BESTAAT-NIET")
    broken = couple("rompslomp", slug="kapot")
    checked: list[str] = []

    def check_settings(package: LivePackage) -> list[CheckResult]:
        if package.tenant.slug == "kapot":
            raise ZeroDivisionError("geheim 4711")
        checked.append(package.tenant.slug)
        return real(package)

    real = nightly.check_settings
    monkeypatch.setattr(nightly, "check_settings", check_settings)
    with pytest.raises(ChecksFailed, match="kapot"):
        check_fleet(context, "night")
    assert {each.slug for each in (*coupled, wrong)} == set(checked)
    assert ("settings.article_unknown", "Artikel werktijd") in opened(wrong)
    [row] = broken.log("error")
    assert (row.code, row.values) == ("run.failed", {"reason": "ZeroDivisionError"})
