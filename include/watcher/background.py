"""Work in threads that an endless loop starts: whatever goes wrong with one piece of it, the loop goes on."""

import asyncio
from collections.abc import Iterable
from typing import TypeVar

import structlog

T = TypeVar("T")


async def or_logged(work: "asyncio.Future[T]", name: str, otherwise: T) -> T:
    """Return what the work gives, or ``otherwise``; an error that nobody foresaw is in the triggerer's log."""
    try:
        return await work
    except Exception as error:  # noqa: BLE001 - the loop serves all tenants
        structlog.get_logger("koppel").error("watching failed", work=name, reason=repr(error))
        return otherwise


def log_end(loop: "asyncio.Task[None]") -> None:
    """Log that an endless loop ended: what it did is not done any more, and must not go unseen."""
    if not loop.cancelled():
        structlog.get_logger("koppel").error("watching ended", work=loop.get_name(), reason=repr(loop.exception()))


def cancel(tasks: "Iterable[asyncio.Task[None]]") -> None:
    """Stop all of these tasks."""
    for task in tasks:
        task.cancel()
