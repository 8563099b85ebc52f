"""A process that forks does not share its connections with the child."""

import multiprocessing

from sqlalchemy import text

from include.context import Context


def test_a_forked_process_has_connections_of_its_own(context: Context) -> None:
    """R3.10: the scheduler forks a process for each task; two at one connection would mix their transactions."""
    here, queue = _backend(context), multiprocessing.get_context("fork").SimpleQueue()
    child = multiprocessing.get_context("fork").Process(target=lambda: queue.put(_backend(context)))
    child.start()
    child.join(timeout=20)
    assert child.exitcode == 0
    assert queue.get() != here
    assert _backend(context)  # the parent goes on with its own


def _backend(context: Context) -> int:
    with context.store.begin() as tx:
        return int(tx.execute(text("SELECT pg_backend_pid()")).scalar_one())
