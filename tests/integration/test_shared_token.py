"""One token of Simple-Simon for all processes: a log-in that cancels the older token knocks nobody out (R6.2)."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from include.access.credentials import StoredCredentials
from include.access.systems import open_app
from include.connectors import registry
from include.errors import IntegrationError, Misconfigured
from include.push.worker import push
from include.watcher.polling import Watcher
from tests.helpers.sandboxes import Sandbox
from tests.helpers.tenants import CoupledTenant
from tests.helpers.work_orders import archive_work_order, only_document_of

ROUNDS, PROCESSES = 15, 4


def log_ins_since(coupled: CoupledTenant, mark: int) -> int:
    """Count the requests to Simon's log-in since a mark, as the sandbox kept them."""
    rows = coupled.control.call("GET", f"requests?since={mark}")["counts"]
    return sum(sum(v for k, v in row.items() if isinstance(v, int)) for row in rows if row["route"].endswith("/login"))


@pytest.fixture
def cancelling(ready: CoupledTenant, sandbox: Sandbox) -> CoupledTenant:
    """Its Simon cancels the older token at each log-in."""
    sandbox.control.call("PUT", "switches", {"simon.login_cancels_older": True})
    sandbox.server.services["simon"].expire_tokens()
    return ready


def test_several_at_once_do_not_knock_each_other_out(cancelling: CoupledTenant, sandbox: Sandbox) -> None:
    """Contract, signing in: watcher, push, sync and clean-up ask at once, with tokens that expire now and then."""
    both = Barrier(PROCESSES, timeout=30)

    def ask(number: int) -> list[str]:
        refused = []
        for round in range(ROUNDS):
            both.wait()
            if number == 0 and round % 5 == 4:
                sandbox.server.services["simon"].expire_tokens()
            both.wait()
            try:
                open_app(cancelling.context, cancelling.tenant).ready()
            except IntegrationError as error:
                refused.append(error.code)
        return refused

    mark = cancelling.control.mark()
    with ThreadPoolExecutor(PROCESSES) as threads:
        refused = Counter(code for codes in threads.map(ask, range(PROCESSES)) for code in codes)
    assert not refused
    log_ins = log_ins_since(cancelling, mark)
    assert 1 <= log_ins <= 2 * (1 + ROUNDS // 5)  # no storm of log-ins


def test_watcher_and_push_share_a_log_in(cancelling: CoupledTenant) -> None:
    """Architecture 4: a log-in for each is one too many; and the watcher goes on looking."""
    mark = cancelling.control.mark()
    made = archive_work_order(cancelling)
    watcher = Watcher(cancelling.context)
    for _ in range(3):
        watcher.poll("archived", cancelling.slug)
        push(cancelling.context, cancelling.tenant, "run")
    only_document_of(cancelling, made)
    # one of ours; what the test itself does at the office logs in for itself
    assert 1 <= log_ins_since(cancelling, mark) <= 3
    assert [problem.code for problem in cancelling.open_problems() if problem.code.startswith("connection.")] == []


def test_a_wrong_password_is_tried_once(cancelling: CoupledTenant) -> None:
    """Contract, signing in: an account may be locked; a person is told at once."""
    simon = registry.field_service()
    stored = StoredCredentials(cancelling.context, cancelling.tenant.id, simon)
    access = stored.read()
    wrong = type(access).model_validate(access.stored() | {"pwd": "fout", "token": ""})
    with cancelling.context.store.begin() as tx:
        stored.put(tx, wrong)
    mark = cancelling.control.mark()
    with pytest.raises(Misconfigured, match="refused"):
        open_app(cancelling.context, cancelling.tenant).ready()
    assert log_ins_since(cancelling, mark) == 1
