"""Plays the main job once on this machine: two tenants, a first sync, a work order each, a second sync."""

import json
import logging
import os
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import structlog
import yaml
from rich.console import Console
from rich.table import Table

from include.context import Context
from include.installation import Installation
from include.lifecycle.manifest.apply import apply_plan
from include.lifecycle.manifest.load import load_manifests
from include.lifecycle.manifest.plan import plan
from local.airflow import AirflowApi
from local.sandbox import SandboxControl
from local.stack import LOCAL, Stack

DOCUMENT_LIMIT_S = 60.0
COMMON = {"travel_article": "REIS", "work_article": "UREN", "default_article": "VOORRIJ", "work_description": True}
TENANTS: dict[str, dict[str, Any]] = {
    "jansen": {
        "company": "Installatiebedrijf Jansen B.V.",
        "package": "unit4",
        "settings": COMMON
        | {"article_groups": ["Materiaal", "Arbeid"], "article_types": [0, 2], "memo": "work_address"},
    },
    "devries": {"company": "Loodgietersbedrijf De Vries", "package": "rompslomp", "settings": COMMON},
}
WORK_ORDER = {
    "Description": "Cv-ketel nazien en ontsteker vervangen",
    "TimeSheets": [{"TimeType": "Travel", "Minutes": 15}, {"TimeType": "Work", "Minutes": 120}],
}
out = Console()


@dataclass
class DemoResult:
    """Holds what the sandboxes hold and counted of one tenant; nothing of it is Koppel's own word."""

    tenant: str
    package: str
    customers: int = 0
    work_addresses: int = 0
    article_groups: int = 0
    articles: int = 0
    work_order: str = ""
    document_id: str = ""
    archive_to_document_s: float = 0.0
    second_run_writes: int = -1


class Demo:
    """Plays all parts, in order; ``results`` are filled as they come."""

    def __init__(self, folder: Path) -> None:
        self.stack = Stack(folder, report=lambda line: out.print(line, highlight=False))
        self.results = {slug: DemoResult(slug, str(tenant["package"])) for slug, tenant in TENANTS.items()}
        self.keys: dict[str, str] = {}  # licence of each tenant's Simple-Simon

    def play(self) -> None:
        """Play all parts, in order. Raises on the first that fails."""
        self.stack.start_store()
        self.stack.start_sandbox()
        self.sandbox = SandboxControl(self.stack.settings.sandbox_url, self.stack.access)
        self._add_tenants()
        self.stack.prepare_airflow()
        self.stack.start_airflow()
        self.airflow = AirflowApi(
            self.stack.settings.airflow_url, "admin", self.stack.settings.generated["admin_password"]
        )
        self.airflow.wait_for_dags({f"{kind}__{slug}" for kind in ("sync", "push") for slug in TENANTS})
        self._wait_for_sync("the first sync, which starts by itself", self._first_runs())
        self._count()
        for slug in TENANTS:
            self._send_work_order(slug)
        mark = self.sandbox.mark()
        runs = {f"sync__{slug}": self.airflow.trigger(f"sync__{slug}") for slug in TENANTS}
        self._wait_for_sync("the second sync", runs)
        for slug, result in self.results.items():
            result.second_run_writes = self.sandbox.writes(self.keys[slug], mark)

    def problems(self) -> list[str]:
        """Return what is not as it must be."""
        problems = []
        for result in self.results.values():
            if not (result.customers and result.work_addresses == result.customers and result.articles):
                problems.append(f"{result.tenant}: master data is incomplete in Simple-Simon")
            if not result.document_id:
                problems.append(f"{result.tenant}: no document")
            if result.second_run_writes != 0:
                problems.append(f"{result.tenant}: the second sync wrote {result.second_run_writes} times")
        return problems

    def _add_tenants(self) -> None:
        context = Context.from_environment(Installation.from_environment(self.stack.environment))
        described: dict[str, Any] = {}
        secrets: dict[str, str] = {}
        for slug, tenant in TENANTS.items():
            package = tenant["package"]
            simon = self.sandbox.new_simon(tenant["company"])
            self.keys[slug] = simon["key"]
            settings = {"administration": self.sandbox.administration(package), **tenant["settings"]}
            access = {"package_access": self.sandbox.package_access(package), "simon_access": simon}
            parts = {part: _without_secrets(f"{slug}_{part}", values, secrets) for part, values in access.items()}
            described[slug] = {**tenant, "settings": settings, **parts, "wipe": "all", "state": "active"}
        file = self.stack.folder / "tenants.yaml"
        file.write_text(yaml.safe_dump({"tenants": described}, allow_unicode=True, sort_keys=False))
        for tenant_plan in plan(context, load_manifests(context, [file], secrets)):
            out.print(f"  … {tenant_plan.desired.slug}: " + "; ".join(tenant_plan.steps), highlight=False)
            apply_plan(context, tenant_plan, "demo")

    def _first_runs(self) -> dict[str, str]:
        """Return the runs that the watcher started for the new tenants. Raises TimeoutError."""
        run_ids: dict[str, str] = {}
        end = time.monotonic() + DOCUMENT_LIMIT_S
        while len(run_ids) < len(TENANTS):
            if time.monotonic() > end:
                raise TimeoutError("no first sync started by itself")
            runs = {f"sync__{slug}": self.airflow.runs(f"sync__{slug}") for slug in TENANTS}
            run_ids = {dag_id: of_dag[-1]["dag_run_id"] for dag_id, of_dag in runs.items() if of_dag}
            time.sleep(0.3)
        return run_ids

    def _wait_for_sync(self, title: str, runs: dict[str, str]) -> None:
        started = time.monotonic()
        out.print(f"  … {title}")
        for dag_id, run_id in runs.items():
            if (state := self.airflow.wait(dag_id, run_id)) != "success":
                raise RuntimeError(f"{dag_id} {run_id} ended {state}")
        out.print(f"  ✓ {title} ({time.monotonic() - started:.1f} s)", highlight=False)

    def _count(self) -> None:
        for slug, result in self.results.items():
            records = self.sandbox.simon(self.keys[slug])
            result.customers, result.work_addresses = len(records["Customer"]), len(records["Location"])
            result.article_groups, result.articles = len(records["ItemGroup"]), len(records["Item"])

    def _send_work_order(self, slug: str) -> None:
        """Archive a work order, and wait for its document in the package."""
        result = self.results[slug]
        records = self.sandbox.simon(self.keys[slug])
        used = next(item for item in records["Item"] if item["Code"] == "ONT-7")
        work_order = {
            **WORK_ORDER,
            "CustomerId": records["Customer"][0]["Id"],
            "UsedItems": [{"ItemId": used["Id"], "Quantity": 1}],
        }
        started = time.monotonic()
        archived = self.sandbox.archive_work_order(self.keys[slug], work_order)
        number = result.work_order = archived["Number"]
        while not (document_id := self._document_id(result.package, archived)):
            if time.monotonic() - started > DOCUMENT_LIMIT_S:
                raise TimeoutError(f"{slug}: no document of work order {number} after {DOCUMENT_LIMIT_S:.0f} s")
            time.sleep(0.1)
        result.archive_to_document_s = round(time.monotonic() - started, 2)
        result.document_id = document_id
        out.print(f"  ✓ {slug}: work order {number} → {result.archive_to_document_s} s", highlight=False)

    def _document_id(self, package: str, archived: dict[str, Any]) -> str:
        """Return the id of the document that carries the work order's reference, or nothing."""
        field, id = ("reference", "orderId") if package == "unit4" else ("api_reference", "id")
        reference = f"WB-{archived['Number']}-{archived['Id']}"
        return next((str(row[id]) for row in self.sandbox.documents(package) if row.get(field) == reference), "")


