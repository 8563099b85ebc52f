"""Control calls of this sandbox, below ``/_sandbox/rompslomp``: more companies, tokens and data, and a look inside."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Body, HTTPException

from sandbox.rompslomp.api import RESOURCES
from sandbox.rompslomp.call import Call
from sandbox.rompslomp.fill import Wish, fill
from sandbox.rompslomp.state import SCOPES, Company, Token
from sandbox.sight import Sight

if TYPE_CHECKING:
    from sandbox.rompslomp.service import Rompslomp

_SHOWN = ("contacts", "products", "sales_invoices", "quotations", "payments")


def routes(service: "Rompslomp") -> APIRouter:
    """The calls, each of them without a pause so that no request sees a half-done one."""
    control = APIRouter(prefix="/rompslomp")

    def company(company_id: int) -> Company:
        found = service.state.companies.get(company_id)
        if found is None:
            raise HTTPException(404, f"company: {company_id!r} does not exist")
        return found

    @control.post("/companies")
    async def add_company(name: str = Body(), scopes: list[str] | None = Body(None)) -> dict[str, Any]:
        added = service.add_company(name, _known(scopes))
        access = service.access("", str(added.id))
        return {key: access[key] for key in ("company_id", "personal_token")}

    @control.get("/companies/{company_id}/data")
    async def show_data(company_id: int) -> dict[str, Any]:
        owner = company(company_id).owner
        call = Call(service.world, service.state, Token("", owner, frozenset(SCOPES)), company(company_id))
        shown = {plural: RESOURCES[plural] for plural in _SHOWN}
        return {plural: [one.render(call, row) for row in one.table(call)] for plural, one in shown.items()}

    @control.post("/rights")
    async def set_rights(given: dict[str, Any] = Body()) -> dict[str, Any]:
        owned = company(given.get("company_id", 0))
        _set_rights(owned, given)
        scopes = [scope for scope in SCOPES if scope in owned.allowed_scopes]
        return {"company_id": owned.id, "visible": owned.sight.visible, "seed": owned.sight.seed, "scopes": scopes}

    _token_calls(control, service, company)
    _filling(control, service, company)
    return control


def _token_calls(control: APIRouter, service: "Rompslomp", company: Callable[[int], Company]) -> None:
    @control.get("/tokens")
    async def list_tokens() -> dict[str, Any]:
        personal = (token for token in service.state.tokens.values() if token.expires is None)
        return {"tokens": [_shown(token) for token in personal]}

    @control.post("/tokens")
    async def add_token(company_id: int | None = Body(None), scopes: list[str] | None = Body(None)) -> dict[str, str]:
        allowed, state = _known(scopes), service.state
        owner = state.users[0] if company_id is None else company(company_id).owner
        return {"personal_token": state.add_personal_token(owner, allowed, "made by control call").value}

    @control.delete("/tokens/{token}")
    async def revoke_token(token: str) -> dict[str, bool]:
        return {"ok": service.state.tokens.pop(token, None) is not None}

    @control.post("/redirect-uris")
    async def add_redirect_uri(uri: str = Body(embed=True)) -> dict[str, list[str]]:
        service.state.redirect_uris.append(uri)
        return {"redirect_uris": service.state.redirect_uris}


def _filling(control: APIRouter, service: "Rompslomp", company: Callable[[int], Company]) -> None:
    @control.post("/fill")
    async def add_data(
        account: int = Body(),
        customers: int = Body(0, ge=0),
        articles: int = Body(0, ge=0),
        invoices: int = Body(0, ge=0),
        seed: int = Body(1),
    ) -> dict[str, int]:
        fill(service.state, company(account), Wish(customers, articles, invoices, seed))
        return {"customers": customers, "articles": articles, "invoices": invoices}


def _set_rights(company: Company, given: dict[str, Any]) -> None:
    """Only what is given changes, but for the seed, which goes with ``visible``; scopes show in ``access_control``."""
    if not {"visible", "scopes"} & set(given):
        raise HTTPException(422, "use visible with seed, scopes")
    try:
        sight = Sight.read(given)
    except ValueError as error:
        raise HTTPException(422, str(error)) from error
    company.allowed_scopes = _known(given["scopes"]) if "scopes" in given else company.allowed_scopes
    company.sight = sight if "visible" in given else company.sight


def _known(scopes: list[str] | None) -> frozenset[str]:
    """All scopes when none are given."""
    wanted = frozenset(scopes or SCOPES)
    if unknown := wanted - set(SCOPES):
        raise HTTPException(422, f"scopes: {', '.join(sorted(unknown))} not known; use {', '.join(SCOPES)}")
    return wanted


def _shown(token: Token) -> dict[str, Any]:
    scopes = [scope for scope in SCOPES if scope in token.scopes]
    return {"name": token.name, "token": token.value, "user": token.user.email, "scopes": scopes}
