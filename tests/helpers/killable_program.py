"""A process that works for a tenant and is killed (SIGKILL) at a chosen point or moment. ``killing`` starts it.

A point is the moment before or after the n-th commit or request. Orders are JSON lines on standard input, each carried
out by a fork of this process; the answer is a JSON line.
"""

import json
import os
import re
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any

import structlog
from sqlalchemy.engine.default import DefaultDialect

from include.access.systems import open_package
from include.cleanup.pipeline import clean_up
from include.connectors.unit4.sink import Unit4Connection
from include.context import Context
from include.errors import IntegrationError
from include.http import Http
from include.lifecycle import wipe_step
from include.lifecycle.activation import start_import
from include.lifecycle.deactivation import deactivate
from include.push import push_run
from include.push.worker import push
from include.sync.pipeline import sync
from include.tenants.tenant import Tenant, load
from tests.helpers.cleanup_decisions import carry_out_latest_approved, restore_latest
from tests.helpers.naive_push import post_and_retry
from tests.helpers.snapshots import SMALL_STEPS

KillableWork = Callable[[Context, Tenant, str], Any]
WORK: dict[str, KillableWork] = {"sync": sync, "push": push, "naive": post_and_retry}
WORK |= {"cleanup": clean_up, "approved": carry_out_latest_approved, "restore": restore_latest}
WORK |= {
    "go_on_wiping": lambda context, tenant, _: tenant.status == "wiping" and wipe_step.carry_out(context, tenant),
    "start_import": lambda context, tenant, _: start_import(context, tenant, "anna").slug,
    "deactivate": lambda context, tenant, _: deactivate(context, tenant, "anna").destroyed,
}
_ID = re.compile(r"\d+")


class KillPoints:
    """Notes them by name; at the chosen one the process ends, with whatever it was doing."""

    def __init__(self, last: int | None) -> None:
        self.passed: list[str] = []
        self._last, self._lock = last, threading.Lock()

    def reach(self, name: str) -> None:
        with self._lock:
            self.passed.append(name)
            if len(self.passed) == self._last:
                os.kill(os.getpid(), signal.SIGKILL)

    def around(self, call: Callable[..., Any], name: Callable[..., str]) -> Callable[..., Any]:
        def watched(*args: Any, **values: Any) -> Any:
            self.reach(f"before {name(*args)}")
            answer = call(*args, **values)
            self.reach(f"after {name(*args)}")
            return answer

        return watched


def _request(_: Http, method: str, url: str, *__: Any) -> str:
    return f"{method} {_ID.sub('…', url.rpartition('/')[2])}"


def without_intent() -> None:
    """Nothing is committed before the call; and the customer's own orders are all that is searched."""
    push_run.advance = lambda *_, **__: None  # which commits the intent, and nothing else
    Unit4Connection.open_orders = lambda *_: []  # type: ignore[method-assign]


def without_search(context: Context, tenant: Tenant) -> None:
    """Nothing is ever found in the package."""
    type(open_package(context, tenant)).find = lambda *_: []  # type: ignore[method-assign]


def carry_out(order: dict[str, Any]) -> dict[str, Any]:
    """The names of the points that were passed; does not return when one of them was the last."""
    points, ahead = KillPoints(order.get("at")), timedelta(seconds=order.get("ahead_s", 0))
    context = replace(Context.from_environment(), now=lambda: datetime.now(UTC) + ahead, sleep=lambda _: None)
    tenant = load(context, order["slug"])
    if order.get("without") == "intent":
        without_intent()
    elif order.get("without") == "search":
        without_search(context, tenant)
    DefaultDialect.do_commit = points.around(DefaultDialect.do_commit, lambda *_: "commit")  # type: ignore[method-assign]
    Http._once = points.around(Http._once, _request)  # type: ignore[method-assign]
    if after_s := order.get("after_s"):
        timer = threading.Timer(after_s, os.kill, (os.getpid(), signal.SIGKILL))
        timer.daemon = True
        timer.start()
    try:
        WORK[order["work"]](context, tenant, order["key"])
    except IntegrationError as error:
        return {"points": points.passed, "stopped": error.code}
    return {"points": points.passed}


def main() -> None:
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    for name, size in SMALL_STEPS.items():
        module, _, constant = name.rpartition(".")
        setattr(import_module(module), constant, size)
    for line in sys.stdin:
        if child := os.fork():
            _, status = os.waitpid(child, 0)
            if not os.WIFEXITED(status) or os.WEXITSTATUS(status):
                print(json.dumps({"signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0}), flush=True)
            continue
        try:
            print(json.dumps(carry_out(json.loads(line))), flush=True)
        except BaseException:  # noqa: BLE001 - whatever it is, the test shows it
            traceback.print_exc()
            os._exit(1)
        os._exit(0)


if __name__ == "__main__":
    main()
