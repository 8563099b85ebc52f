"""Signing an application in: the consent page and the token endpoint (contract 2)."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

import orjson
from starlette.datastructures import FormData, QueryParams
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.responses import Response

from sandbox.rompslomp import consent_page
from sandbox.rompslomp.state import SCOPES, Grant, RompslompState, RompslompToken, RompslompUser
from sandbox.world import World

LIFETIME_S = 7200
REGISTERED = ("https://koppel.example/callback",)
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_LOOPBACK_PATHS = ("/koppel/callback", "/callback")
_PARAMETERS = ("client_id", "redirect_uri", "response_type", "scope", "state", "code_challenge")
_WORDS = {
    "invalid_request": "Het verzoek mist een parameter of bevat een waarde die niet wordt ondersteund.",
    "invalid_client": "De applicatie is onbekend of heeft zich niet goed aangemeld.",
    "invalid_grant": "De code of het refresh token is ongeldig, verlopen of al gebruikt.",
    "unsupported_grant_type": "Dit grant_type wordt niet ondersteund.",
    "unsupported_response_type": "Dit response_type wordt niet ondersteund.",
    "invalid_scope": "Een gevraagde scope bestaat niet.",
    "access_denied": "De gebruiker heeft de toegang geweigerd.",
    "server_error": "Er is iets misgegaan.",
}


class RompslompOAuth:
    """Serves the endpoints below ``/oauth``."""

    def __init__(self, world: World, state: RompslompState) -> None:
        self.world, self.state = world, state

    async def answer(self, request: Request, path: str) -> Response | None:
        """Return the answer, or None when there is no such endpoint."""
        match request.method, path:
            case (("GET" | "HEAD"), "authorize"):
                return self._ask(request.query_params)
            case "POST", "authorize":
                return self._decide(await _form(request))
            case "POST", "token":
                return self._token(await _form(request))
            case (("GET" | "HEAD"), "consent.css"):
                return consent_page.stylesheet()
        return None

    def _switch(self, name: str) -> Any:
        return self.world.switches[f"rompslomp.{name}"]

    def _ask(self, query: QueryParams) -> Response:
        parameters = {name: query[name] for name in _PARAMETERS if name in query}
        return self._refusal(parameters) or consent_page.consent(parameters, _scopes(parameters))

    def _decide(self, form: FormData) -> Response:
        parameters = {name: str(form[name]) for name in _PARAMETERS if name in form}
        if error := self._refusal(parameters):
            return error
        if form.get("decision") != "approve":
            return self._redirect(parameters, {"error": "access_denied", "error_description": _WORDS["access_denied"]})
        user = self._user(str(form.get("email", "")), str(form.get("password", "")))
        if user is None:
            return consent_page.consent(parameters, _scopes(parameters), "E-mailadres of wachtwoord klopt niet.")
        expires = self.world.clock.now() + timedelta(seconds=self._switch("code_lifetime_s"))
        code = self.state.secret("code")
        self.state.codes[code] = Grant(user, frozenset(_scopes(parameters)), parameters["redirect_uri"], expires)
        return self._redirect(parameters, {"code": code})

    def _user(self, email: str, password: str) -> RompslompUser | None:
        users = (u for u in self.state.users if u.email == email.strip().lower() and u.password == password)
        return next(users, None)

    def _refusal(self, parameters: dict[str, str]) -> Response | None:
        """Return what is wrong with the request: JSON without a trusted way back, else a redirect."""
        if not parameters.get("client_id") or not parameters.get("redirect_uri"):
            return _error("invalid_request", 400)
        if parameters["client_id"] != self.state.client_id:
            return _error("invalid_client", 401)
        if not self.is_registered(parameters["redirect_uri"]):
            return _error("invalid_request", 400)
        error = ""
        if parameters.get("response_type") != "code":
            error = "unsupported_response_type" if parameters.get("response_type") else "invalid_request"
        elif not set(_scopes(parameters)) <= set(SCOPES):
            error = "invalid_scope"
        elif "code_challenge" in parameters and self._switch("pkce") == "refused":
            error = "invalid_request"
        return self._redirect(parameters, {"error": error, "error_description": _WORDS[error]}) if error else None

    def is_registered(self, uri: str) -> bool:
        """Return whether an address is registered by name or a usual callback on this machine, whatever the port."""
        if uri in (*REGISTERED, *self.state.redirect_uris):
            return True
        try:
            parts = urlsplit(uri)
        except ValueError:
            return False
        local = parts.scheme == "http" and parts.hostname in _LOOPBACK and parts.path in _LOOPBACK_PATHS
        return local and not parts.query and not parts.fragment and "@" not in parts.netloc

    def _redirect(self, parameters: dict[str, str], values: dict[str, str]) -> Response:
        if "state" in parameters and self._switch("echo_state"):
            values = {**values, "state": parameters["state"]}
        uri = parameters["redirect_uri"]
        location = f"{uri}{'&' if urlsplit(uri).query else '?'}{urlencode(values)}"
        return Response(status_code=302, headers={"Location": location, "Cache-Control": "no-store"})

    def _token(self, form: FormData) -> Response:
        """Exchange a grant for tokens (contract 2).

        What is missing is checked first, then the application, then the grant.
        """
        parameters = {key: value for key, value in form.items() if isinstance(value, str) and value}
        if not {"client_id", "client_secret", "grant_type"} <= parameters.keys():
            return _error("invalid_request", 400)
        if (parameters["client_id"], parameters["client_secret"]) != (self.state.client_id, self.state.client_secret):
            return _error("invalid_client", 401)
        needed = {"authorization_code": {"code", "redirect_uri"}, "refresh_token": {"refresh_token"}}
        if parameters["grant_type"] not in needed:
            return _error("unsupported_grant_type", self._switch("grant_refusal_status"))
        if not needed[parameters["grant_type"]] <= parameters.keys():
            return _error("invalid_request", 400)
        grant = (
            self._code(parameters) if parameters["grant_type"] == "authorization_code" else self._refresh(parameters)
        )
        if grant is None:
            return _error("invalid_grant", self._switch("grant_refusal_status"))
        grant.used = True
        return self._issue(grant)

    def _code(self, parameters: dict[str, str]) -> Grant | None:
        grant = self.state.codes.get(parameters["code"])
        if grant is None or grant.redirect_uri != parameters["redirect_uri"]:
            return None
        expired = grant.expires is not None and grant.expires <= self.world.clock.now()
        return None if expired or (grant.used and not self._switch("code_reuse")) else grant

    def _refresh(self, parameters: dict[str, str]) -> Grant | None:
        grant = self.state.refresh_tokens.get(parameters["refresh_token"])
        return None if grant is None or (grant.used and not self._switch("refresh_token_reuse")) else grant

    def _issue(self, grant: Grant) -> Response:
        now, state = self.world.clock.now(), self.state
        token = RompslompToken(state.secret("access token"), grant.user, grant.scopes)
        token.expires = now + timedelta(seconds=LIFETIME_S)
        state.tokens[token.value] = token
        refresh_token = state.secret("refresh token")
        state.refresh_tokens[refresh_token] = Grant(grant.user, grant.scopes)
        return _json(
            {
                "access_token": token.value,
                "token_type": "Bearer",
                "expires_in": LIFETIME_S,
                "refresh_token": refresh_token,
                "scope": " ".join(scope for scope in SCOPES if scope in grant.scopes),
                "created_at": int(now.timestamp()),
            }
        )


def error_response(status: int) -> Response:
    """Return the answer of the token endpoint for a status when nothing more is known (contract 2)."""
    code = {400: "invalid_grant", 401: "invalid_client", 403: "access_denied"}.get(status, "invalid_request")
    return _error("server_error" if status >= 500 else code, status)


def _scopes(parameters: dict[str, str]) -> list[str]:
    return parameters.get("scope", "").split() or ["public"]


async def _form(request: Request) -> FormData:
    """Read a form, urlencoded or multipart; anything else, or a broken form, counts as empty."""
    try:
        return await request.form()
    except (HTTPException, MultiPartException):
        return FormData()


def _error(code: str, status: int) -> Response:
    return _json({"error": code, "error_description": _WORDS[code]}, status)


def _json(content: dict[str, Any], status: int = 200) -> Response:
    headers = {"Cache-Control": "no-store"}
    return Response(orjson.dumps(content), status, headers, "application/json; charset=utf-8")
