"""The sandbox as the server sees it: one ASGI application with its data, log-in and control calls."""

from typing import Any

from starlette.middleware.errors import ServerErrorMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from sandbox.rompslomp import api, oauth, seed
from sandbox.rompslomp.binder import RompslompBinder
from sandbox.rompslomp.control import routes
from sandbox.rompslomp.fill import Wish, fill
from sandbox.rompslomp.oauth import OAuth
from sandbox.rompslomp.refusals import Refused, no_such_endpoint, of_status
from sandbox.rompslomp.state import SCOPES, Company
from sandbox.size import Tenant
from sandbox.traffic import Kind
from sandbox.world import World


class Rompslomp:
    """The service named rompslomp."""

    name = "rompslomp"
    desk = None

    def __init__(self, world: World) -> None:
        self.world = world
        self.state = seed.state(world.seed)
        self.app = ServerErrorMiddleware(self._serve, handler=_server_error)
        self.binder = RompslompBinder(self)
        self.control = routes(self)

    def reset(self) -> None:
        self.state = seed.state(self.world.seed)

    def expire_tokens(self) -> None:
        """Personal tokens have no end (contract 2), so only those of the application expire."""
        for token in self.state.tokens.values():
            if token.expires is not None:
                token.expires = self.world.clock.now()

    def add_company(self, name: str, scopes: frozenset[str] = frozenset(SCOPES)) -> Company:
        """A company with an owner of its own, who has a personal token with these scopes."""
        state = self.state
        owner = state.add_user("Eigenaar", name, f"eigenaar{len(state.users)}@voorbeeld.nl")
        company = state.add_company(owner, {"name": name, "vat_liable": False})
        state.add_personal_token(owner, scopes, name)
        return company

    def add_tenant(self, tenant: Tenant) -> str:
        company, size = self.add_company(tenant.name), tenant.size
        fill(self.state, company, Wish(size.customers, size.articles, seed=tenant.seed))
        return str(company.id)

    def access(self, root: str, account: str = "") -> dict[str, Any]:
        """Of the first company, or of another one with the first token of its owner; both may have been deleted."""
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

    def refusal(self, status: int, path: str) -> Response:
        """In the form of the API, or in that of signing in."""
        return oauth.refused(status) if "/oauth/" in path else _refused(of_status(status), status)

    def kind(self, method: str, path: str) -> Kind:
        if "/oauth/" in path:
            return "sign_in"
        return "read" if method in ("GET", "HEAD") else "write"

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            response = await self._answer(request)
        except Refused as refusal:
            response = _refused(refusal, api.status_of(self.world, refusal))
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        path = request.scope["path"].removeprefix(request.scope.get("root_path", "")).strip("/")
        parts = path.removesuffix(".json").split("/")
        if parts[:2] == ["api", "v1"]:
            body = await request.body()
            return api.answer(self.world, self.state, request, parts[2:], body)
        if parts[0] == "oauth" and (answer := await OAuth(self.world, self.state).answer(request, "/".join(parts[1:]))):
            return answer
        raise no_such_endpoint()


def _refused(refusal: Refused, status: int) -> Response:
    content = {"error": {"type": refusal.kind, "message": refusal.message}}
    return api.reply(content, status, refusal.headers)


async def _server_error(request: Request, error: Exception) -> Response:
    return api.reply({"error": {"type": "server", "message": "Er is iets misgegaan."}}, 500)
