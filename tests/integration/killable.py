"""A process that synchronises a tenant and is killed (SIGKILL) at a chosen point. Run by test_sync_kill.

A point is the moment before or after the n-th commit or request. Orders are JSON lines on standard input, each carried
out by a fork of this process; the answer is a JSON line.
"""

import json
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from importlib import import_module
from typing import Any

import structlog
from sqlalchemy.engine.default import DefaultDialect

from include.http import Http
from include.koppel import Koppel
from include.sync.whole import sync
from include.tenants.tenant import load
from tests.integration.state import STEPS


class Points:
    """Counts them; at the chosen one the process ends, with whatever it was doing."""

    def __init__(self, last: int | None) -> None:
        self.passed, self._last, self._lock = 0, last, threading.Lock()

    def reach(self) -> None:
        with self._lock:
            self.passed += 1
            if self.passed == self._last:
                os.kill(os.getpid(), signal.SIGKILL)

    def around(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*args: Any, **values: Any) -> Any:
            self.reach()
            answer = call(*args, **values)
            self.reach()
            return answer

        return watched


def carry_out(order: dict[str, Any]) -> int:
    """The points that were passed; does not return when one of them was the last."""
    points = Points(order.get("at"))
    DefaultDialect.do_commit = points.around(DefaultDialect.do_commit)  # type: ignore[method-assign]
    Http._once = points.around(Http._once)  # type: ignore[method-assign]
    koppel = Koppel.installed()
    sync(koppel, load(koppel, order["slug"]), order["key"])
    return points.passed


def main() -> None:
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    for name, size in STEPS.items():
        module, _, constant = name.rpartition(".")
        setattr(import_module(module), constant, size)
    for line in sys.stdin:
        if child := os.fork():
            _, status = os.waitpid(child, 0)
            if not os.WIFEXITED(status) or os.WEXITSTATUS(status):
                print(json.dumps({"signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0}), flush=True)
            continue
        try:
            print(json.dumps({"points": carry_out(json.loads(line))}), flush=True)
        except BaseException:  # noqa: BLE001 - whatever it is, the test shows it
            traceback.print_exc()
            os._exit(1)
        os._exit(0)


if __name__ == "__main__":
    main()
