"""The DAGs as Airflow loads them."""

from typing import Any

from tests.dags.conftest import AirflowProcess

STARTS_ON = {"sync": "changed", "push": "archived", "cleanup": "cleanup"}


def test_the_dag_bag(loaded: dict[str, Any]) -> None:
    """R6.4: each tenant has its own DAGs, named after it; no import error; all that house rules ask of a DAG."""
    assert loaded["errors"] == []
    of_tenants = {dag_id for dag_id in loaded["dags"] if dag_id != "fleet"}
    assert of_tenants == {f"{kind}__{slug}" for kind in STARTS_ON for slug in ("jansen", "devries")}
    for dag_id in of_tenants:
        dag = loaded["dags"][dag_id]
        kind, slug = dag_id.split("__")
        company = {"jansen": "Jansen & Zn <b>", "devries": "De Vries"}[slug]
        assert company in dag["name"]
        assert {"koppel", kind, slug} <= set(dag["tags"])
        assert dag["doc"].strip()
        assert dag["owner"] == "koppel"
        assert (dag["max_active_runs"], dag["catchup"]) == (2 if kind == "push" else 1, False)
        pushes = {name for name, slots in dag["slots"].items() if slots[0].startswith("push_")}
        assert pushes == {"push": {"push"}, "sync": {"push_work_orders"}}.get(kind, set())
        assert all((retries == 0) == (name in pushes) for name, (_, _, retries) in dag["slots"].items())
        assert dag["policies"]
        assert dag["serialized"] < 20_000


def test_parsing_makes_one_query(loaded: dict[str, Any]) -> None:
    """Architecture 3: one short query for the tenants per parse of a file, and nothing else."""
    assert {name: len(sent) for name, sent in loaded["statements"].items() if name[:-3] in STARTS_ON} == {
        f"{kind}.py": 1 for kind in STARTS_ON
    }


def test_a_task_builds_only_its_own_dag(airflow: AirflowProcess) -> None:
    """Architecture 3: with a parsing context the other tenants' DAGs are not built."""
    parsed = airflow.load_dags(_AIRFLOW_PARSING_CONTEXT_DAG_ID="sync__devries")
    assert set(parsed["dags"]) == {"sync__devries"}
    assert parsed["statements"]["push.py"] == []


def test_the_last_good_answer_serves_when_the_store_is_away(airflow: AirflowProcess, loaded: dict[str, Any]) -> None:
    """Architecture 3: no DAG disappears because our database restarts."""
    away = "postgresql+psycopg2://nobody@127.0.0.1:1/koppel"
    parsed = airflow.load_dags(KOPPEL_STORE_URL=away)
    assert set(parsed["dags"]) == set(loaded["dags"])


def test_a_sync_is_extract_transform_load(loaded: dict[str, Any]) -> None:
    """R1.2: the streams of each package are chained."""
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
            "choose": ["load"],
            "push_work_orders": ["choose"],
            "clean_up": ["choose"],
        }


def test_the_trigger_form_speaks_dutch(loaded: dict[str, Any]) -> None:
    """R6.3: a multi-select with Dutch labels; everything chosen to begin with."""
    schema = loaded["dags"]["sync__jansen"]["what"]
    text = str(schema)
    for label in ("Klanten", "Artikelgroepen", "Artikeltypen", "Artikelen", "Werkbonnen", "Schoonmaak"):
        assert label in text
    assert "Wat synchroniseren?" in text


def test_nothing_starts_but_on_an_event(loaded: dict[str, Any]) -> None:
    """R6.1, architecture 4: no schedule makes runs that have nothing to do; the watcher's event starts each DAG."""
    for kind, event in STARTS_ON.items():
        for slug in ("jansen", "devries"):
            dag = loaded["dags"][f"{kind}__{slug}"]
            assert dag["schedule"] is None
            assert dag["starts_on"] == [f"{event}__{slug}"]


def test_a_clean_up_asks_a_person_before_what_is_too_much(loaded: dict[str, Any]) -> None:
    """R2.5: looked at and removed first; then the question, and only then what was approved."""
    tasks = loaded["dags"]["cleanup__jansen"]["tasks"]
    assert tasks == {
        "compare": [],
        "remove": ["compare"],
        "ask": ["remove"],
        "decide": ["ask"],
        "carry_out": ["decide"],
    }


def test_work_orders_go_before_everything_else(loaded: dict[str, Any]) -> None:
    """R3.1, R3.13: each task that sends weighs more than any other of any DAG, and has the slots of its package."""
    slots = {(dag_id, name): value for dag_id, dag in loaded["dags"].items() for name, value in dag["slots"].items()}
    pushes = {key: value for key, value in slots.items() if key[1] in ("push", "push_work_orders")}
    others = {key: value for key, value in slots.items() if key not in pushes}
    packages = {"jansen": "unit4", "devries": "rompslomp"}
    assert {key: pool for key, (pool, _, _) in pushes.items()} == {
        (dag_id, name): f"push_{packages[dag_id.split('__')[1]]}" for dag_id, name in pushes
    }
    assert {pool for pool, _, _ in others.values()} == {"default_pool"}
    assert min(weight for _, weight, _ in pushes.values()) > 10 * max(weight for _, weight, _ in others.values())
