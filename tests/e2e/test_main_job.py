"""Proves the main job on a real Airflow: api-server, scheduler, dag-processor, triggerer, Postgres, real HTTP."""

from typing import Any

import pytest
import requests

from include.store import sync_state
from local.airflow import AirflowApi
from tests.helpers.running_airflow import RunningAirflow
from tests.helpers.tenants import CoupledTenant, call_simon
from tests.helpers.work_orders import documents_of

WORK = {"TimeSheets": [{"TimeType": "Travel", "Minutes": 15}, {"TimeType": "Work", "Minutes": 120}]}


def archive(coupled: CoupledTenant, **changes: Any) -> dict[str, Any]:
    used = next(row["Id"] for row in coupled.simon("Item") if row["Code"] == "ONT-7")
    customer = coupled.simon("Customer")[0]["Id"]
    work_order = {"Description": "Cv-ketel nazien", "UsedItems": [{"ItemId": used, "Quantity": 1}], **WORK}
    return coupled.archive(**{"CustomerId": customer, **work_order, **changes})


def test_the_first_sync_fills_simon_exactly(running: RunningAirflow, coupled: CoupledTenant) -> None:
    """R1.1, R1.4, R1.6, R1.7: what the package holds within the filters, no more and no less."""
    assert {row["ExternalId"] for row in coupled.simon("Customer")} == set(coupled.accounting.customer_keys())
    assert len(coupled.simon("Location")) == len(coupled.simon("Customer"))
    assert {row["Code"] for row in coupled.simon("Item")} == coupled.accounting.filtered_article_codes()
    assert {row["Name"] for row in coupled.simon("ItemGroup")} == coupled.accounting.filtered_groups


def test_the_second_sync_writes_nothing(running: RunningAirflow, coupled: CoupledTenant) -> None:
    """R1.10: counted at the sandbox."""
    mark = running.control.mark()
    assert running.run(f"sync__{coupled.slug}")[1] == "success"
    assert running.control.writes(coupled.key, mark) == 0


def test_archiving_makes_a_document_by_itself(running: RunningAirflow, coupled: CoupledTenant) -> None:
    """R3.1, R6.2: nobody triggers anything; the watcher's event starts the run."""
    made = archive(coupled)
    [document] = running.wait_for(lambda: documents_of(coupled, made))
    assert document.line_texts == ["Cv-ketel nazien", "Voorrijkosten", "Ontsteker", "Reisuur", "Arbeidsuur monteur"]
    assert running.airflow.runs(f"push__{coupled.slug}")[0]["run_type"] == "asset_triggered"


def test_the_event_twice_is_one_document(running: RunningAirflow, coupled: CoupledTenant) -> None:
    """R3.10: the same event again, and the DAG triggered by hand on top of it."""
    made = archive(coupled)
    running.wait_for(lambda: documents_of(coupled, made))
    assets = running.airflow.call("GET", f"assets?uri_pattern=archived/{coupled.slug}")["assets"]
    before = len(running.airflow.runs(f"push__{coupled.slug}"))
    for _ in range(2):
        running.airflow.call("POST", "assets/events", {"asset_id": assets[0]["id"], "extra": {}})
    running.wait_for(lambda: len(running.airflow.runs(f"push__{coupled.slug}")) > before)
    for run in running.airflow.runs(f"push__{coupled.slug}"):
        running.airflow.wait(f"push__{coupled.slug}", run["dag_run_id"])
    assert running.run(f"push__{coupled.slug}")[1] == "success"
    assert len(documents_of(coupled, made)) == 1


def test_no_customer_is_seen_in_both_logs_and_stops_nobody(running: RunningAirflow, coupled: CoupledTenant) -> None:
    """R3.3, R3.13, R7.4: code, message and action in the integration log and in the task log; the next one goes out."""
    place = call_simon(coupled, "POST", "Location", {"Name": "Los adres"})["Id"]
    orphan = archive(coupled, CustomerId=None, LocationId=place)
    good = archive(coupled)
    running.wait_for(lambda: documents_of(coupled, good))
    [row] = running.wait_for(lambda: [r for r in coupled.log("error") if r.record == orphan["Number"]])
    assert (row.code, row.table) == ("work_order.no_customer", "work_order")
    assert documents_of(coupled, orphan) == []

    running.airflow.wait(f"push__{coupled.slug}", row.run)
    lines = running.airflow.task_log(f"push__{coupled.slug}", row.run, "push")
    [line] = [entry for entry in lines if entry.get("code") == "work_order.no_customer"]
    assert line["level"] == "error"
    assert orphan["Number"] in line["event"]
    assert line["action"].startswith("Haal de werkbon uit het archief")


