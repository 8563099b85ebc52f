"""Control calls of this sandbox: what people would do in Simon's screens, accounts, and data in bulk (contract 11)."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import Response

from sandbox.simple_simon import bulk_data, odata_api, office
from sandbox.simple_simon.accounts import SimonAccounts
from sandbox.simple_simon.dialect import WireDialect
from sandbox.simple_simon.errors import SimonError
from sandbox.simple_simon.request_body import parse_object
from sandbox.simple_simon.responses import json_response
from sandbox.simple_simon.rest_api import RestApi
from sandbox.simple_simon.schema import ENTITIES, Row
from sandbox.simple_simon.store import SimonAccount


def router(accounts: SimonAccounts, rest: RestApi) -> APIRouter:
    """Return the calls below ``/_sandbox``."""
    control = APIRouter()
    _add_office(control, accounts)
    _add_accounts(control, accounts)

    @control.get("/simon/ignored-parameters")
    async def ignored_parameters() -> dict[str, int]:
        return dict(rest.ignored)

    return control


def _add_office(control: APIRouter, accounts: SimonAccounts) -> None:
    @control.post("/archive/{id}")
    async def archive(id: int, request: Request) -> Response:
        body = await _body(request)
        with _http_errors():
            account, row = _order(accounts, id)
            return _record(account, office.archive(account, row, body.get("force") is True))

    @control.post("/unarchive/{id}")
    async def unarchive(id: int) -> Response:
        with _http_errors():
            account, row = _order(accounts, id)
            return _record(account, office.unarchive(account, row))

    @control.post("/simon/ready/{id}")
    async def ready(id: int) -> Response:
        with _http_errors():
            account, row = _order(accounts, id)
            return _record(account, office.report_ready(account, row))

    @control.post("/simon/accounts/{key}/work-orders")
    async def make_order(key: str, request: Request) -> Response:
        body = await _body(request)
        account = _account(accounts, key)
        dialect = WireDialect(account.world.switches)
        with _http_errors():
            row = office.make_order(account, body, dialect)
        entity = ENTITIES["WorkOrder"]
        added = odata_api.expanded(account, dialect, entity, row, links=list(entity.navigation))
        return json_response(dialect.dump(dialect.record(entity, row) | added))


def _add_accounts(control: APIRouter, accounts: SimonAccounts) -> None:
    @control.post("/simon/accounts")
    async def add_account(request: Request) -> Response:
        account = _new_account(accounts, await _body(request))
        access = accounts.access(account, str(request.base_url).rstrip("/"))
        dialect = WireDialect(accounts.world.switches)
        return json_response(dialect.dump({**access, "users": _records(account, "User", dialect)}))

    @control.get("/simon/accounts/{key}/data")
    async def data(key: str) -> Response:
        account, dialect = _account(accounts, key), WireDialect(accounts.world.switches)
        return json_response(dialect.dump({name: _records(account, name, dialect) for name in ENTITIES}))

    @control.post("/simon/fill")
    async def fill_account(request: Request) -> dict[str, int]:
        body = await _body(request)
        account = _account(accounts, str(body.get("account", "")))
        numbers = {name: _number(body, name) for name in ("customers", "articles", "work_orders")}
        return bulk_data.fill(account, seed=_number(body, "seed"), keys=_keys(body), **numbers)


async def _body(request: Request) -> dict[str, Any]:
    body = await request.body()
    with _http_errors():
        return parse_object(body) if body else {}


def _number(body: dict[str, Any], name: str) -> int:
    value = body.get(name, 0)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise HTTPException(422, f"{name}: {value!r} is not allowed; use a whole number from 0")
    return value


def _keys(body: dict[str, Any]) -> list[str]:
    keys = body.get("keys", [])
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
        raise HTTPException(422, "keys: use a list of texts")
    return keys


def _new_account(accounts: SimonAccounts, body: dict[str, Any]) -> SimonAccount:
    """Add an account. Raises HTTPException that names the field and what is allowed."""
    seed, title = body.get("seed", "empty"), body.get("title", "")
    if seed not in ("empty", "contract"):
        raise HTTPException(422, f"seed: {seed!r} is not allowed; use empty, contract")
    if not isinstance(title, str) or len(title) > 100:
        raise HTTPException(422, f"title: {title!r} is not allowed; use text of at most 100 characters")
    return accounts.add(filled=seed == "contract", title=title)


def _account(accounts: SimonAccounts, key: str) -> SimonAccount:
    if key not in accounts.by_key:
        raise HTTPException(404, f"There is no account {key}")
    return accounts.by_key[key]


def _order(accounts: SimonAccounts, id: int) -> tuple[SimonAccount, Row]:
    for account in accounts.by_key.values():
        if row := account.get("WorkOrder", id):
            return account, row
    raise HTTPException(404, f"There is no work order {id}")


def _records(account: SimonAccount, entity: str, dialect: WireDialect) -> list[dict[str, Any]]:
    return [dialect.record(ENTITIES[entity], row) for row in account.tables[entity].all()]


def _record(account: SimonAccount, row: Row) -> Response:
    dialect = WireDialect(account.world.switches)
    return json_response(dialect.dump(dialect.record(ENTITIES["WorkOrder"], row)))


@contextmanager
def _http_errors() -> Iterator[None]:
    try:
        yield
    except SimonError as error:
        raise HTTPException(error.status, error.message) from error
