"""One running Airflow, with Postgres and the sandboxes as processes of their own: for end-to-end and browser tests."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from include.context import Context
from include.installation import Installation
from local.airflow import AirflowApi
from local.sandbox import SandboxControl
from local.stack import Stack
from tests.helpers.packages import PACKAGES, package_kind
from tests.helpers.paths import ROOT
from tests.helpers.tenants import CoupledTenant, couple_tenant


@dataclass
class RunningAirflow:
    """Airflow as its admin sees it, and the tenants by slug."""

    stack: Stack
    airflow: AirflowApi
    context: Context
    control: SandboxControl
    tenants: dict[str, CoupledTenant] = field(default_factory=dict)

    def run(self, dag_id: str, conf: dict[str, Any] | None = None) -> tuple[str, str]:
        """Trigger and wait: (run id, state)."""
        run_id = self.airflow.trigger(dag_id, conf)
        return run_id, self.airflow.wait(dag_id, run_id)

    def wait_for(self, seen: Callable[[], Any], limit_s: float = 60) -> Any:
        """What ``seen`` gives once it gives something. Raises TimeoutError."""

        end = time.monotonic() + limit_s
        while not (result := seen()):
            if time.monotonic() > end:
                raise TimeoutError(f"not seen within {limit_s:.0f} s")
            time.sleep(0.2)
        return result


@pytest.fixture(scope="session")
def running() -> Iterator[RunningAirflow]:
    """Start one for the session; everything that it is made of ends with it."""
    folder = ROOT / ".local" / "e2e"
    Stack(folder).down()
    Stack(folder).clean()
    stack = Stack(folder)
    try:
        stack.start_store()
        stack.start_sandbox()
        context = Context.from_environment(Installation.from_environment(stack.environment))
        control = SandboxControl(stack.settings.sandbox_url, stack.access)
        tenants = {slug: _tenant(context, control, slug) for slug in PACKAGES}
        stack.prepare_airflow()
        stack.start_airflow()
        airflow = AirflowApi(stack.settings.airflow_url, "admin", stack.settings.generated["admin_password"])
        airflow.wait_for_dags({f"{kind}__{slug}" for kind in ("sync", "push", "cleanup") for slug in tenants})
        yield RunningAirflow(stack, airflow, context, control, tenants)
    finally:
        stack.down()


def _tenant(context: Context, control: SandboxControl, package: str) -> CoupledTenant:
    """Add a tenant that is named after its package, has filters if the package has, and is polled each minute."""
    kind = package_kind(package)
    often = {"watch_every_minutes": 1} if kind.is_polled_for_changes else {}
    return couple_tenant(context, control, package, package, **kind.filters, **often)
