"""Control calls of this sandbox: what people would do in Simon's screens, accounts, and data in bulk (contract 11)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import Response

from sandbox.simple_simon import fill, odata, office
from sandbox.simple_simon.answers import json_answer
from sandbox.simple_simon.dialect import Dialect
from sandbox.simple_simon.incoming import parse_object
from sandbox.simple_simon.refusal import Refusal
from sandbox.simple_simon.schema import ENTITIES, Row
from sandbox.simple_simon.store import Account

if TYPE_CHECKING:
    from sandbox.simple_simon.service import Simon


def router(simon: Simon) -> APIRouter:
    """The calls below ``/_sandbox``."""
    control = APIRouter()

    @control.post("/archive/{id}")
    async def archive(id: int, request: Request) -> Response:
        given = await _body(request)
        with _refusals():
            account, row = _order(simon, id)
            return _record(simon, office.archive(account, row, given.get("force") is True))

    @control.post("/unarchive/{id}")
    async def unarchive(id: int) -> Response:
        with _refusals():
            return _record(simon, office.unarchive(*_order(simon, id)))

    @control.post("/simon/ready/{id}")
    async def ready(id: int) -> Response:
        with _refusals():
            return _record(simon, office.report_ready(*_order(simon, id)))

    @control.post("/simon/accounts")
    async def add_account(request: Request) -> Response:
        account = _new_account(simon, await _body(request))
        access = simon.access_of(account, str(request.base_url).rstrip("/"))
        dialect = Dialect(simon.world.switches)
        return json_answer(dialect.dump({**access, "users": _records(account, "User", dialect)}))

    @control.get("/simon/accounts/{key}/data")
    async def data(key: str) -> Response:
        account, dialect = _account(simon, key), Dialect(simon.world.switches)
        return json_answer(dialect.dump({name: _records(account, name, dialect) for name in ENTITIES}))

    @control.post("/simon/accounts/{key}/work-orders")
    async def make_order(key: str, request: Request) -> Response:
        given = await _body(request)
        account, dialect = _account(simon, key), Dialect(simon.world.switches)
        with _refusals():
            row = office.make_order(account, given, dialect)
        entity = ENTITIES["WorkOrder"]
        added = odata.expanded(account, dialect, entity, row, list(entity.navigation))
        return json_answer(dialect.dump(dialect.record(entity, row) | added))

    @control.post("/simon/fill")
    async def fill_account(request: Request) -> dict[str, int]:
        given = await _body(request)
        account = _account(simon, str(given.get("account", "")))
        numbers = {name: _number(given, name) for name in ("customers", "articles", "work_orders")}
        return fill.fill(account, seed=_number(given, "seed"), keys=_keys(given), **numbers)

    @control.get("/simon/ignored-parameters")
    async def ignored_parameters() -> dict[str, int]:
        return dict(simon.rest.ignored)

    return control


async def _body(request: Request) -> dict[str, Any]:
    body = await request.body()
    with _refusals():
        return parse_object(body) if body else {}


def _number(given: dict[str, Any], name: str) -> int:
    value = given.get(name, 0)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise HTTPException(422, f"{name}: {value!r} is not allowed; use a whole number from 0")
    return value


def _keys(given: dict[str, Any]) -> list[str]:
    keys = given.get("keys", [])
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
        raise HTTPException(422, "keys: use a list of texts")
    return keys


def _new_account(simon: Simon, given: dict[str, Any]) -> Account:
    """Raises HTTPException that names the field and what is allowed."""
    seed, title = given.get("seed", "empty"), given.get("title", "")
    if seed not in ("empty", "contract"):
        raise HTTPException(422, f"seed: {seed!r} is not allowed; use empty, contract")
    if not isinstance(title, str) or len(title) > 100:
        raise HTTPException(422, f"title: {title!r} is not allowed; use text of at most 100 characters")
    return simon.add_account(filled=seed == "contract", title=title)


def _account(simon: Simon, key: str) -> Account:
    if key not in simon.gate.accounts:
        raise HTTPException(404, f"There is no account {key}")
    return simon.gate.accounts[key]


def _order(simon: Simon, id: int) -> tuple[Account, Row]:
    for account in simon.gate.accounts.values():
        if row := account.get("WorkOrder", id):
            return account, row
    raise HTTPException(404, f"There is no work order {id}")


def _records(account: Account, entity: str, dialect: Dialect) -> list[dict[str, Any]]:
    return [dialect.record(ENTITIES[entity], row) for row in account.tables[entity].all()]


def _record(simon: Simon, row: Row) -> Response:
    dialect = Dialect(simon.world.switches)
    return json_answer(dialect.dump(dialect.record(ENTITIES["WorkOrder"], row)))


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except Refusal as refusal:
        raise HTTPException(refusal.status, refusal.message) from refusal
