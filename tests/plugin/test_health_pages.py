"""Health and metrics: to a container without a name, to an engineer with reasons, to monitoring with a token."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families
from sqlalchemy import text

from include.context import Context
from include.installation import Installation, Monitoring
from include.store import Store, signs_of_life
from include.watcher.sign_of_life import PART
from tests.plugin.airflow_server import PageUser

People = Callable[..., PageUser]
TOKEN = "a-token-for-tests-only"


@pytest.fixture
def monitored(office: Context, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Monitoring], None]]:
    """Set up what opens the metrics; no pulse is kept from the test before."""
    from plugins.koppel.routers import health

    health.LAST.pulse = None

    def set_up(monitoring: Monitoring) -> None:
        settings = replace(Installation.from_environment(), monitoring=monitoring)
        monkeypatch.setattr(health, "installation", lambda: settings)

    yield set_up
    health.LAST.pulse = None


def beat(context: Context, ago: timedelta) -> None:
    with context.store.begin() as tx:
        signs_of_life.beat(tx, PART, context.now() - ago, 30)


@pytest.mark.usefixtures("monitored")
@pytest.mark.parametrize(("silent_s", "status"), [(10, 200), (115, 200), (125, 503), (86_400, 503)])
def test_anybody_may_ask_whether_it_is_at_work(person: People, office: Context, silent_s: int, status: int) -> None:
    """R7.4: whoever restarts what hangs asks without a log-in; ages, and nobody's name."""
    beat(office, timedelta(seconds=silent_s))
    answer = person().get("/health")
    assert answer.status_code == status
    assert answer.json()["ok"] is (status == 200)
    assert set(answer.json()) == {"ok", "ages"}
    assert abs(answer.json()["ages"][PART] - silent_s) < 10


@pytest.mark.usefixtures("monitored")
def test_a_store_that_is_away_is_not_healthy(person: People, office: Context) -> None:
    """R7.4: it is answered with 503 and nothing known, not with an error of ours."""
    from plugins.koppel.app import app
    from plugins.koppel.dependencies import app_context

    away = replace(office, store=Store("postgresql+psycopg2://nobody@127.0.0.1:1/none"))
    app.dependency_overrides[app_context] = lambda: away
    try:
        answer = person().get("/health")
    finally:
        app.dependency_overrides.clear()
    assert (answer.status_code, answer.json()) == (503, {"ok": False, "ages": {}})


@pytest.mark.usefixtures("monitored")
def test_who_asks_often_costs_one_statement(person: People, office: Context) -> None:
    """Architecture 7: a flood of questions by nobody is answered from memory."""
    beat(office, timedelta(seconds=1))
    assert person().get("/health").status_code == 200
    with office.store.begin() as tx:
        tx.execute(text("DELETE FROM heartbeats"))
    assert PART in person().get("/health").json()["ages"]


@pytest.mark.usefixtures("monitored")
def test_an_engineer_reads_why(person: People, office: Context) -> None:
    """R7.2: every finding is a sentence with what to do, in the language of the reader."""
    beat(office, timedelta(hours=1))
    answer = person("admin").get("/api/health", headers={"accept-language": "nl"}).json()
    [silent] = [each for each in answer["findings"] if each["code"] == "health.watcher_silent"]
    assert answer["ok"] is False
    assert silent["message"]
    assert silent["action"]
    assert person("viewer").get("/api/health").status_code == 403


def test_metrics_take_their_token(person: People, monitored: Callable[[Monitoring], None]) -> None:
    """Security: no token set up, no metrics; another one is refused, a session of a person too."""
    monitored(Monitoring())
    assert person("admin").get("/metrics").status_code == 404
    monitored(Monitoring(TOKEN))
    for headers in ({}, {"authorization": TOKEN}, {"authorization": f"Bearer {TOKEN}x"}, {"authorization": "Bearer "}):
        assert person("admin").get("/metrics", headers=headers).status_code == 401


@pytest.mark.parametrize("by_tenant", [False, True])
def test_metrics_are_openmetrics(
    person: People, office: Context, monitored: Callable[[Monitoring], None], by_tenant: bool
) -> None:
    """R7.4: what waits, what is wrong and how fresh it is; tenants by name where the installation says so."""
    beat(office, timedelta(seconds=5))
    monitored(Monitoring(TOKEN, by_tenant))
    answer = person().get("/metrics", headers={"authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    assert "openmetrics-text" in answer.headers["content-type"]
    families = {family.name: family for family in text_string_to_metric_families(answer.text)}
    couplings = {sample.labels["state"]: sample.value for sample in families["koppel_couplings"].samples}
    assert couplings["active"] >= 3
    assert {sample.labels["part"] for sample in families["koppel_heartbeat_age_seconds"].samples} >= {PART}
    assert "koppel_booked_in_time_ratio" in families
    named = {sample.labels.get("tenant", "") for family in families.values() for sample in family.samples}
    assert ("jansen" in named) is by_tenant or named <= {""}
    assert ("jansen" in answer.text) <= by_tenant
