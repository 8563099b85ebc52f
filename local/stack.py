"""Starts everything that runs: Postgres, the sandboxes, and Airflow's four components apart."""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from include.store import migrate
from local import database
from local.errors import NotReady
from local.processes import Processes
from local.sandbox import registration_variables
from local.settings import BIN, ROOT, LocalSettings

COMPONENTS = ("api-server", "scheduler", "dag-processor", "triggerer")
LOCAL = ROOT / ".local"
PYTHON = str(BIN / "python")
AIRFLOW = str(BIN / "airflow")


class Stack:
    """Starts and stops all processes of a folder. ``report`` is told of each long step.

    The folder that was started last is ``current`` beside it: that is where bin/koppel looks.
    """

    def __init__(self, folder: Path, poll_interval_s: float = 2.0, report: Callable[[str], None] = print) -> None:
        self.folder, self.report = folder.resolve(), report
        self.settings = LocalSettings.of(self.folder, poll_interval_s)
        self.processes = Processes(self.folder)
        self.environment: dict[str, str] = {}
        self.access: dict[str, dict[str, Any]] = {}

    def start_store(self) -> str:
        """Start Postgres with both databases, migrate ours, and return the URI of the server."""
        with self._step("PostgreSQL and the store's tables"):
            uri = database.start(self.folder)
            koppel, self._airflow = (database.create_with_roles(uri, name) for name in ("koppel", "airflow"))
            migrate(koppel.owner)
            self.environment = self.settings.environment(koppel.app, self._airflow.app)
            self._write_environment()
        return uri

    def start_sandbox(self) -> None:
        """Start the sandboxes and wait until they have printed how to sign in."""
        with self._step("the sandboxes"):
            log = self._listen("sandbox", "sandbox")
            self._wait("the sandboxes", log, lambda: '"simon"' in log.read_text(), 30)
            self.access = json.loads(log.read_text().splitlines()[-1])
            self.environment |= registration_variables(self.access)
            self._write_environment()

    def prepare_airflow(self) -> None:
        """Migrate Airflow's database. Raises NotReady."""
        with self._step("Airflow's database"):
            command = [AIRFLOW, "db", "migrate"]
            environment = self.environment | {"AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": self._airflow.owner}
            result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
            if result.returncode:
                raise NotReady(f"airflow db migrate failed:\n{(result.stdout + result.stderr)[-3000:]}")

    def start_airflow(self) -> None:
        """Start the four components and wait until all of them say that they are healthy."""
        with self._step("Airflow (api-server, scheduler, dag-processor, triggerer)"):
            logs = [self.start_component(name) for name in COMPONENTS]
            self._wait("Airflow", logs[0], self._healthy, 120)
            self.processes.start("lookout", [PYTHON, "-m", "cli", "health", "--watch"], self.environment)

    def start_component(self, name: str) -> Path:
        """Start one of Airflow's components and return its log."""
        if name == "api-server":
            return self._listen(name, "airflow")
        quiet = ["--skip-serve-logs"] if name == "triggerer" else []  # the api-server reads them in their folder
        return self.processes.start(name, [AIRFLOW, name, *quiet], self.environment)

    def up(self) -> None:
        self.start_store()
        self.start_sandbox()
        self.prepare_airflow()
        self.start_airflow()

    def down(self) -> list[str]:
        """Stop everything and return the names of what was stopped."""
        stopped = self.processes.stop_all()
        if database.stop(self.folder):
            stopped.append("postgres")
        return stopped

    def about(self) -> str:
        """Return where it is to be found, and the log-in."""
        airflow, sandbox, generated = self.settings.airflow_url, self.settings.sandbox_url, self.settings.generated
        return f"Airflow {airflow} (admin / {generated['admin_password']}), sandboxes {sandbox}"

    def status(self) -> str:
        """Return what of it runs, a line each."""
        running = self.processes.running()
        if not running:
            return f"{self.folder.name}: not running"
        names = ("sandbox", *COMPONENTS, "lookout")
        states = {name: f"pid {running[name]}" if name in running else "NOT RUNNING" for name in names}
        states["postgres"] = "running" if database.running(self.folder) else "NOT RUNNING"
        return "\n".join([f"{self.folder.name}: {self.about()}", *(f"  {n:14} {state}" for n, state in states.items())])

    def clean(self) -> None:
        """Delete all data, when nothing runs."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _listen(self, name: str, port: str) -> Path:
        command = [PYTHON, "-m", "local.listen", port]
        return self.processes.start(name, command, self.environment, self.settings.ports.take(port))

    def _write_environment(self) -> None:
        """Write what bin/koppel reads when nothing else is set."""
        current = self.folder.parent / "current"
        current.unlink(missing_ok=True)
        current.symlink_to(self.folder.name)
        lines = [f"export {name}='{value}'" for name, value in self.environment.items() if name.startswith("KOPPEL_")]
        file = self.folder / "koppel.env"
        file.touch(mode=0o600)
        file.write_text("\n".join(lines) + "\n")

    def _healthy(self) -> bool:
        try:
            health = requests.get(f"{self.settings.airflow_url}/api/v2/monitor/health", timeout=5).json()
        except (requests.RequestException, ValueError):
            return False
        parts: Mapping[str, Mapping[str, str]] = health
        return all(
            parts[name]["status"] == "healthy" for name in ("metadatabase", "scheduler", "triggerer", "dag_processor")
        )

    def _wait(self, name: str, log: Path, ready: Callable[[], bool], limit_s: float) -> None:
        end = time.monotonic() + limit_s
        while not ready():
            if time.monotonic() > end:
                raise NotReady(f"{name} did not come up in {limit_s:.0f} s; see {log}")
            time.sleep(0.3)

    @contextmanager
    def _step(self, title: str) -> Iterator[None]:
        started = time.monotonic()
        self.report(f"  … {title}")
        yield
        self.report(f"  ✓ {title} ({time.monotonic() - started:.1f} s)")


def main(arguments: list[str]) -> int:
    """Start, stop or show everything; what the demo left running is stopped and shown as well."""
    up, demo = Stack(LOCAL / "up"), LOCAL / "demo"
    stacks = [up, *([Stack(demo)] if demo.exists() else [])]
    match arguments:
        case ["up"]:
            up.up()
            print(up.about())
        case ["down"]:
            print("Stopped: " + (", ".join(name for stack in stacks for name in stack.down()) or "nothing was running"))
        case ["status"]:
            print("\n".join(stack.status() for stack in stacks))
        case _:
            print("usage: python -m local.stack up|down|status")
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
