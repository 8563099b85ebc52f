"""What deploy/ has for Prometheus and Grafana: readable by their own tools, and of metrics that there are."""

import json
import re
import shutil
import subprocess
from typing import Any

import pytest
import yaml

from tests.helpers.paths import ROOT

RULES = ROOT / "deploy" / "prometheus-alerts.yaml"
DASHBOARD: dict[str, Any] = json.loads((ROOT / "deploy" / "grafana-dashboard.json").read_text())
METRICS = set(re.findall(r"koppel_\w+", (ROOT / "include" / "health" / "metrics.py").read_text()))
LABELS = {"state", "severity", "code", "part", "tenant"}


def expressions() -> list[str]:
    rules = yaml.safe_load(RULES.read_text())["groups"]
    asked = [rule["expr"] for group in rules for rule in group["rules"]]
    return asked + [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]


def test_prometheus_takes_the_rules() -> None:
    """R7.4: its own check of rules."""
    promtool = shutil.which("promtool")
    assert promtool, "local/programs.sh installs it"
    done = subprocess.run([promtool, "check", "rules", str(RULES)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(yaml.safe_load(RULES.read_text())['groups'][0]['rules'])} rules found" in done.stdout


@pytest.mark.parametrize("expression", expressions())
def test_what_is_asked_for_is_there(expression: str) -> None:
    """R7.4: each metric and label in a rule or a panel is one that we serve."""
    assert set(re.findall(r"koppel_\w+", expression)) <= METRICS
    assert set(re.findall(r"(\w+)(?:!?=~?|!~)\"", expression)) <= LABELS


def test_each_alert_says_what_to_do() -> None:
    """R7.2: it has a sentence and an action."""
    for rule in yaml.safe_load(RULES.read_text())["groups"][0]["rules"]:
        assert rule["annotations"]["summary"].endswith(".")
        assert rule["annotations"]["action"].endswith(".")


def test_the_dashboard_has_the_form_that_grafana_takes() -> None:
    """R7.4: panels have ids, places that do not overlap, a source that is chosen where it is imported, and a title."""
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        place = panel["gridPos"]
        columns, rows = (range(place[at], place[at] + place[size]) for at, size in (("x", "w"), ("y", "h")))
        cells = {(x, y) for x in columns for y in rows}
        assert not cells & taken, panel["title"]
        assert place["x"] + place["w"] <= 24
        taken |= cells
        assert panel["title"]
        assert panel["type"] in ("stat", "timeseries")
        assert panel["datasource"]["uid"] == "${source}"
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])
    assert [each["name"] for each in DASHBOARD["templating"]["list"]] == ["source"]
