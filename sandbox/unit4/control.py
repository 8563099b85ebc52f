"""The control calls of this sandbox: administrations, their data, size, rights and redirect addresses."""

from collections.abc import Mapping
from typing import Any, Protocol

from fastapi import APIRouter, Body, HTTPException, Response

from sandbox.unit4 import wire
from sandbox.unit4.administration import Unit4Administration
from sandbox.unit4.bulk_data import fill
from sandbox.unit4.oauth import Unit4OAuth
from sandbox.unit4.orders import order_record
from sandbox.unit4.records import PRODUCT_GROUP
from sandbox.visibility import Visibility


class Controlled(Protocol):
    """What the calls work on."""

    administrations: dict[str, Unit4Administration]
    oauth: Unit4OAuth

    def add_administration(self, description: str) -> Unit4Administration: ...


def control(service: Controlled) -> APIRouter:
    """Return the router with the control calls; coroutines, so that they take turns with the requests."""
    router = APIRouter(prefix="/unit4")
    _add_data_routes(router, service)

    @router.post("/administrations")
    async def make(body: dict[str, Any] = Body()) -> dict[str, str]:
        administration = service.add_administration(str(body.get("description") or ""))
        return {
            "database": administration.database,
            "refresh_token": service.oauth.seeded_refresh_tokens[administration.database],
        }

    @router.post("/rights")
    async def rights(body: dict[str, Any] = Body()) -> dict[str, Any]:
        administration = _find(service, body.get("database"))
        _set_rights(administration, body)
        visibility = {
            "visible": administration.visibility.visible,
            "seed": administration.visibility.seed,
            "user": administration.signed_in_as,
        }
        return {"database": administration.database, "allowed": administration.allowed, **visibility}

    @router.post("/redirect-uris")
    async def redirect_uris(body: dict[str, Any] = Body()) -> dict[str, list[str]]:
        if not isinstance(body.get("uri"), str):
            raise HTTPException(422, "uri: the whole address")
        return {"redirect_uris": service.oauth.register(body["uri"])}

    return router


def _find(service: Controlled, database: object) -> Unit4Administration:
    """Return an administration by its database. Raises HTTPException."""
    administration = service.administrations.get(str(database).upper())
    if administration is None:
        raise HTTPException(404, f"database: {database!r} is not there; use {', '.join(service.administrations)}")
    return administration


def _add_data_routes(router: APIRouter, service: Controlled) -> None:
    """Add the calls that show and fill an administration."""

    @router.get("/administrations/{database}/data")
    async def data(database: str) -> Response:
        return Response(wire.dumps(_data(_find(service, database))), media_type="application/json")

    @router.post("/fill")
    async def fill_administration(body: dict[str, Any] = Body()) -> dict[str, int]:
        administration = _find(service, body.get("account"))
        fill(administration, _count(body, "customers"), _count(body, "articles"), _count(body, "seed", 1))
        return {
            "customers": len(administration.customers),
            "articles": len(administration.products),
            "addresses": len(administration.addresses),
        }


def _set_rights(administration: Unit4Administration, body: Mapping[str, Any]) -> None:
    """Change the rights that the body names; the seed goes with ``visible``."""
    if not {"allowed", "visible", "user"} & set(body):
        raise HTTPException(422, "use allowed, visible with seed, user")
    if not isinstance(body.get("allowed", True), bool):
        raise HTTPException(422, "allowed: true or false")
    if not isinstance(body.get("user", ""), str):
        raise HTTPException(422, "user: the name of a Multivers user")
    try:
        visibility = Visibility.read(body)
    except ValueError as error:
        raise HTTPException(422, str(error)) from error
    administration.visibility = visibility if "visible" in body else administration.visibility
    administration.allowed = body.get("allowed", administration.allowed)
    administration.signed_in_as = body.get("user", administration.signed_in_as)


def _count(body: Mapping[str, Any], name: str, default: int = 0) -> int:
    value = body.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise HTTPException(422, f"{name}: a whole number of 0 or more")
    return value


def _data(administration: Unit4Administration) -> dict[str, Any]:
    return {
        "customers": [wire.customer(administration, row) for row in administration.customers],
        "products": [wire.product(administration, row) for row in administration.products],
        "product_groups": [wire.filled(PRODUCT_GROUP, row) for _, row in sorted(administration.groups.items())],
        "orders": [order_record(administration, row) for row in administration.orders],
    }
