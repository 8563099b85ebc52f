"""Pushes among faults: of the network, of the package, of tokens, of the store; and several runs at once."""

import re
import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet, MultiFernet
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.exc import DBAPIError

from include.context import Context
from include.errors import IntegrationError, NoAnswer
from include.http import Http
from include.push import operations
from include.push.lost_answer import ASKS
from include.push.worker import push
from include.store import Store, ledger, migrate
from include.store.engine import engine
from include.sync.pipeline import sync
from local import database
from tests.helpers.clock import FakeClock
from tests.helpers.packages import PACKAGES, package_kind
from tests.helpers.push_trials import LEASE_S, MOST_RUNS, PushTrial, count_documents
from tests.helpers.sandboxes import Sandbox
from tests.helpers.snapshots import count_package_writes
from tests.helpers.tenants import CoupledTenant, couple_tenant

WORK_ORDERS = 8
SEED = 3
FAULTS: dict[str, dict[str, Any]] = {
    "dropped after the work": {"kind": "drop_after"},
    "dropped before the work": {"kind": "drop_before"},
    "500 after the work": {"kind": "status_after", "status": 500},
    "503": {"kind": "status", "status": 503},
    "429": {"kind": "status", "status": 429, "retry_after": 7},
    "HTML": {"kind": "html"},
    "truncated": {"kind": "truncated"},
    "empty": {"kind": "empty"},
    "token expired": {"kind": "expired_token"},
}


@pytest.fixture
def trial(coupled: CoupledTenant, sandbox: Sandbox) -> PushTrial:
    """A tenant with work orders that were just archived."""
    sandbox.control.call("PUT", "switches", {"rompslomp.rate_limit": 0})
    sync(coupled.context, coupled.tenant, "sync")
    made = PushTrial(coupled, [])
    made.archive(WORK_ORDERS)
    return made


def attempt(coupled: CoupledTenant, key: str) -> None:
    """A run as Airflow sees it: it may fail, another one follows."""
    with suppress(IntegrationError, DBAPIError):
        push(coupled.context, coupled.tenant, key)


def settle(trial: PushTrial, clock: FakeClock) -> None:
    """Runs with more and more time between them, until nothing is due."""
    for number in range(MOST_RUNS):
        clock.advance(seconds=LEASE_S * 2**number)
        trial.archive()  # work goes on, which shows how far searches have come
        attempt(trial.coupled, f"settle-{number}")
        if not trial.due():
            break
    let_go_what_a_person_was_asked_for(trial)


def let_go_what_a_person_was_asked_for(trial: PushTrial) -> None:
    """They look in the package, where it is not, and send it again."""
    coupled = trial.coupled
    with coupled.context.store.begin() as tx:
        asked_for = ledger.waiting_for(tx, coupled.tenant.id, ASKS)
    for entry in asked_for:
        assert entry.reference not in {document.reference for document in coupled.documents()}
        operations.release(coupled.context, coupled.tenant, entry.number, "bookkeeper")
    attempt(coupled, "let go")


