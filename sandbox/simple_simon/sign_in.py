"""Log-in and tokens: who may ask, and what the others are told, in the order of contract 4."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request

from sandbox.simple_simon.dialect import WireDialect
from sandbox.simple_simon.errors import forbidden, not_allowed, unauthorized
from sandbox.simple_simon.request_body import parse_object
from sandbox.simple_simon.store import SimonAccount
from sandbox.world import World

FIELDS = ("Key", "Usr", "Pwd")


@dataclass(frozen=True)
class SimonToken:
    account: SimonAccount
    user: str
    expires: datetime


class SimonSignIn:
    """Lets users sign in to the accounts of the sandbox, and knows the tokens handed out to them."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.accounts: dict[str, SimonAccount] = {}
        self.tokens: dict[str, SimonToken] = {}

    def log_in(self, request: Request, body: bytes, dialect: WireDialect, with_api_key: bool) -> bytes:
        """Answer with a new token. Raises SimonError."""
        if request.method not in ("POST", "GET"):
            raise not_allowed("POST", "GET")
        key, user, password = _credentials(request, body)
        account = self.accounts.get(key)
        if account:
            request.scope["koppel.account"] = account.key
        if account is None or account.passwords.get(user) != password:
            raise unauthorized("Key, Usr or Pwd is wrong")
        self._check_licence()
        if with_api_key and self._api_key(request) != account.api_key:
            raise forbidden("The API key is missing or wrong")
        return self._hand_out(account, user, dialect)

    def account_of(self, request: Request, with_api_key: bool) -> SimonAccount:
        """Return whose request it is. Raises SimonError."""
        token = self.tokens.get(request.headers.get(str(self.world.switches["simon.token_header"]), ""))
        if token:
            request.scope["koppel.account"] = token.account.key
        self._check_licence()
        if with_api_key and not self._api_key_fits(request, token):
            raise forbidden("The API key is missing or wrong")
        fault = request.scope.get("koppel.fault")
        expired = fault is not None and fault.kind == "expired_token"
        if token is None or expired or token.expires <= self.world.clock.now():
            raise unauthorized("The token is missing, unknown or expired")
        return token.account

    def _check_licence(self) -> None:
        if not self.world.switches["simon.api_released"]:
            raise forbidden("The API has not been released for this licence")
        if not self.world.switches["simon.licence_active"]:
            raise forbidden("The licence of this user is not active this month")

    def _api_key(self, request: Request) -> str | None:
        return request.headers.get(str(self.world.switches["simon.apikey_header"]))

    def _api_key_fits(self, request: Request, token: SimonToken | None) -> bool:
        api_key = self._api_key(request)
        if token:
            return api_key == token.account.api_key
        return any(api_key == account.api_key for account in self.accounts.values())

    def _hand_out(self, account: SimonAccount, user: str, dialect: WireDialect) -> bytes:
        switches = self.world.switches
        if switches["simon.login_cancels_older"]:
            self.tokens = {t: v for t, v in self.tokens.items() if (v.account, v.user) != (account, user)}
        text = secrets.token_urlsafe(32)
        expires = self.world.clock.now() + timedelta(seconds=int(switches["simon.token_lifetime_s"]))
        self.tokens[text] = SimonToken(account, user, expires)
        match switches["simon.login_answer"]:
            case "text":
                return text.encode()
            case "json_string":
                return dialect.dump(text)
            case "other_name":
                return dialect.dump({"accessToken": text})
        answer: dict[str, Any] = {"Token": text}
        if switches["simon.login_expires"]:
            answer["Expires"] = dialect.date(expires.replace(microsecond=0)).replace(".000Z", "Z")
        return dialect.dump(answer)


def _credentials(request: Request, body: bytes) -> list[str]:
    """Read key, user and password from the address, a form or a JSON object; what is absent is empty."""
    content_type = request.headers.get("content-type", "")
    fields: dict[str, Any]
    if request.method == "GET":
        fields = dict(parse_qsl(request.scope["query_string"].decode(errors="replace")))
    elif content_type.startswith("application/x-www-form-urlencoded"):
        fields = dict(parse_qsl(body.decode(errors="replace")))
    else:
        fields = parse_object(body)
    return [value if isinstance(value := fields.get(name), str) else "" for name in FIELDS]
