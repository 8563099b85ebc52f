"""The companies of this sandbox with their owners and how to log in; a reset replaces all of them."""

from typing import Any

from sandbox.rompslomp import seed
from sandbox.rompslomp.call import RompslompCall
from sandbox.rompslomp.state import SCOPES, Company, RompslompState, RompslompToken
from sandbox.world import World

ALL_SCOPES = frozenset(SCOPES)


class RompslompAccounts:
    """Holds the present ``state`` of the service, and adds companies to it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.state: RompslompState = seed.state(world.seed)

    def reset(self) -> None:
        """Go back to the seeded data."""
        self.state = seed.state(self.world.seed)

    def add_company(self, name: str, scopes: frozenset[str] = ALL_SCOPES) -> Company:
        """Add a company with an owner of its own, who has a personal token with these scopes."""
        state = self.state
        owner = state.add_user("Eigenaar", name, f"eigenaar{len(state.users)}@voorbeeld.nl")
        company = state.add_company(owner, {"name": name, "vat_liable": False})
        state.add_personal_token(owner, scopes, name)
        return company

    def owner_call(self, company: Company) -> RompslompCall:
        """Return a request as the owner of a company would make it with every scope."""
        return RompslompCall(self.world, self.state, RompslompToken("", company.owner, ALL_SCOPES), company)

    def access(self, root: str, account: str = "") -> dict[str, Any]:
        """Return addresses and log-in of the first company, or of another one with the first token of its owner.

        Both may have been deleted.
        """
        state = self.state
        company_id = int(account) if account else next(iter(state.companies), 0)
        company = state.companies.get(company_id)
        token = next((t.value for t in state.tokens.values() if company and t.user is company.owner), "")
        return {
            "api": f"{root}/rompslomp/api/v1",
            "oauth": f"{root}/rompslomp/oauth",
            "client_id": state.client_id,
            "client_secret": state.client_secret,
            "personal_token": token,
            "company_id": company_id,
        }
