"""The DAG over all tenants, as Airflow loads and runs it."""

from typing import Any

from tests.dags.conftest import AirflowProcess
from tests.helpers.paths import ROOT


def test_one_task_of_a_kind_for_all_tenants(loaded: dict[str, Any]) -> None:
    """R4.2, architecture 4: at night, one task however many tenants there are; parsing asks the store nothing."""
    dag = loaded["dags"]["fleet"]
    assert loaded["errors"] == []
    assert dag["tasks"]["check_settings"] == []
    assert not [name for name in dag["tasks"] if "jansen" in name or "devries" in name]
    assert (dag["schedule"], dag["starts_on"]) == ("30 4 * * *", [])
    assert (dag["max_active_runs"], dag["catchup"]) == (1, False)
    assert (dag["owner"], dag["policies"], dag["retries"] >= 1) == ("koppel", True, True)
    assert dag["doc"].strip()
    assert {"koppel", "fleet"} <= set(dag["tags"])
    assert loaded["statements"]["fleet.py"] == []


def test_the_night_is_dutch() -> None:
    """House rule: business hours are Europe/Amsterdam; the moment exists once on every day of the year."""
    source = (ROOT / "dags" / "fleet.py").read_text()
    assert 'CronTriggerTimetable("30 4 * * *", timezone="Europe/Amsterdam")' in source


def test_only_its_own_task_builds_it(airflow: AirflowProcess) -> None:
    """Architecture 3: a task of a tenant parses nothing of this."""
    own = airflow.load_dags(_AIRFLOW_PARSING_CONTEXT_DAG_ID="fleet")
    assert set(own["dags"]) == {"fleet"}
    other = airflow.load_dags(_AIRFLOW_PARSING_CONTEXT_DAG_ID="push__jansen")
    assert set(other["dags"]) == {"push__jansen"}
