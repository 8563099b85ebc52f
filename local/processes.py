"""Starts and stops processes of ours, each in its own group, by pid."""

import json
import os
import signal
import socket
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import psutil

STOPPING_S = 25.0


class Processes:
    """Keeps the processes of a folder in a file there, so that another command can stop them."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._file = folder, folder / "processes.json"
        self._children: list[subprocess.Popen[bytes]] = []  # those that this process started itself

    def start(
        self, name: str, command: Sequence[str], environment: Mapping[str, str], listener: socket.socket | None = None
    ) -> Path:
        """Start a process in the background, and return the file that its output goes to.

        It gets the number of the open socket as its last argument; nobody else on the machine may read what it writes.
        """
        logs = self._folder / "logs"
        logs.mkdir(parents=True, exist_ok=True)
        log = logs / f"{name}.log"
        handed_on = [listener.fileno()] if listener else []
        with open(log, "ab", opener=_for_us_alone) as output:
            process = subprocess.Popen(
                [*command, *map(str, handed_on)],
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=handed_on,
                umask=0o077,
            )
        if listener:
            listener.close()
        self._children.append(process)
        self._remember({**self._known(), name: [process.pid, psutil.Process(process.pid).create_time()]})
        return log

    def running(self) -> dict[str, int]:
        """Return the pids, by name, of the processes that live."""
        processes = {name: self._process(*identity) for name, identity in self._known().items()}
        return {name: process.pid for name, process in processes.items() if process}

    def kill(self, name: str) -> None:
        """End a process and all that it started, at once: as a container ends with its main process."""
        process = psutil.Process(self.running()[name])
        for member in (process, *process.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                member.kill()
        process.wait(timeout=STOPPING_S)

    def stop_all(self) -> list[str]:
        """Ask each to stop, the latest first, end the group of one that does not, and return their names."""
        known = self._known()
        stopped = []
        for name, identity in reversed(known.items()):
            if process := self._process(*identity):
                _stop(process)
                stopped.append(name)
        self._file.unlink(missing_ok=True)
        for child in self._children:
            child.wait(timeout=STOPPING_S)
        return stopped

    def _known(self) -> dict[str, list[float]]:
        return dict(json.loads(self._file.read_text())) if self._file.exists() else {}

    def _remember(self, known: Mapping[str, object]) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._file.write_text(json.dumps(known))

    @staticmethod
    def _process(pid: float, created: float) -> psutil.Process | None:
        """Return the process itself, not another that got its pid later."""
        with suppress(psutil.NoSuchProcess):
            process = psutil.Process(int(pid))
            if abs(process.create_time() - created) < 1 and process.status() != psutil.STATUS_ZOMBIE:
                return process
        return None


def _for_us_alone(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _stop(process: psutil.Process) -> None:
    with suppress(psutil.NoSuchProcess):
        process.terminate()
    gone, _ = psutil.wait_procs([process], timeout=STOPPING_S)
    if not gone:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
