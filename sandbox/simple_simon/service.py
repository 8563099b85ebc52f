"""Simple-Simon's sandbox: both interfaces on one data set, and the accounts behind them (contract 11)."""

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from sandbox.simple_simon import control, odata, rest, seed
from sandbox.simple_simon.desk import SimonDesk
from sandbox.simple_simon.fill import fill
from sandbox.simple_simon.refusal import of_status
from sandbox.simple_simon.rest import Rest
from sandbox.simple_simon.sign_in import Gate
from sandbox.simple_simon.store import Account, Ids
from sandbox.size import Tenant
from sandbox.traffic import Kind
from sandbox.world import World


class Simon:
    """The service as the sandbox server wants it."""

    name = "simon"
    binder = None

    def __init__(self, world: World) -> None:
        self.world = world
        self.gate = Gate(world)
        self.rest = Rest(world, self.gate)
        self.app = self._serve
        self.reset()
        self.control: APIRouter = control.router(self)

    def reset(self) -> None:
        """Back to the seeded account and its data; tokens and other accounts are gone."""
        self.ids = Ids(seed.FIRST_IDS)
        self.gate.accounts.clear()
        self.gate.tokens.clear()
        self.rest.ignored.clear()
        self.desk = SimonDesk(self.gate.accounts)
        self._open(seed.LICENCE, seed.USER, seed.PASSWORD, seed.API_KEY, filled=True)

    def add_account(self, filled: bool, title: str = "") -> Account:
        """Another licence with its own log-in, with the seeded data or with people only."""
        number = len(self.gate.accounts) + 1
        licence = f"2222{number:012d}"
        account = self._open(
            licence, f"kantoor{number}@voorbeeld.nl", f"voorbeeld-{number}", f"sandbox-key-{number}", filled
        )
        account.title = title or f"Proefbedrijf {number}"
        return account

    def add_tenant(self, tenant: Tenant) -> str:
        """A licence without records, unless there are to be work orders."""
        account, size = self.add_account(filled=False, title=tenant.name), tenant.size
        if size.work_orders:
            fill(account, size.customers, size.articles, size.work_orders, tenant.seed)
        return account.key

    def _open(self, licence: str, user: str, password: str, api_key: str, filled: bool) -> Account:
        account = Account(self.world, self.ids, licence, api_key)
        seeder = seed.Seeder(account)
        users = seed.people(seeder, user, password)
        if filled:
            seed.contract(seeder, users)
        self.gate.accounts[licence] = account
        return account

    def expire_tokens(self) -> None:
        """Every token handed out so far is unknown from now on."""
        self.gate.tokens.clear()

    def access(self, root: str, account: str = "") -> dict[str, Any]:
        """Addresses and log-in of an account, of the seeded one unless another is named."""
        return self.access_of(self.gate.accounts[account or seed.LICENCE], root)

    def access_of(self, account: Account, root: str) -> dict[str, Any]:
        user, password = next(iter(account.passwords.items()))
        return {
            "odata": f"{root}/simon/odata",
            "rest": f"{root}/simon/rest",
            "key": account.key,
            "usr": user,
            "pwd": password,
            "api_key": account.api_key,
        }

    def kind(self, method: str, path: str) -> Kind:
        """In rest the action says what changes records, in odata the verb does."""
        last = path.lower().rstrip("/").rpartition("/")[2]
        if last == str(self.world.switches["simon.login_path"]).lower().rpartition("/")[2]:
            return "sign_in"
        if "/rest/" in path:
            return "write" if last in ("insert", "update", "delete") else "read"
        return "read" if method in ("GET", "HEAD", "OPTIONS") else "write"

    def refusal(self, status: int, path: str) -> Response:
        """In the form of the interface that the path is of."""
        refused = rest.refused if "/rest/" in path else odata.refused
        return refused(self.world, of_status(status))

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
            return odata.answer(self.gate, request, body, below)
        if interface == "rest":
            return self.rest.answer(request, body, below)
        return Response(b"There is nothing here; use /simon/odata or /simon/rest", 404, media_type="text/plain")
