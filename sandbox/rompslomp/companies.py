"""Companies and the token's user: what stands above the records (contract 9.1)."""

from typing import Any

from sandbox.rompslomp.call import Caller
from sandbox.rompslomp.countries import COUNTRIES
from sandbox.rompslomp.errors import access_denied, invalid, missing_scope
from sandbox.rompslomp.shape import BodyShape
from sandbox.rompslomp.state import SCOPES, Company
from sandbox.rompslomp.values import blank, boolean, text

_TYPES = ("eenmanszaak", "vof", "bv", "vereniging", "stichting", "other")
_DETAILS = (
    "name",
    "owner_name",
    "address",
    "zipcode",
    "city",
    "country_code",
    "kvk_number",
    "email",
    "website",
    "type",
    "vat_liable",
    "vat_number",
)
COMPANY_SHAPE = BodyShape({**dict.fromkeys(_DETAILS, text), "vat_liable": boolean}, frozenset({"id", "access_control"}))


def need(caller: Caller, scope: str) -> None:
    """Refuse a scope that the token does not have; outside a company only the token counts."""
    if scope not in caller.token.scopes:
        raise missing_scope(scope)


def render_me(caller: Caller) -> dict[str, Any]:
    user = caller.token.user
    return {"first_name": user.first_name, "last_name": user.last_name, "email": user.email}


def render_company(company: Company) -> dict[str, Any]:
    return {
        "id": company.id,
        **{name: company.details.get(name) for name in _DETAILS},
        "access_control": {
            "api_accessible": company.api_accessible,
            "allowed_scopes": [scope for scope in SCOPES if scope in company.allowed_scopes],
        },
    }


def create(caller: Caller, payload: dict[str, Any]) -> Company:
    """Create a company; the token's user becomes its owner."""
    details = {**payload, "vat_liable": payload.get("vat_liable") is not False}
    problems = []
    if blank(details.get("name")):
        problems.append("Bedrijfsnaam moet opgegeven zijn")
    if details["vat_liable"] and blank(details.get("vat_number")):
        problems.append("Btw-nummer moet opgegeven zijn")
    if details.get("type") and details["type"] not in _TYPES:
        problems.append("Rechtsvorm komt niet voor in de lijst")
    if details.get("country_code") and details["country_code"] not in COUNTRIES:
        problems.append("Land is geen geldige landcode")
    if problems:
        raise invalid("Onderneming", problems)
    return caller.state.add_company(caller.token.user, details)


def delete(caller: Caller, company: Company) -> None:
    if company.owner is not caller.token.user:
        raise access_denied("Alleen de eigenaar kan een onderneming verwijderen.")
    del caller.state.companies[company.id]
