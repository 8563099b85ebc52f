"""One request as the resources see it: whose it is, on which company, on which day, with which query."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sandbox.rompslomp.errors import access_denied, missing_scope
from sandbox.rompslomp.rows import RompslompAccount, VatType
from sandbox.rompslomp.state import Company, RompslompState, RompslompToken
from sandbox.switches import Value
from sandbox.world import World


@dataclass(frozen=True)
class Caller:
    """The world around a request and the token that came with it."""

    world: World
    state: RompslompState
    token: RompslompToken

    def switch(self, name: str) -> Value:
        return self.world.switches[f"rompslomp.{name}"]

    @property
    def today(self) -> date:
        return self.world.clock.local().date()


@dataclass(frozen=True)
class RompslompCall(Caller):
    """A request inside a company."""

    company: Company

    def need(self, scope: str) -> None:
        """Refuse a scope that the token or the company does not allow (contract 3)."""
        if scope not in self.token.scopes or scope not in self.company.allowed_scopes:
            raise missing_scope(scope)

    def need_access(self) -> None:
        if not self.company.api_accessible:
            raise access_denied("Deze onderneming heeft geen toegang tot de API in het abonnement Gratis.")

    def new_id(self) -> int:
        return self.state.ids()

    def vat_type(self, name: str) -> VatType:
        return next(v for v in self.company.vat_types if v.name == name)

    def account(self, payload: dict[str, Any], problems: list[str]) -> RompslompAccount | None:
        """Return the ledger account that was meant; the id wins over the path (contract 9)."""
        account_id, path = payload.get("account_id"), payload.get("account_path")
        if account_id is None and not path:
            return None
        if account_id is not None:
            account = self.company.accounts.get(account_id)
        else:
            account = self.company.accounts_by_path.get(path or "")
        if account is None:
            problems.append("Grootboekrekening bestaat niet")
        return account
