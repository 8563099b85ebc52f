"""The DAGs as Airflow loads them."""

from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.dags.conftest import Airflow

LOOK = Path(__file__).parent / "look.py"


@pytest.fixture
def loaded(airflow: Airflow) -> dict[str, Any]:
    return dict(airflow.run(LOOK, DAG_FILES=str(ROOT / "dags")))


def test_the_dag_bag(loaded: dict[str, Any]) -> None:
    """R6.4: each tenant has its own DAGs, named after it; no import error; all that house rules ask of a DAG."""
    assert loaded["errors"] == []
    assert set(loaded["dags"]) == {"sync__jansen", "push__jansen", "sync__devries", "push__devries"}
    for dag_id, dag in loaded["dags"].items():
        kind, slug = dag_id.split("__")
        company = {"jansen": "Jansen & Zn <b>", "devries": "De Vries"}[slug]
        assert company in dag["name"]
        assert {"koppel", kind, slug} <= set(dag["tags"])
        assert dag["doc"].strip()
        assert dag["owner"] == "koppel"
        assert (dag["max_active_runs"], dag["catchup"]) == (1, False)
        assert dag["retries"] >= 1
        assert dag["policies"]
        assert dag["serialized"] < 20_000


def test_parsing_makes_one_query(loaded: dict[str, Any]) -> None:
    """Architecture 3: one short query for the tenants per parse of a file, and nothing else."""
    assert {name: len(sent) for name, sent in loaded["statements"].items() if name in ("sync.py", "push.py")} == {
        "sync.py": 1,
        "push.py": 1,
    }


def test_a_task_builds_only_its_own_dag(airflow: Airflow) -> None:
    """Architecture 3: with a parsing context the other tenants' DAGs are not built."""
    found = airflow.run(LOOK, DAG_FILES=str(ROOT / "dags"), _AIRFLOW_PARSING_CONTEXT_DAG_ID="sync__devries")
    assert set(found["dags"]) == {"sync__devries"}
    assert found["statements"]["push.py"] == []


def test_the_last_good_answer_serves_when_the_store_is_away(airflow: Airflow, loaded: dict[str, Any]) -> None:
    """Architecture 3: no DAG disappears because our database restarts."""
    away = "postgresql+psycopg2://nobody@127.0.0.1:1/koppel"
    found = airflow.run(LOOK, DAG_FILES=str(ROOT / "dags"), KOPPEL_STORE_URL=away)
    assert set(found["dags"]) == set(loaded["dags"])


def test_a_sync_is_extract_transform_load(loaded: dict[str, Any]) -> None:
    """R1.2: the streams of each package, chained."""
    streams = {
        "jansen": ["customers", "article_groups", "article_types", "articles"],
        "devries": ["customers", "articles"],
    }
    for slug, names in streams.items():
        tasks = loaded["dags"][f"sync__{slug}"]["tasks"]
        extracts = sorted(f"extract_{name}" for name in names)
        assert tasks == {key: [] for key in extracts} | {
            "transform": extracts,
            "load": ["transform"],
            "push_work_orders": ["load"],
        }


def test_the_trigger_form_speaks_dutch(loaded: dict[str, Any]) -> None:
    """R6.3: a multi-select with Dutch labels; everything chosen to begin with."""
    schema = loaded["dags"]["sync__jansen"]["what"]
    text = str(schema)
    for label in ("Klanten", "Artikelgroepen", "Artikeltypen", "Artikelen", "Werkbonnen"):
        assert label in text
    assert "Wat synchroniseren?" in text


def test_nothing_starts_but_on_news(loaded: dict[str, Any]) -> None:
    """R6.1, architecture 4: no schedule makes runs that have nothing to do; the watcher's event starts each DAG."""
    for dag_id, dag in loaded["dags"].items():
        kind, slug = dag_id.split("__")
        assert dag["schedule"] is None
        assert dag["starts_on"] == [f"{'changed' if kind == 'sync' else 'archived'}__{slug}"]
