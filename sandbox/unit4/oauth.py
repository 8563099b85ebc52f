"""Signing in: the tokens behind OAuth/Authorize and OAuth/Token (contract 2), without their pages."""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from sandbox.unit4.call import Unit4User
from sandbox.unit4.errors import Unit4Error
from sandbox.unit4.layout import Row
from sandbox.world import World

CLIENT_ID = "6f2a9d54-3c1b-4f6e-9a70-4b1d8e0c7a55"
CLIENT_SECRET = "kX3!mv-sandbox_Secret-27"
SCOPE = "http://UNIT4.Multivers.API/Web/WebApi/*"
_REGISTERED = "https://koppel.example/callback"
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_LOOPBACK_PATHS = {"/koppel/callback", "/callback"}


@dataclass
class _Grant:
    """What a code or token stands for, until when (seconds since the epoch; 0 is without end)."""

    user: Unit4User
    until: float
    version: str = ""
    redirect_uri: str = ""


class Unit4OAuth:
    """Gives out codes and tokens; they are the same in each process with the same seed."""

    def __init__(self, world: World, seeded: Unit4User) -> None:
        self._world = world
        self._registered = {_REGISTERED}
        self._codes: dict[str, _Grant] = {}
        self._access: dict[str, _Grant] = {}
        self._refresh: dict[str, _Grant] = {}
        self._handed_out = 0
        # handed out without a consent page, by database
        self.seeded_refresh_tokens = dict.fromkeys(seeded.databases, self.new_refresh_token(seeded))

    def register(self, redirect_uri: str) -> list[str]:
        self._registered.add(redirect_uri)
        return sorted(self._registered)

    def is_registered(self, redirect_uri: str) -> bool:
        """Return whether an address matches exactly (contract 2.1), or is one of this machine as tests use."""
        if redirect_uri in self._registered:
            return True
        try:
            parts = urlsplit(redirect_uri)
            here = parts.scheme == "http" and parts.hostname in _LOOPBACK
        except ValueError:
            return False
        return here and parts.path in _LOOPBACK_PATHS and not parts.query and not parts.fragment

    def new_code(self, user: Unit4User, redirect_uri: str) -> str:
        secret = self._secret("code")
        code = f"{secret[:20]}!{secret[20:]}/="  # with characters that a client has to decode
        self._codes[code] = _Grant(user, self._in("code_lifetime_s"), redirect_uri=redirect_uri)
        return code

    def new_refresh_token(self, user: Unit4User) -> str:
        secret = self._secret("refresh")
        token = f"{secret[:22]}!{secret[22:]}-_"
        self._refresh[token] = _Grant(user, self._in("refresh_lifetime_s"))
        return token

    def expire_tokens(self) -> None:
        self._access.clear()

    def user(self, token: str, version: str) -> Unit4User | None:
        """Return whose access token this is; None when it is not valid (any more)."""
        grant = self._access.get(token)
        if grant is None or self._over(grant):
            return None
        if self._world.switches["unit4.token_bound_to_version"] and grant.version != version.lower():
            return None
        return grant.user

    def token(self, form: Mapping[str, str], version: str) -> tuple[Unit4User, Row]:
        """Answer OAuth/Token. Raises Unit4Error with an OAuth error (contract 2.1)."""
        if form.get("client_id") != CLIENT_ID or form.get("client_secret") != CLIENT_SECRET:
            raise oauth_error("invalid_client", "client_id or client_secret is missing from the body or not known")
        kind = form.get("grant_type")
        if kind == "authorization_code":
            user = self._of_code(form)
        elif kind == "refresh_token":
            user = self._of_refresh_token(form)
        elif kind:
            raise oauth_error("unsupported_grant_type", "use authorization_code or refresh_token")
        else:
            raise oauth_error("invalid_request", "grant_type is missing")
        return user, self._answer(user, version)

    def _of_code(self, form: Mapping[str, str]) -> Unit4User:
        if "code" not in form or "redirect_uri" not in form:
            raise oauth_error("invalid_request", "code or redirect_uri is missing")
        grant = self._codes.pop(form["code"], None)
        if grant is None or self._over(grant) or grant.redirect_uri != form["redirect_uri"]:
            raise oauth_error("invalid_grant", "the code is used, expired, unknown or for another redirect_uri")
        return grant.user

    def _of_refresh_token(self, form: Mapping[str, str]) -> Unit4User:
        if "refresh_token" not in form:
            raise oauth_error("invalid_request", "refresh_token is missing")
        grant = self._refresh.get(form["refresh_token"])
        if grant is None or self._over(grant):
            raise oauth_error("invalid_grant", "the refresh token is not valid (any more)")
        if self._world.switches["unit4.refresh_tokens"] == "rotate":
            del self._refresh[form["refresh_token"]]
        return grant.user

    def _answer(self, user: Unit4User, version: str) -> Row:
        access = self._secret("access")
        self._access[access] = _Grant(user, self._in("expires_in"), version.lower())
        seconds = self._world.switches["unit4.expires_in"]
        return {
            "access_token": access,
            "token_type": "bearer",
            "expires_in": str(seconds) if self._world.switches["unit4.expires_in_form"] == "text" else seconds,
            "refresh_token": self.new_refresh_token(user),
            "scope": SCOPE,
        }

    def _secret(self, kind: str) -> str:
        self._handed_out += 1
        text = f"{self._world.seed} {kind} {self._handed_out}"
        return urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")

    def _in(self, switch: str) -> float:
        seconds = int(self._world.switches[f"unit4.{switch}"])
        never = switch == "refresh_lifetime_s" and not seconds
        return 0 if never else self._world.clock.now().timestamp() + seconds

    def _over(self, grant: _Grant) -> bool:
        return bool(grant.until) and self._world.clock.now().timestamp() >= grant.until


def oauth_error(error: str, description: str) -> Unit4Error:
    """Return the JSON error of an OAuth endpoint: always 400 (contract 2.1)."""
    return Unit4Error(400, {"error": error, "error_description": description})


def refused(status: int) -> Unit4Error:
    """Return the error for a status when nothing more is known."""
    if status >= 500:
        return Unit4Error(status, {"error": "server_error", "error_description": "the service cannot answer now"})
    return Unit4Error(
        status, {"error": "invalid_grant", "error_description": "the code or token is not valid (any more)"}
    )
