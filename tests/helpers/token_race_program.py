"""A process whose threads find a token expired at the same moment, and that is killed (SIGKILL) on order.

Run by test_renewing. Orders are JSON lines on standard input: ``ready`` opens as many accesses as there are threads,
``go`` uses them all; the answer is a JSON line. ``die_at`` kills at the n-th point from then on, the moment before or
after a commit or a request. ``die_answered`` kills between the answer of an exchange and its commit; the other never.
"""

import json
import os
import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import structlog
from sqlalchemy.engine.default import DefaultDialect

from include.access.credentials import StoredCredentials
from include.connectors.package import Package
from include.context import Context
from include.errors import IntegrationError
from include.http import Http
from include.tenants.tenant import load


class Points:
    """Counts them, and ends the process at the chosen one, unless a thread is between an answer and its commit."""

    def __init__(self) -> None:
        self.passed, self.last, self.die_answered = 0, 0, False
        self._counting, self._between, self._own = threading.Lock(), threading.Lock(), threading.local()

    def reach(self) -> None:
        with self._counting:
            self.passed += 1
            if self.passed != self.last:
                return
        with self._between:
            os.kill(os.getpid(), signal.SIGKILL)

    @property
    def between(self) -> bool:
        return getattr(self._own, "between", False)

    def enter(self) -> None:
        self._between.acquire()
        self._own.between = True

    def leave(self) -> None:
        if self.between:
            self._own.between = False
            self._between.release()


def watch(points: Points) -> None:
    """Around every request and every commit of this process."""
    once, commit, rollback = Http._once, DefaultDialect.do_commit, DefaultDialect.do_rollback

    def watched_once(self: Http, method: str, url: str, *rest: Any) -> Any:
        points.reach()
        if not url.lower().endswith("/token"):
            answer = once(self, method, url, *rest)
            points.reach()
            return answer
        points.enter()
        answer = once(self, method, url, *rest)
        if points.die_answered:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    def watched_commit(self: Any, connection: Any) -> None:
        if not points.between:
            points.reach()
        commit(self, connection)
        points.leave()
        points.reach()

    def watched_rollback(self: Any, connection: Any) -> None:
        rollback(self, connection)
        points.leave()

    Http._once = watched_once  # type: ignore[method-assign]
    DefaultDialect.do_commit = watched_commit  # type: ignore[method-assign]
    DefaultDialect.do_rollback = watched_rollback  # type: ignore[method-assign]


class Ready:
    """Credentials that have been read: the access that all threads found before it expired."""

    def __init__(self, context: Context, slug: str) -> None:
        tenant = load(context, slug)
        self.package = tenant.package
        kept = StoredCredentials(context, tenant.id, self.package)
        self._stored, self._access = kept, kept.read()

    def read(self) -> Any:
        return self._access

    def renew(self, used: Any, exchange: Any) -> Any:
        return self._stored.renew(used, exchange)


def use(package: Package, credentials: Ready, together: threading.Barrier) -> str:
    """Nothing when it worked, else what went wrong."""
    together.wait(timeout=60)
    assert package.test_connection is not None
    try:
        package.test_connection(credentials, Http())
    except IntegrationError as error:
        return error.code
    return ""


def use_all(all_credentials: list[Ready]) -> list[str]:
    together = threading.Barrier(len(all_credentials))
    with ThreadPoolExecutor(len(all_credentials)) as threads:
        return list(threads.map(lambda credentials: use(credentials.package, credentials, together), all_credentials))


def main(slug: str) -> None:
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    context, points, all_credentials = Context.from_environment(), Points(), list[Ready]()
    watch(points)
    for line in sys.stdin:
        order = json.loads(line)
        if order["do"] == "ready":
            all_credentials = [Ready(context, slug) for _ in range(order["threads"])]
            print(json.dumps({"ready": len(all_credentials)}), flush=True)
            continue
        points.passed, points.last, points.die_answered = 0, order.get("die_at", 0), order.get("die_answered", False)
        codes = use_all(all_credentials)
        print(json.dumps({"codes": codes, "points": points.passed}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