def test_a_selection_by_rest_touches_nothing_else(running: RunningAirflow, coupled: CoupledTenant) -> None:
    """R6.3: sync now with articles only reads no customers, and skips their task; articles bring their groups along."""
    dag_id = f"sync__{coupled.slug}"
    mark = running.control.mark()
    run_id, state = running.run(dag_id, {"what": ["articles"]})
    assert state == "success"
    states = running.airflow.task_states(dag_id, run_id)
    read = {"extract_articles", "extract_article_groups"}
    expected = {task: "success" if task in read else "skipped" for task in states if task.startswith("extract_")}
    assert states == expected | {
        "transform": "success",
        "load": "success",
        "choose": "success",
        "push_work_orders": "skipped",
        "clean_up": "skipped",
    }
    lines = running.control.call("GET", f"requests?since={mark}")["log"]
    lists = ("CustomerInfoList", "AddressInfoList", "/contacts")
    # the watcher's look reads Unit4's lists whole, without asking for a page
    pages = [line["path"] for line in lines if line["service"] == coupled.package and "top" in line["query"]]
    pages += [line["path"] for line in lines if "AddressInfoList" in line["path"] or "/contacts" in line["path"]]
    assert not [path for path in pages for name in lists if name in path]


def test_work_orders_can_be_chosen_alone(running: RunningAirflow, coupled: CoupledTenant) -> None:
    """R6.3: sends what is due and reads no master data."""
    run_id, state = running.run(f"sync__{coupled.slug}", {"what": ["work_orders"]})
    states = running.airflow.task_states(f"sync__{coupled.slug}", run_id)
    assert state == "success"
    assert {states.pop("push_work_orders"), states.pop("choose")} == {"success"}
    assert set(states.values()) == {"skipped"}


def test_the_first_sync_starts_by_itself(running: RunningAirflow, coupled: CoupledTenant) -> None:
    """R5.3, R6.1: the oldest run of a new tenant's DAG was started by the watcher, not by a person."""
    assert running.airflow.runs(f"sync__{coupled.slug}")[-1]["run_type"] == "asset_triggered"


def test_an_unchanged_package_starts_no_task(running: RunningAirflow, coupled: CoupledTenant) -> None:
    """R1.10, architecture 4: while nothing changes there is no new run, however often the watcher looks."""
    before = len(running.airflow.runs(f"sync__{coupled.slug}"))
    if coupled.accounting.is_polled_for_changes:
        before_that = running.wait_for(lambda: _looked_at(running, coupled))
        running.wait_for(lambda: _looked_at(running, coupled) != before_that, limit_s=90)
    assert len(running.airflow.runs(f"sync__{coupled.slug}")) == before


def _looked_at(running: RunningAirflow, coupled: CoupledTenant) -> Any:
    with running.context.store.begin() as tx:
        return sync_state.get(tx, coupled.tenant.id).polled_at


def test_a_wrong_selection_is_refused(running: RunningAirflow, coupled: CoupledTenant) -> None:
    """R6.3: before anything runs, naming the field."""
    with pytest.raises(requests.HTTPError) as refused:
        running.airflow.trigger(f"sync__{coupled.slug}", {"what": ["suppliers"]})
    assert refused.value.response.status_code == 400
    assert "what" in refused.value.response.text


def test_a_viewer_cannot_start_anything(running: RunningAirflow) -> None:
    """Security: Airflow refuses it, not only the screen."""
    kept = running.stack.settings.generated
    viewer = AirflowApi(running.stack.settings.airflow_url, "viewer", kept["viewer_password"])
    with pytest.raises(requests.HTTPError) as refused:
        viewer.trigger("sync__unit4")
    assert refused.value.response.status_code == 403


def test_no_secret_stands_in_what_airflow_wrote(running: RunningAirflow) -> None:
    """Security: task logs, component logs and the runs' conf hold none of the tenants' secrets."""
    secrets = {tenant.key for tenant in running.tenants.values()}
    for package in running.tenants:
        access = running.control.package_access(package)
        secrets |= {access[name] for name in ("client_secret", "refresh_token", "access_token") if name in access}
    for file in [*running.stack.folder.rglob("*.log")]:
        if file.name != "sandbox.log":  # the sandbox prints its log-ins on purpose
            text = file.read_text(errors="replace")
            assert not [secret for secret in secrets if secret in text], file


def test_an_inactive_tenant_does_nothing(running: RunningAirflow) -> None:
    """R5.5: its DAGs are there, its tasks skip, and no document is made."""
    from sqlalchemy import text

    coupled = running.tenants["rompslomp"]
    with running.context.store.begin() as tx:
        tx.execute(text("UPDATE tenants SET status = 'inactive' WHERE slug = 'rompslomp'"))
    try:
        made = archive(coupled)
        run_id, state = running.run("push__rompslomp")
        assert running.airflow.task_states("push__rompslomp", run_id) == {"push": "skipped"}
        assert state == "success"
        assert documents_of(coupled, made) == []
    finally:
        with running.context.store.begin() as tx:
            tx.execute(text("UPDATE tenants SET status = 'active' WHERE slug = 'rompslomp'"))
    running.wait_for(lambda: documents_of(coupled, made))
