"""The control calls under ``/_sandbox`` that concern all sandboxes: what no real service has, for tests and people.

Coroutines without a pause, so that they take turns with the requests to the services.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Body, HTTPException, Request

from sandbox.clock import AMSTERDAM, Clock
from sandbox.data_size import DataSize
from sandbox.faults import KINDS, Faults
from sandbox.sandboxes import Sandboxes
from sandbox.switches import Switches, Value
from sandbox.traffic import Traffic

_CLOCK = ("freeze", "advance_s", "run")
_YEAR_S, _MOST_S = 365 * 86_400, 10**9
FIRST_YEAR, LAST_YEAR = 1990, 2100


def router(sandboxes: Sandboxes) -> APIRouter:
    """Return the calls; a wrong one answers 422 with the field and what is allowed, and changes nothing."""
    control, world = APIRouter(), sandboxes.world
    _add_data(control, sandboxes)
    _add_switches(control, world.switches)
    _add_clock(control, world.clock)
    _add_faults(control, world.faults)
    _add_traffic(control, world.traffic)
    return control


async def own_origin(request: Request) -> None:
    """Refuse what a page of another site sends from a browser on this machine: a program sends no origin."""
    origin = request.headers.get("origin")
    if origin is not None and origin != f"{request.url.scheme}://{request.headers.get('host', '')}":
        raise HTTPException(403, "sent by another site")


def _add_data(control: APIRouter, sandboxes: Sandboxes) -> None:
    @control.post("/reset")
    async def reset() -> dict[str, bool]:
        sandboxes.reset()
        return {"ok": True}

    @control.post("/expire-tokens")
    async def expire_tokens() -> dict[str, bool]:
        for service in sandboxes.services.values():
            service.expire_tokens()
        return {"ok": True}

    @control.get("/tenants")
    async def list_tenants(request: Request) -> list[dict[str, Any]]:
        return sandboxes.tenants(_root(request))

    @control.post("/seed")
    async def seed(request: Request, body: dict[str, Any] = Body()) -> list[dict[str, Any]]:
        with _unprocessable():
            size = DataSize.read(body)
        sandboxes.add_tenants(size)
        return sandboxes.tenants(_root(request))[-size.tenants :] if size.tenants else []


def _add_switches(control: APIRouter, switches: Switches) -> None:
    @control.get("/switches")
    async def list_switches() -> dict[str, Value]:
        return switches.values()

    @control.put("/switches")
    async def set_switches(body: dict[str, Any] = Body()) -> dict[str, Value]:
        with _unprocessable():
            switches.set_all(body)
        return switches.values()


def _add_clock(control: APIRouter, clock: Clock) -> None:
    @control.get("/clock")
    async def show_clock() -> dict[str, str]:
        return _written(clock)

    @control.post("/clock")
    async def set_clock(body: dict[str, Any] = Body()) -> dict[str, str]:
        with _unprocessable():
            _set_clock(clock, body)
        return _written(clock)


def _add_faults(control: APIRouter, faults: Faults) -> None:
    @control.get("/faults")
    async def list_faults() -> dict[str, Any]:
        return {"kinds": KINDS, "active": faults.listing()}

    @control.post("/faults")
    async def add_faults(body: list[dict[str, Any]] = Body()) -> dict[str, Any]:
        with _unprocessable():
            faults.add(*body)
        return {"active": faults.listing()}

    @control.delete("/faults")
    async def clear_faults() -> dict[str, Any]:
        faults.clear()
        return {"active": []}


def _add_traffic(control: APIRouter, traffic: Traffic) -> None:
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
def _unprocessable() -> Iterator[None]:
    """Turn a refused value into a 422 that names what is allowed."""
    try:
        yield
    except ValueError as error:
        raise HTTPException(422, str(error)) from error


def _written(clock: Clock) -> dict[str, str]:
    return {"now": clock.now().isoformat(), "local": clock.local().isoformat()}


def _set_clock(clock: Clock, body: dict[str, Any]) -> None:
    """Freeze, advance and run the clock, in that order; everything is read before anything is done."""
    if unknown := sorted(set(body) - set(_CLOCK)):
        raise ValueError(f"{', '.join(unknown)}: no such field; use {', '.join(_CLOCK)}")
    freeze, advance_s = _moment(body.get("freeze")), _seconds(body.get("advance_s", 0))
    run = body.get("run", False)
    if not isinstance(run, bool):
        raise ValueError(f"run: {run!r} is not allowed; use true, false")
    if (freeze or clock.now()).year + advance_s / _YEAR_S > LAST_YEAR:
        raise ValueError(f"advance_s: {advance_s} is not allowed; use what stays before {LAST_YEAR}")
    if "freeze" in body:
        clock.freeze(freeze)
    clock.advance(advance_s)
    if run:
        clock.run()


def _moment(value: object) -> datetime | None:
    """Read a moment; without a zone it is Dutch time.

    The far ends are refused, where zones and terms run out of years.
    """
    if not value:
        return None
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError as error:
        raise ValueError(f"freeze: {value!r} is not allowed; use a moment as 2026-11-21T10:00:00+01:00") from error
    if not FIRST_YEAR <= moment.year < LAST_YEAR:
        raise ValueError(f"freeze: {value!r} is not allowed; use a moment from {FIRST_YEAR} and before {LAST_YEAR}")
    return moment if moment.tzinfo else moment.replace(tzinfo=AMSTERDAM)


def _seconds(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _MOST_S:
        raise ValueError(f"advance_s: {value!r} is not allowed; use a number of seconds from 0 to {_MOST_S}")
    return value
