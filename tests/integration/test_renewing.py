"""Renewing: once per expiry whoever asks, nothing lost when processes die, and an end when a token is dead."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from include.access import credentials
from include.access.credentials import StoredCredentials
from include.access.oauth_flow import finish_consent, start_consent
from include.connectors import registry
from include.errors import IntegrationError, Misconfigured, Transient
from include.store import credentials as credentials_table
from include.sync.pipeline import sync
from tests.helpers.clock import FakeClock
from tests.helpers.encryption import KEY
from tests.helpers.paths import ROOT
from tests.helpers.sandboxes import Sandbox
from tests.helpers.tenants import CoupledTenant
from tests.helpers.vendor_login import decide_consent

pytestmark = pytest.mark.registered_with_vendors

PROCESSES, THREADS, EXPIRIES = 3, 34, 12  # 1,224 renewals
BACK = "http://127.0.0.1:8765/koppel/callback"


def reconnect(coupled: CoupledTenant) -> None:
    back = decide_consent(
        start_consent(coupled.context, coupled.tenant, coupled.package, BACK).address, coupled.package
    )
    finish_consent(coupled.context, back["state"], code=back["code"], by="anna")


@pytest.fixture
def connected(coupled: CoupledTenant, sandbox: Sandbox) -> CoupledTenant:
    """By consent, at a package that gives a new refresh token with each renewal and lets the old one die at once."""
    switches = sandbox.server.world.switches
    switches.set("unit4.refresh_tokens", "rotate")
    switches.set("rompslomp.refresh_token_reuse", False)
    switches.set("rompslomp.rate_limit", 0)
    reconnect(coupled)
    return coupled


class Process:
    """Threads of one tenant in a process of their own (tests.helpers.token_race_program)."""

    def __init__(self, coupled: CoupledTenant) -> None:
        context = coupled.context
        own = {"KOPPEL_STORE_URL": context.store.url, "KOPPEL_KEYS": KEY, **context.registered, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-m", "tests.helpers.token_race_program", coupled.slug]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, env=os.environ | own, stdin=pipe, stdout=pipe, text=True, cwd=ROOT)

    def order(self, **order: Any) -> None:
        assert self._process.stdin
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()

    def answer(self) -> dict[str, Any] | None:
        """None when it was killed."""
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            assert self._process.wait(timeout=30) == -9
        return json.loads(line) if line else None

    def __enter__(self) -> "Process":
        return self

    def __exit__(self, *exception: object) -> None:
        self._process.kill()
        self._process.communicate()


def exchanges(coupled: CoupledTenant, since: int) -> list[int]:
    """The status of every request to the token endpoint since a mark, as the sandbox wrote them down."""
    log = coupled.control.call("GET", f"requests?since={since}")["log"]
    return [line["status"] for line in log if line["path"].lower().endswith("/token")]


def stored_credentials(coupled: CoupledTenant) -> StoredCredentials[Any]:
    connector = registry.package(coupled.package)
    return StoredCredentials(coupled.context, coupled.tenant.id, connector)


def use(coupled: CoupledTenant) -> None:
    """A request with whatever is stored, as any task makes."""
    package = registry.package(coupled.package)
    assert package.test_connection is not None
    package.test_connection(stored_credentials(coupled), coupled.context.http())


def status_of(coupled: CoupledTenant) -> credentials.CredentialStatus:
    [status] = [
        status
        for status in credentials.credential_status(coupled.context, coupled.tenant.id)
        if status.system == coupled.package
    ]
    return status


def expire(coupled: CoupledTenant) -> int:
    """Expire all access tokens at the package; return a mark to count from."""
    coupled.control.call("POST", "expire-tokens")
    return coupled.control.mark()


def test_a_thousand_renewals_and_random_kills(connected: CoupledTenant) -> None:
    """Architecture 7: threads of several processes, the old token dead at once: one exchange per expiry, none lost.

    Killed anywhere but between an answer and its commit, which is the next test.
    """
    chance, renewed, killed = random.Random(7), 0, 0
    with ExitStack() as stack:
        processes = [stack.enter_context(Process(connected)) for _ in range(PROCESSES)]
        for _ in range(EXPIRIES):
            for process in processes:
                process.order(do="ready", threads=THREADS)
            assert [process.answer() for process in processes] == [{"ready": THREADS}] * PROCESSES
            mark = expire(connected)
            for number, process in enumerate(processes):
                # one at least survives, or nobody would be left to renew
                process.order(do="go", die_at=chance.choice((0, chance.randint(1, 6 * THREADS))) if number else 0)
            for number, answer in enumerate([process.answer() for process in processes]):
                if answer is None:
                    killed += 1
                    processes[number] = stack.enter_context(Process(connected))
                else:
                    assert answer["codes"] == [""] * THREADS
                renewed += THREADS
            assert exchanges(connected, mark) == [200]
    assert renewed >= 1000
    assert killed >= 5
    assert status_of(connected).generation >= EXPIRIES
    mark = expire(connected)
    use(connected)
    assert exchanges(connected, mark) == [200]


def killed_after_the_answer(coupled: CoupledTenant) -> None:
    with Process(coupled) as process:
        process.order(do="ready", threads=1)
        assert process.answer() == {"ready": 1}
        expire(coupled)
        process.order(do="go", die_answered=True)
        assert process.answer() is None


def test_killed_between_answer_and_commit_asks_to_connect_again(connected: CoupledTenant) -> None:
    """Architecture 7: the new token died with the process and the old one is spent: tried once, then nobody asks."""
    killed_after_the_answer(connected)
    assert status_of(connected).renewing_since is not None
    mark = connected.control.mark()
    for _ in range(10):
        with pytest.raises(Misconfigured, match=r"connection\.token_revoked"):
            use(connected)
    assert len(exchanges(connected, mark)) == 1
    assert status_of(connected).dead_since is not None
    reconnect(connected)
    use(connected)
    assert (status_of(connected).dead_since, status_of(connected).renewing_since) == (None, None)


def test_killed_between_answer_and_commit_goes_on_where_tokens_stay(connected: CoupledTenant, sandbox: Sandbox) -> None:
    """Architecture 7: no needless "connect again" when the old token still works."""
    sandbox.server.world.switches.set("unit4.refresh_tokens", "reusable")
    sandbox.server.world.switches.set("rompslomp.refresh_token_reuse", True)
    killed_after_the_answer(connected)
    mark = connected.control.mark()
    use(connected)
    assert exchanges(connected, mark) == [200]
    assert (status_of(connected).dead_since, status_of(connected).renewing_since) == (None, None)


@pytest.mark.parametrize(
    "fault", [{"kind": "drop_after"}, {"kind": "truncated"}, {"kind": "status_after", "status": 502}]
)
def test_an_answer_that_was_lost_on_its_way(connected: CoupledTenant, fault: dict[str, Any]) -> None:
    """Architecture 7: first it is waited for, then the old token is tried once, then a person is asked."""
    mark = expire(connected)
    connected.control.call("POST", "faults", [{**fault, "path": "(?i)/oauth/token"}])
    with pytest.raises(IntegrationError) as lost:
        use(connected)
    assert lost.value.code in ("connection.unavailable", "connection.unexpected_response")
    assert status_of(connected).renewing_since is not None
    for _ in range(5):
        with pytest.raises(Misconfigured, match=r"connection\.token_revoked"):
            use(connected)
    assert len(exchanges(connected, mark)) == 2


@pytest.mark.parametrize("fault", [{"kind": "drop_before"}, {"kind": "status", "status": 503}])
def test_a_log_in_that_is_away_costs_nothing(connected: CoupledTenant, fault: dict[str, Any]) -> None:
    """Architecture 7: the old token was not spent, so it goes on by itself."""
    expire(connected)
    connected.control.call("POST", "faults", [{**fault, "path": "(?i)/oauth/token"}])
    with pytest.raises(Transient):
        use(connected)
    use(connected)
    assert status_of(connected).dead_since is None


def test_a_revoked_consent_is_asked_about_once(connected: CoupledTenant, sandbox: Sandbox) -> None:
    """R7.5: every run says the same, one code, and the token endpoint is left alone until somebody connects again."""
    mark = expire(connected)
    connected.accounting.revoke_consent()
    for run in range(4):
        with pytest.raises(Misconfigured):
            sync(connected.context, connected.tenant, str(run), ["articles"])
    assert len(exchanges(connected, mark)) == 1
    assert {row.code for row in connected.log("error")} == {"connection.token_revoked"}
    [problem] = connected.open_problems()
    assert (problem.code, problem.count) == ("connection.token_revoked", 4)
    reconnect(connected)
    assert connected.open_problems() == []
    sync(connected.context, connected.tenant, "again", ["articles"])


def test_a_store_that_goes_away_meanwhile_loses_no_token(connected: CoupledTenant, clock: FakeClock) -> None:
    """Architecture 7: the connection breaks between the answer and the commit; the new token is stored on another."""

    def exchange(stored: Any) -> Any:
        with connected.context.store.begin() as tx:
            others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle in transaction'"
            assert len(tx.execute(text(others + " AND pid <> pg_backend_pid()")).all()) == 1
        return stored.model_copy(update={"access_token": type(stored.access_token)("renewed")})

    before = status_of(connected).generation
    fresh = stored_credentials(connected).renew(stored_credentials(connected).read(), exchange)
    assert fresh.access_token.get_secret_value() == "renewed"
    assert stored_credentials(connected).read() == fresh
    assert status_of(connected).generation == before + 1
    assert status_of(connected).renewing_since is None
    assert clock.slept_s == [0.0]


def test_an_exchange_that_outlasts_its_lock_loses_no_token(
    connected: CoupledTenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Architecture 7: Postgres frees the lock of a process that stood still; what it brings then is still stored."""
    monkeypatch.setattr(credentials_table, "IDLE_TIMEOUT_S", "0.1")

    def exchange(stored: Any) -> Any:
        while True:  # until Postgres ended us
            with connected.context.store.begin() as tx:
                if not tx.execute(text("SELECT 1 FROM pg_stat_activity WHERE state = 'idle in transaction'")).all():
                    return stored.model_copy(update={"access_token": type(stored.access_token)("renewed")})

    fresh = stored_credentials(connected).renew(stored_credentials(connected).read(), exchange)
    assert stored_credentials(connected).read() == fresh
    assert fresh.access_token.get_secret_value() == "renewed"


