"""What a running Airflow of one machine shows to others on it, and to its network."""

import stat
from contextlib import suppress
from typing import Any

import psutil

from local.stack import COMPONENTS
from tests.helpers.running_airflow import RunningAirflow
from tests.helpers.tenants import CoupledTenant


def test_nothing_listens_beyond_this_machine(running: RunningAirflow) -> None:
    """Architecture 8: no process of ours, those of Airflow's log servers included."""
    started = [psutil.Process(pid) for pid in running.stack.processes.running().values()]
    assert len(started) > len(COMPONENTS)
    processes = [process for each in started for process in (each, *each.children(recursive=True))]
    listening = set[Any]()
    for process in processes:
        with suppress(psutil.NoSuchProcess):  # a task that ended meanwhile
            listening |= {each.laddr for each in process.net_connections() if each.status == psutil.CONN_LISTEN}
    ports = running.stack.settings.ports
    assert {address.port for address in listening} == {ports.number("airflow"), ports.number("sandbox")}
    assert {address.ip for address in listening} == {"127.0.0.1"}


def test_logs_are_for_their_owner_alone(running: RunningAirflow, both: list[CoupledTenant]) -> None:
    """Architecture 8: of every process, of every task, and whatever holds a secret."""
    folder = running.stack.folder
    files = [file for name in ("logs", "airflow") for file in (folder / name).rglob("*") if file.is_file()]
    assert len([file for file in files if file.name == "attempt=1.log"]) >= 2 * len(both)
    files += [folder / "generated.json", folder / "koppel.env"]
    assert [file for file in files if stat.S_IMODE(file.stat().st_mode) & 0o077] == []