@pytest.mark.parametrize("name", FAULTS)
def test_faults_anywhere(trial: PushTrial, sandbox: Sandbox, clock: FakeClock, name: str) -> None:
    """R3.10, R3.13, architecture 4: on the first request that makes a document, then on any of either system."""
    faults, first = (
        sandbox.server.world.faults,
        {"method": "POST", "path": trial.coupled.accounting.documents_path, "count": 1},
    )
    faults.add(FAULTS[name] | first)
    attempt(trial.coupled, "first")
    faults.add(FAULTS[name] | {"count": -1, "share": 0.15, "seed": SEED})
    for number in range(4):
        clock.advance(minutes=15)
        trial.archive(WORK_ORDERS // 4)
        attempt(trial.coupled, f"run-{number}")
    hits = [fault["hits"] for fault in faults.listing()]
    assert hits[0] == 1
    assert hits[1] > 0
    faults.clear()
    settle(trial, clock)
    counted = count_documents(trial)
    assert counted.right, counted


def test_no_answer_in_time(
    trial: PushTrial, sandbox: Sandbox, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R3.10, architecture 4: the package did nothing with it, since we were gone when it got round to it."""
    coupled, http = trial.coupled, Context.http
    monkeypatch.setattr(Context, "http", lambda *args, **options: replace(http(*args, **options), timeout_s=0.3))
    late = {"kind": "delay", "method": "POST", "path": coupled.accounting.documents_path, "count": 1, "delay_ms": 400}
    sandbox.server.world.faults.add(late)
    assert push(coupled.context, coupled.tenant, "run") == {"unknown": 1, "confirmed": WORK_ORDERS - 1}
    settle(trial, clock)
    counted = count_documents(trial)
    assert counted.right, counted


@pytest.mark.parametrize("searches", [0, 1])
def test_stored_after_we_gave_up(
    trial: PushTrial, clock: FakeClock, monkeypatch: pytest.MonkeyPatch, searches: int
) -> None:
    """R3.10, architecture 4: also when the first search came before the package had stored it."""
    coupled, once, kept = trial.coupled, Http._once, list[Any]()

    def give_up(self: Http, method: str, url: str, *rest: Any) -> Any:
        if method == "POST" and re.search(coupled.accounting.documents_path, url) and not kept:
            kept.append((self, method, url, *rest))
            raise NoAnswer(f"{method}: ReadTimeout")
        return once(self, method, url, *rest)

    monkeypatch.setattr(Http, "_once", give_up)
    assert push(coupled.context, coupled.tenant, "run") == {"unknown": 1, "confirmed": WORK_ORDERS - 1}
    for number in range(searches):
        clock.advance(seconds=31)
        assert push(coupled.context, coupled.tenant, f"search-{number}") == {"unknown": 1}
    assert once(*kept[0]).status in (200, 201)  # what the package was still at
    settle(trial, clock)
    counted = count_documents(trial)
    assert counted.right, counted


@pytest.mark.parametrize("keys", [("one", "two"), ("event", "event")])
def test_two_runs_at_once(trial: PushTrial, keys: tuple[str, str], clock: FakeClock) -> None:
    """R3.10: two runners of one tenant, and one event that comes twice: nothing is even offered twice."""
    coupled, mark = trial.coupled, trial.coupled.control.mark()
    with ThreadPoolExecutor(2) as threads:
        ended = list(threads.map(lambda key: push(coupled.context, coupled.tenant, key), keys))
    assert sum(outcome.get("confirmed", 0) for outcome in ended) == WORK_ORDERS
    assert count_package_writes(coupled, mark) == WORK_ORDERS
    assert count_documents(trial).right


@pytest.mark.parametrize("coupled", PACKAGES, indirect=True)
def test_tokens_that_rotate(trial: PushTrial, sandbox: Sandbox, clock: FakeClock) -> None:
    """R3.10, architecture 4: refresh tokens that can be spent once, access tokens that expire all the time, two runs at
    once; none of them is left with a dead one."""
    coupled = trial.coupled
    coupled.accounting.use_expiring_tokens(coupled.context, coupled.tenant)
    sandbox.control.call("PUT", "switches", {"unit4.refresh_tokens": "rotate"})
    sandbox.server.services[coupled.package].expire_tokens()
    often = {"kind": "expired_token", "path": coupled.accounting.api_path, "count": -1, "share": 0.2, "seed": SEED}
    sandbox.server.world.faults.add(often)
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(lambda key: attempt(coupled, key), ("one", "two")))
    assert sandbox.server.world.faults.listing()[0]["hits"] > 2
    sandbox.server.world.faults.clear()
    settle(trial, clock)
    counted = count_documents(trial)
    assert counted.right, counted
    assert "connection.token_revoked" not in [row.code for row in coupled.log("error")]


@pytest.fixture
def own_postgres() -> Iterator[Path]:
    """A folder with an embedded PostgreSQL that nobody else uses."""
    folder = Path(tempfile.mkdtemp(prefix="koppel-test-"))
    yield folder
    database.stop(folder)
    shutil.rmtree(folder)


def test_postgres_is_restarted_in_the_middle(
    own_postgres: Path, sandbox: Sandbox, clock: FakeClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R3.10, architecture 4: once when a document was just made, once when something was about to be committed."""
    url = database.create(database.start(own_postgres), "koppel_test")
    migrate(url)
    cipher = MultiFernet([Fernet(Fernet.generate_key())])
    context = Context(Store(url), cipher, tmp_path, clock.now, clock.slept_s.append)
    trials = [_restarted(context, sandbox, package) for package in PACKAGES]
    for trial in trials:
        with monkeypatch.context() as patched:
            restarts = _restart_twice(patched, own_postgres, trial.coupled.package)
            attempt(trial.coupled, "one")
            attempt(trial.coupled, "two")
            assert restarts == ["after a document", "before a commit"]
        settle(trial, clock)
        counted = count_documents(trial)
        assert counted.right, counted
    engine(url).dispose()


def _restarted(context: Context, sandbox: Sandbox, package: str) -> PushTrial:
    coupled = couple_tenant(context, sandbox.control, package, f"{package}_tenant")
    sync(context, coupled.tenant, "sync")
    trial = PushTrial(coupled, [])
    trial.archive(WORK_ORDERS)
    return trial


def _restart_twice(patched: pytest.MonkeyPatch, folder: Path, package: str) -> list[str]:
    """What it did stands in the answer: a restart after the third document was made, and one some commits later."""
    once, commit, done = Http._once, DefaultDialect.do_commit, list[str]()
    seen = {"documents": 0, "commits": 0}

    def asking(self: Http, method: str, url: str, *rest: Any) -> Any:
        answer = once(self, method, url, *rest)
        seen["documents"] += method == "POST" and url.endswith(f"/{package_kind(package).documents_route}")
        if seen["documents"] == 3 and not done:
            done.append("after a document")
            _restart(folder)
        return answer

    def committing(self: Any, connection: Any) -> None:
        seen["commits"] += len(done) == 1
        if seen["commits"] == 7 and len(done) == 1:
            done.append("before a commit")
            _restart(folder)
        commit(self, connection)

    patched.setattr(Http, "_once", asking)
    patched.setattr(DefaultDialect, "do_commit", committing)
    return done


def _restart(folder: Path) -> None:
    database.stop(folder)
    database._server(folder).start()  # database.start would take it for the one it started before
