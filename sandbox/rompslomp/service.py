"""The sandbox as the server sees it: one ASGI application with its data, log-in and control calls."""

from typing import Any

from starlette.middleware.errors import ServerErrorMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from sandbox.data_size import SeededTenant
from sandbox.rompslomp import api, oauth
from sandbox.rompslomp.accounts import RompslompAccounts
from sandbox.rompslomp.bulk_data import DataVolume, fill
from sandbox.rompslomp.control import routes
from sandbox.rompslomp.document_viewer import RompslompDocumentViewer
from sandbox.rompslomp.errors import RompslompError, no_such_endpoint, of_status
from sandbox.rompslomp.oauth import RompslompOAuth
from sandbox.rompslomp.state import RompslompState
from sandbox.traffic import Kind
from sandbox.world import World


class RompslompSandbox:
    """The service named rompslomp."""

    name = "rompslomp"
    desk = None

    def __init__(self, world: World) -> None:
        self.world = world
        self.accounts = RompslompAccounts(world)
        self.app = ServerErrorMiddleware(self._serve, handler=_server_error)
        self.document_viewer = RompslompDocumentViewer(self.accounts)
        self.control = routes(self.accounts)

    @property
    def state(self) -> RompslompState:
        return self.accounts.state

    def reset(self) -> None:
        self.accounts.reset()

    def expire_tokens(self) -> None:
        """Expire the application's tokens; personal ones have no end (contract 2)."""
        for token in self.state.tokens.values():
            if token.expires is not None:
                token.expires = self.world.clock.now()

    def add_tenant(self, tenant: SeededTenant) -> str:
        company, size = self.accounts.add_company(tenant.name), tenant.size
        fill(self.state, company, DataVolume(size.customers, size.articles, seed=tenant.seed))
        return str(company.id)

    def access(self, root: str, account: str = "") -> dict[str, Any]:
        return self.accounts.access(root, account)

    def error_response(self, status: int, path: str) -> Response:
        """Return an error in the form of the API, or in that of signing in."""
        return oauth.error_response(status) if "/oauth/" in path else _error_response(of_status(status), status)

    def kind(self, method: str, path: str) -> Kind:
        if "/oauth/" in path:
            return "sign_in"
        return "read" if method in ("GET", "HEAD") else "write"

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            response = await self._answer(request)
        except RompslompError as error:
            response = _error_response(error, api.status_of(self.world, error))
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        path = request.scope["path"].removeprefix(request.scope.get("root_path", "")).strip("/")
        parts = path.removesuffix(".json").split("/")
        if parts[:2] == ["api", "v1"]:
            body = await request.body()
            return api.answer(self.world, self.state, request, parts=parts[2:], body=body)
        if parts[0] == "oauth" and (
            answer := await RompslompOAuth(self.world, self.state).answer(request, "/".join(parts[1:]))
        ):
            return answer
        raise no_such_endpoint()


def _error_response(error: RompslompError, status: int) -> Response:
    content = {"error": {"type": error.kind, "message": error.message}}
    return api.reply(content, status, error.headers)


async def _server_error(request: Request, error: Exception) -> Response:
    return api.reply({"error": {"type": "server", "message": "Er is iets misgegaan."}}, 500)