def _without_secrets(name: str, access: dict[str, Any], secrets: dict[str, str]) -> dict[str, Any]:
    """Return the access as it is written in a file: addresses in the clear, the rest by the name of a variable."""
    described: dict[str, Any] = {}
    for field, value in access.items():
        if str(value).startswith("http"):
            described[field] = value
        else:
            secrets[f"{name}_{field}".upper()] = str(value)
            described[field] = {"env": f"{name}_{field}".upper()}
    return described


def main() -> int:
    """Play the demo and return exit code 0 when every part went well. ONCE=1 stops everything afterwards."""
    once = os.environ.get("ONCE") == "1"
    quiet = structlog.make_filtering_bound_logger(logging.WARNING)
    structlog.configure(wrapper_class=quiet)  # what went well is in the integration log
    demo = Demo(LOCAL / "demo")
    demo.stack.down()
    demo.stack.clean()
    demo = Demo(LOCAL / "demo")
    try:
        demo.play()
        problems = demo.problems()
    except Exception as error:  # noqa: BLE001 - whatever went wrong is the demo's result
        problems = [f"{type(error).__name__}: {error}"]
    finally:
        if once:
            out.print("  … stopping")
            demo.stack.down()
    (LOCAL / "demo.json").write_text(
        json.dumps({"tenants": [asdict(result) for result in demo.results.values()], "ok": not problems}, indent=2)
    )
    _summary(demo, problems, once)
    return 1 if problems else 0


def _summary(demo: Demo, problems: list[str], once: bool) -> None:
    table = Table("", *demo.results, title="What the sandboxes hold", title_justify="left")
    for name in list(asdict(next(iter(demo.results.values()))))[1:]:
        table.add_row(name.replace("_", " "), *(str(getattr(result, name)) for result in demo.results.values()))
    out.print(table)
    for problem in problems:
        out.print(f"✗ {problem}", style="red")
    if not once:
        out.print(demo.stack.about(), highlight=False, soft_wrap=True)
        out.print(f"Archive a work order yourself: {demo.stack.settings.sandbox_url}/", highlight=False)
        out.print("It is left running; 'make down' stops it. Try: bin/koppel log list jansen")


if __name__ == "__main__":
    sys.exit(main())
