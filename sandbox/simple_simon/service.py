"""Simple-Simon's sandbox: both interfaces on one data set, and the accounts behind them (contract 11)."""

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from sandbox.data_size import SeededTenant
from sandbox.simple_simon import control, odata_api, rest_api, seed
from sandbox.simple_simon.accounts import SimonAccounts
from sandbox.simple_simon.bulk_data import fill
from sandbox.simple_simon.desk import SimonDesk
from sandbox.simple_simon.errors import of_status
from sandbox.simple_simon.rest_api import RestApi
from sandbox.simple_simon.sign_in import SimonSignIn
from sandbox.traffic import Kind
from sandbox.world import World


class SimonSandbox:
    """The service as the sandbox server wants it."""

    name = "simon"
    document_viewer = None

    def __init__(self, world: World) -> None:
        self.world = world
        self.sign_in = SimonSignIn(world)
        self.rest = RestApi(world, self.sign_in)
        self.accounts = SimonAccounts(world, self.sign_in)
        self.desk = SimonDesk(self.sign_in.accounts)
        self.app = self._serve
        self.control: APIRouter = control.router(self.accounts, self.rest)

    def reset(self) -> None:
        """Go back to the seeded account and its data; tokens and other accounts are gone."""
        self.rest.ignored.clear()
        self.accounts.reset()
        self.desk = SimonDesk(self.sign_in.accounts)

    def add_tenant(self, tenant: SeededTenant) -> str:
        """Add a licence without records, unless there are to be work orders, and return its key."""
        account, size = self.accounts.add(filled=False, title=tenant.name), tenant.size
        if size.work_orders:
            fill(
                account,
                customers=size.customers,
                articles=size.articles,
                work_orders=size.work_orders,
                seed=tenant.seed,
            )
        return account.key

    def expire_tokens(self) -> None:
        """Forget every token handed out so far."""
        self.sign_in.tokens.clear()

    def access(self, root: str, account: str = "") -> dict[str, Any]:
        """Return addresses and log-in of an account, of the seeded one unless another is named."""
        return self.accounts.access(self.sign_in.accounts[account or seed.LICENCE], root)

    def kind(self, method: str, path: str) -> Kind:
        """Return what a request is: in rest the action says what changes records, in odata the verb does."""
        last = path.lower().rstrip("/").rpartition("/")[2]
        if last == str(self.world.switches["simon.login_path"]).lower().rpartition("/")[2]:
            return "sign_in"
        if "/rest/" in path:
            return "write" if last in ("insert", "update", "delete") else "read"
        return "read" if method in ("GET", "HEAD", "OPTIONS") else "write"

    def error_response(self, status: int, path: str) -> Response:
        """Return an error in the form of the interface that the path is of."""
        write_error = rest_api.rest_error if "/rest/" in path else odata_api.odata_error
        return write_error(self.world, of_status(status))

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        body = await request.body()
        await self._answer(request, body)(scope, receive, send)

    def _answer(self, request: Request, body: bytes) -> Response:
        path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
        interface, _, below = path.removeprefix("/").partition("/")
        below = below.removesuffix("/")
        if interface == "odata":
            return odata_api.answer(self.sign_in, request, body, below)
        if interface == "rest":
            return self.rest.answer(request, body, below)
        return Response(b"There is nothing here; use /simon/odata or /simon/rest", 404, media_type="text/plain")
