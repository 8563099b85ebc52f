"""Control calls of this sandbox, below ``/_sandbox/rompslomp``: more companies, tokens and data, and a look inside."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Body, HTTPException

from sandbox.rompslomp.accounts import RompslompAccounts
from sandbox.rompslomp.api import RESOURCES
from sandbox.rompslomp.bulk_data import DataVolume, fill
from sandbox.rompslomp.state import SCOPES, Company, RompslompToken
from sandbox.visibility import Visibility

_SHOWN = ("contacts", "products", "sales_invoices", "quotations", "payments")


def routes(accounts: RompslompAccounts) -> APIRouter:
    """Return the calls, each of them without a pause so that no request sees a half-done one."""
    control = APIRouter(prefix="/rompslomp")

    def company(company_id: int) -> Company:
        if company_id not in accounts.state.companies:
            raise HTTPException(404, f"company: {company_id!r} does not exist")
        return accounts.state.companies[company_id]

    @control.post("/companies")
    async def add_company(name: str = Body(), scopes: list[str] | None = Body(None)) -> dict[str, Any]:
        added = accounts.add_company(name, _known(scopes))
        access = accounts.access("", str(added.id))
        return {key: access[key] for key in ("company_id", "personal_token")}

    @control.get("/companies/{company_id}/data")
    async def show_data(company_id: int) -> dict[str, Any]:
        call = accounts.owner_call(company(company_id))
        shown = {plural: RESOURCES[plural] for plural in _SHOWN}
        return {
            plural: [resource.render(call, row) for row in resource.table(call)] for plural, resource in shown.items()
        }

    @control.post("/rights")
    async def set_rights(body: dict[str, Any] = Body()) -> dict[str, Any]:
        owned = company(body.get("company_id", 0))
        _set_rights(owned, body)
        scopes = [scope for scope in SCOPES if scope in owned.allowed_scopes]
        return {
            "company_id": owned.id,
            "visible": owned.visibility.visible,
            "seed": owned.visibility.seed,
            "scopes": scopes,
        }

    _token_calls(control, accounts, company)
    _filling(control, accounts, company)
    return control


def _token_calls(control: APIRouter, accounts: RompslompAccounts, company: Callable[[int], Company]) -> None:
    @control.get("/tokens")
    async def list_tokens() -> dict[str, Any]:
        personal = (token for token in accounts.state.tokens.values() if token.expires is None)
        return {"tokens": [_shown(token) for token in personal]}

    @control.post("/tokens")
    async def add_token(company_id: int | None = Body(None), scopes: list[str] | None = Body(None)) -> dict[str, str]:
        allowed, state = _known(scopes), accounts.state
        owner = state.users[0] if company_id is None else company(company_id).owner
        return {"personal_token": state.add_personal_token(owner, allowed, "made by control call").value}

    @control.delete("/tokens/{token}")
    async def revoke_token(token: str) -> dict[str, bool]:
        return {"ok": accounts.state.tokens.pop(token, None) is not None}

    @control.post("/redirect-uris")
    async def add_redirect_uri(uri: str = Body(embed=True)) -> dict[str, list[str]]:
        accounts.state.redirect_uris.append(uri)
        return {"redirect_uris": accounts.state.redirect_uris}


def _filling(control: APIRouter, accounts: RompslompAccounts, company: Callable[[int], Company]) -> None:
    @control.post("/fill")
    async def add_data(
        *,
        account: int = Body(),
        customers: int = Body(0, ge=0),
        articles: int = Body(0, ge=0),
        invoices: int = Body(0, ge=0),
        seed: int = Body(1),
    ) -> dict[str, int]:
        fill(accounts.state, company(account), DataVolume(customers, articles, invoices, seed))
        return {"customers": customers, "articles": articles, "invoices": invoices}


def _set_rights(company: Company, body: dict[str, Any]) -> None:
    """Change the rights that the body names.

    The seed goes with ``visible``; scopes show in ``access_control``.
    """
    if not {"visible", "scopes"} & set(body):
        raise HTTPException(422, "use visible with seed, scopes")
    try:
        visibility = Visibility.read(body)
    except ValueError as error:
        raise HTTPException(422, str(error)) from error
    company.allowed_scopes = _known(body["scopes"]) if "scopes" in body else company.allowed_scopes
    company.visibility = visibility if "visible" in body else company.visibility


def _known(scopes: list[str] | None) -> frozenset[str]:
    """Return the scopes that were named, or all of them when none were."""
    chosen = frozenset(scopes or SCOPES)
    if unknown := chosen - set(SCOPES):
        raise HTTPException(422, f"scopes: {', '.join(sorted(unknown))} not known; use {', '.join(SCOPES)}")
    return chosen


def _shown(token: RompslompToken) -> dict[str, Any]:
    scopes = [scope for scope in SCOPES if scope in token.scopes]
    return {"name": token.name, "token": token.value, "user": token.user.email, "scopes": scopes}
