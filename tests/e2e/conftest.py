"""Tenants of the one running Airflow that the end-to-end tests share."""

import pytest

from tests.helpers.packages import PACKAGES
from tests.helpers.running_airflow import RunningAirflow
from tests.helpers.tenants import CoupledTenant


@pytest.fixture(params=PACKAGES)
def coupled(request: pytest.FixtureRequest, running: RunningAirflow) -> CoupledTenant:
    """A tenant on each package in turn, with its master data in Simon."""
    return _filled(running, request.param)


@pytest.fixture
def both(running: RunningAirflow) -> list[CoupledTenant]:
    """Return the tenants on all packages, each with its master data in Simon."""
    return [_filled(running, package) for package in PACKAGES]


def _filled(running: RunningAirflow, package: str) -> CoupledTenant:
    tenant = running.tenants[package]
    [first] = running.wait_for(lambda: running.airflow.runs(f"sync__{tenant.slug}")[-1:], limit_s=120)
    assert running.airflow.wait(f"sync__{tenant.slug}", first["dag_run_id"]) == "success"
    return tenant
