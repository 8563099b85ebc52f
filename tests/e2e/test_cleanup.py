"""The clean-up on a real Airflow: what is too much waits for a person, who decides in Airflow itself."""

from collections.abc import Iterator
from typing import Any

import pytest

from local.airflow import ENDED
from tests.helpers.running_airflow import RunningAirflow
from tests.helpers.tenants import CoupledTenant, call_simon


@pytest.fixture(autouse=True)
def tidy(running: RunningAirflow) -> Iterator[None]:
    """Other tests count on a Simon that holds what the package does."""
    yield
    for coupled in running.tenants.values():
        for row in coupled.simon("Customer"):
            if row["ExternalId"] is None:
                call_simon(coupled, "DELETE", f"Customer({row['Id']})")


def names(coupled: CoupledTenant) -> list[str]:
    return [row["Name"] for row in coupled.simon("Customer")]


def by_hand(coupled: CoupledTenant, name: str) -> None:
    call_simon(coupled, "POST", "Customer", {"Name": name})


def question(running: RunningAirflow, dag_id: str, run_id: str) -> dict[str, Any]:
    """What Airflow asks, once it asks."""
    path = f"dags/{dag_id}/dagRuns/{run_id}/taskInstances/decide/-1/hitlDetails"

    def asked() -> dict[str, Any] | None:
        state = running.airflow.task_states(dag_id, run_id).get("decide")
        return running.airflow.call("GET", path) if state == "awaiting_input" else None

    return dict(running.wait_for(asked, limit_s=120))


def heard_of(running: RunningAirflow, dag_id: str, run_id: str) -> int:
    """How often the scheduler heard that a process of the task that asks has ended."""
    log = (running.stack.folder / "logs" / "scheduler.log").read_text(errors="replace")
    return sum(
        1
        for line in log.splitlines()
        if "Received executor event" in line and run_id in line and dag_id in line and "task_id='decide'" in line
    )


def answer(running: RunningAirflow, dag_id: str, run_id: str, option: str) -> str:
    """The state in which the run ends. The asking process lingers for five seconds; an answer that comes before the
    scheduler has heard of its end fails that try (and Airflow asks again), so this person is slower than that."""
    path = f"dags/{dag_id}/dagRuns/{run_id}/taskInstances/decide/-1/hitlDetails"
    answered = 0

    def ended() -> str | None:
        nonlocal answered
        waits = running.airflow.task_states(dag_id, run_id)["decide"] == "awaiting_input"
        heard = heard_of(running, dag_id, run_id)
        if waits and heard > answered:
            running.airflow.call("PATCH", path, {"chosen_options": [option], "params_input": {}})
            answered = heard
        state = str(running.airflow.call("GET", f"dags/{dag_id}/dagRuns/{run_id}")["state"])
        return state if state in ENDED else None

    return str(running.wait_for(ended, limit_s=240))


def test_a_person_approves_in_airflow(running: RunningAirflow, coupled: CoupledTenant) -> None:
    """R2.2, R2.5: the first clean-up asks; the person sees exactly the set, and exactly that goes."""
    dag_id = f"cleanup__{coupled.slug}"
    by_hand(coupled, "Met de hand & <b>vet</b> ```")
    run_id = running.airflow.trigger(dag_id)
    asked = question(running, dag_id, run_id)
    assert "met de hand toegevoegd" in asked["body"]
    assert "Met de hand & <b>vet</b> '''" in asked["body"]
    before = len(names(coupled))
    by_hand(coupled, "Na de vraag")
    assert answer(running, dag_id, run_id, "Goedkeuren") == "success"
    assert len(names(coupled)) == before  # one went, one that nobody was asked about came
    assert "Na de vraag" in names(coupled)
    assert [row.record for row in coupled.log() if row.code == "cleanup.removed_hand_made"][:1]


def test_refused_in_airflow_is_kept(running: RunningAirflow, coupled: CoupledTenant) -> None:
    """R2.5: one of twelve is more than a tenth, so it is asked; refused, it stays, and is not asked again."""
    dag_id = f"cleanup__{coupled.slug}"
    by_hand(coupled, "Blijft staan")
    by_hand(coupled, "Blijft ook staan")
    run_id = running.airflow.trigger(dag_id)
    question(running, dag_id, run_id)
    assert answer(running, dag_id, run_id, "Afwijzen") == "success"
    assert {"Blijft staan", "Blijft ook staan"} <= set(names(coupled))
    run_id, state = running.run(dag_id)
    assert state == "success"
    assert running.airflow.task_states(dag_id, run_id)["decide"] == "skipped"
    assert {"Blijft staan", "Blijft ook staan"} <= set(names(coupled))


def test_sync_now_with_a_clean_up(running: RunningAirflow, coupled: CoupledTenant) -> None:
    """R6.3: chosen in the form of the sync, it runs after it."""
    run_id, state = running.run(f"sync__{coupled.slug}", {"what": ["cleanup"]})
    assert state == "success"
    states = running.airflow.task_states(f"sync__{coupled.slug}", run_id)
    assert {states.pop("clean_up"), states.pop("choose")} == {"success"}
    assert set(states.values()) == {"skipped"}
