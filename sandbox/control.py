"""The control calls under ``/_sandbox`` that concern all sandboxes: what no real service has, for tests and people.

Coroutines without a pause, so that they take turns with the requests to the services.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Body, HTTPException, Request

from sandbox.clock import AMSTERDAM, Clock
from sandbox.faults import KINDS
from sandbox.size import Size
from sandbox.switches import Value

if TYPE_CHECKING:
    from sandbox.server import Server

_CLOCK = ("freeze", "advance_s", "run")
_YEAR_S, _MOST_S = 365 * 86_400, 10**9
FIRST_YEAR, LAST_YEAR = 1990, 2100


def router(server: "Server") -> APIRouter:
    """The calls; each answers 422 with the field and what is allowed when something is wrong, and changes nothing."""
    control, world = APIRouter(), server.world

    @control.post("/reset")
    async def reset() -> dict[str, bool]:
        server.reset()
        return {"ok": True}

    @control.post("/expire-tokens")
    async def expire_tokens() -> dict[str, bool]:
        for service in server.services.values():
            service.expire_tokens()
        return {"ok": True}

    @control.get("/tenants")
    async def list_tenants(request: Request) -> list[dict[str, Any]]:
        return server.tenants(_root(request))

    @control.post("/seed")
    async def seed(request: Request, given: dict[str, Any] = Body()) -> list[dict[str, Any]]:
        with _refusals():
            size = Size.read(given)
        server.add_tenants(size)
        return server.tenants(_root(request))[-size.tenants :] if size.tenants else []

    @control.get("/switches")
    async def list_switches() -> dict[str, Value]:
        return world.switches.values()

    @control.put("/switches")
    async def set_switches(given: dict[str, Any] = Body()) -> dict[str, Value]:
        with _refusals():
            world.switches.set_all(given)
        return world.switches.values()

    @control.get("/clock")
    async def tell_time() -> dict[str, str]:
        return _told(world.clock)

    @control.post("/clock")
    async def set_clock(given: dict[str, Any] = Body()) -> dict[str, str]:
        with _refusals():
            _set_clock(world.clock, given)
        return _told(world.clock)

    _add_faults(control, server)
    _add_traffic(control, server)
    return control


def _add_faults(control: APIRouter, server: "Server") -> None:
    faults = server.world.faults

    @control.get("/faults")
    async def list_faults() -> dict[str, Any]:
        return {"kinds": KINDS, "active": faults.listing()}

    @control.post("/faults")
    async def add_faults(given: list[dict[str, Any]] = Body()) -> dict[str, Any]:
        with _refusals():
            faults.add(*given)
        return {"active": faults.listing()}

    @control.delete("/faults")
    async def clear_faults() -> dict[str, Any]:
        faults.clear()
        return {"active": []}


def _add_traffic(control: APIRouter, server: "Server") -> None:
    traffic = server.world.traffic

    @control.get("/requests")
    async def requests(since: int = 0) -> dict[str, Any]:
        try:
            return traffic.since(since)
        except KeyError as error:
            raise HTTPException(404, f"since: no mark {since}; POST /_sandbox/mark makes one") from error

    @control.post("/mark")
    async def mark() -> dict[str, int]:
        return {"mark": traffic.mark()}


def _root(request: Request) -> str:
    return str(request.base_url).rstrip("/")


@contextmanager
def _refusals() -> Iterator[None]:
    """Turns a refused value into a 422 that says what is allowed."""
    try:
        yield
    except ValueError as error:
        raise HTTPException(422, str(error)) from error


def _told(clock: Clock) -> dict[str, str]:
    return {"now": clock.now().isoformat(), "local": clock.local().isoformat()}


def _set_clock(clock: Clock, given: dict[str, Any]) -> None:
    """Everything is read before anything is done; then freeze, advance, run, in that order."""
    if unknown := sorted(set(given) - set(_CLOCK)):
        raise ValueError(f"{', '.join(unknown)}: no such field; use {', '.join(_CLOCK)}")
    freeze, advance_s = _moment(given.get("freeze")), _seconds(given.get("advance_s", 0))
    run = given.get("run", False)
    if not isinstance(run, bool):
        raise ValueError(f"run: {run!r} is not allowed; use true, false")
    if (freeze or clock.now()).year + advance_s / _YEAR_S > LAST_YEAR:
        raise ValueError(f"advance_s: {advance_s} is not allowed; use what stays before {LAST_YEAR}")
    if "freeze" in given:
        clock.freeze(freeze)
    clock.advance(advance_s)
    if run:
        clock.run()


def _moment(given: object) -> datetime | None:
    """Without a zone it is Dutch time. The far ends are refused, where zones and terms run out of years."""
    if not given:
        return None
    try:
        moment = datetime.fromisoformat(str(given))
    except ValueError as error:
        raise ValueError(f"freeze: {given!r} is not allowed; use a moment as 2026-11-21T10:00:00+01:00") from error
    if not FIRST_YEAR <= moment.year < LAST_YEAR:
        raise ValueError(f"freeze: {given!r} is not allowed; use a moment from {FIRST_YEAR} and before {LAST_YEAR}")
    return moment if moment.tzinfo else moment.replace(tzinfo=AMSTERDAM)


def _seconds(given: object) -> float:
    if isinstance(given, bool) or not isinstance(given, int | float) or not 0 <= given <= _MOST_S:
        raise ValueError(f"advance_s: {given!r} is not allowed; use a number of seconds from 0 to {_MOST_S}")
    return given