def test_what_ends_a_task_does_not_come_between(connected: CoupledTenant) -> None:
    """Architecture 7: a task that is told to end while it renews, ends after the new token was stored."""
    inside, told = threading.Event(), threading.Event()

    def exchange(stored: Any) -> Any:
        inside.set()
        assert told.wait(timeout=10)
        return stored.model_copy(update={"access_token": type(stored.access_token)("renewed")})

    class Told(BaseException):
        """What Airflow raises in the main thread of a task."""

    def tell(number: int, frame: object) -> None:
        told.set()
        raise Told

    before = signal.signal(signal.SIGUSR1, tell)
    try:
        threading.Thread(target=lambda: (inside.wait(10), os.kill(os.getpid(), signal.SIGUSR1))).start()
        with pytest.raises(Told):
            stored_credentials(connected).renew(stored_credentials(connected).read(), exchange)
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert stored_credentials(connected).read().access_token.get_secret_value() == "renewed"


def test_a_stuck_exchange_does_not_hold_the_others_for_ever(
    connected: CoupledTenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Architecture 7: who waits for too long gives up with a warning and is tried again later."""
    monkeypatch.setattr(credentials_table, "LOCK_TIMEOUT_S", "0.05")
    with connected.context.store.begin() as tx:
        credentials_table.lock(tx, connected.tenant.id, connected.package)
        with pytest.raises(Transient, match="another process is renewing"):
            stored_credentials(connected).renew(stored_credentials(connected).read(), lambda stored: stored)


def test_a_reconnect_is_not_undone_by_a_renewal_that_began_before(connected: CoupledTenant) -> None:
    """Architecture 7: only the generation that was offered is replaced."""
    used = stored_credentials(connected).read()
    reconnect(connected)
    stored = stored_credentials(connected).read()
    asked: list[Any] = []
    assert stored_credentials(connected).renew(used, lambda access: asked.append(access) or access) == stored
    assert asked == []
    with connected.context.store.begin() as tx:
        row = credentials_table.get(tx, connected.tenant.id, connected.package)
        assert row is not None
        assert not credentials_table.replace(tx, replace(row, generation=row.generation - 1), b"x")
    assert stored_credentials(connected).read() == stored
