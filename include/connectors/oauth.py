"""Asks a person for consent and renews tokens, as packages with OAuth share it (RFC 6749, 4.1 and 6)."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from pydantic import SecretStr

from include.connectors import responses
from include.connectors.access import Access, CredentialStore
from include.errors import Misconfigured, TokenRevoked
from include.http import Http, Response

AHEAD = timedelta(minutes=5)  # renewed this long before it expires
SHORTEST_USE, UNKNOWN_LIFETIME, LONGEST_LIFETIME = timedelta(minutes=1), timedelta(minutes=10), timedelta(days=365)
# others wait for an exchange, and for longer than it can take (store.credentials)
LONGEST_ANSWER_S, LONGEST_PAUSE_S = 15.0, 5.0
_ERROR_CODE = re.compile(r"[a-z_]{1,40}")


@dataclass(frozen=True)
class OAuthConfig:
    """Describes how a vendor gives access with an authorization code. The two paths follow ``address``, a field of the
    access.

    ``registration`` names the fields of the access that belong to the installation rather than to the tenant;
    ``typed`` those that may be typed instead of going to that page, if any.
    """

    address: str
    authorize_path: str
    token_path: str
    scope: str
    registration: Sequence[str]
    typed: Sequence[str] = ()


class TokenAccess(Access):
    """Holds client and tokens. ``access_token`` and ``expires_at`` are filled by renewing."""

    client_id: str = ""
    client_secret: SecretStr = SecretStr("")
    refresh_token: SecretStr = SecretStr("")
    access_token: SecretStr = SecretStr("")
    expires_at: datetime | None = None


T = TypeVar("T", bound=TokenAccess)


class TokenSession(Generic[T]):
    """Sends requests with a valid access token; renews it ahead of time, and once more when it is refused."""

    def __init__(
        self,
        system: str,
        credentials: CredentialStore[T],
        http: Http,
        *,
        config: OAuthConfig,
        now: Callable[[], datetime],
    ) -> None:
        self._system, self._credentials, self._http, self._config, self._now = system, credentials, http, config, now
        self._access = credentials.read()

    @property
    def access(self) -> T:
        """The access that is in use."""
        return self._access

    def send(self, method: str, url: str, **request: Any) -> Response:
        """Return the response, whatever its status. Raises Transient, OutcomeUnknown, Misconfigured (connect again)."""
        if not self._is_fresh():
            self._renew()
        response = self._send_once(method, url, **request)
        if response.status == 401 and self._access.refresh_token.get_secret_value():
            self._renew()
            response = self._send_once(method, url, **request)
        return response

    def _send_once(self, method: str, url: str, **request: Any) -> Response:
        token = self._access.access_token.get_secret_value()
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        return responses.send(
            self._http, self._system, method, url, headers=headers, creates=method == "POST", **request
        )

    def _is_fresh(self) -> bool:
        if not self._access.refresh_token.get_secret_value():
            return True  # a personal token does not expire
        expires = self._access.expires_at
        return expires is not None and self._now() < expires - AHEAD

    def _renew(self) -> None:
        self._access = self._credentials.renew(self._access, self._exchange)
        if not self._access.access_token.get_secret_value():
            raise responses.unexpected(
                self._system, f"POST {self._config.token_path}", "no access token", creates=False
            )

    def _exchange(self, stored: T) -> T:
        """Return the same access with new tokens. Raises TokenRevoked."""
        grant = {"grant_type": "refresh_token", "refresh_token": stored.refresh_token.get_secret_value()}
        tokens = exchange(
            self._system, self._config, access=stored.stored(), grant=grant, http=self._http, now=self._now()
        )
        return stored.model_copy(update=tokens)


def authorization_url(config: OAuthConfig, registration: Mapping[str, str], redirect_uri: str, state: str) -> str:
    """Return where to send the person; ``state`` comes back with them."""
    query = {
        "client_id": registration["client_id"],
        "redirect_uri": redirect_uri,
        "response_type": "code",
        "scope": config.scope,
        "state": state,
    }
    return f"{registration[config.address].rstrip('/')}{config.authorize_path}?{urlencode(query)}"


def known_error(text: str) -> str:
    """Return an error code if it is written as the standard says; what an address holds can be anybody's text."""
    return text if _ERROR_CODE.fullmatch(text) else "unknown"


def exchange(
    system: str,
    config: OAuthConfig,
    *,
    access: Mapping[str, Any],
    grant: Mapping[str, str],
    http: Http,
    now: datetime,
) -> dict[str, Any]:
    """Return the fields of an access that a grant gives. Raises TokenRevoked when the grant is not good (any more).

    A new refresh token is returned whatever else is wrong with the answer, as the old one is spent: the access token is
    empty then.
    """
    client = {name: access[name] for name in ("client_id", "client_secret")}
    url = f"{access[config.address].rstrip('/')}{config.token_path}"
    impatient = replace(
        http, timeout_s=min(http.timeout_s, LONGEST_ANSWER_S), waiting_s=min(http.waiting_s, LONGEST_PAUSE_S)
    )
    response = responses.send(impatient, system, "POST", url, form={**grant, **client}, logs_in=True)
    if response.status in (400, 401):
        raise _refusal(system, response)
    with responses.expect_shape(system, response.request_line):
        tokens = responses.check(response, system, "", lambda refused: f"status {refused.status}")
        if "error" in tokens:
            raise _refusal(system, response)
        fresh, refresh = _text(tokens.get("access_token")), _text(tokens.get("refresh_token"))
        if not fresh and not refresh:
            raise ValueError("no token")
        return {
            "access_token": SecretStr(fresh),
            "refresh_token": SecretStr(refresh or _text(grant.get("refresh_token"))),
            "expires_at": now + _lifetime(tokens.get("expires_in")),
        }


def _refusal(system: str, response: Response) -> Misconfigured:
    """Return the error of a refused exchange.

    A dead grant needs new consent; anything else, such as a wrong client, is the installation's own mistake.
    """
    try:
        error = known_error(str(response.json()["error"]))
    except (ValueError, LookupError, TypeError):
        error = f"status {response.status}"
    if error == "invalid_grant":
        return TokenRevoked("connection.token_revoked", system=system)
    return Misconfigured("connection.registration_refused", system=system, reason=error)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _lifetime(seconds: object) -> timedelta:
    """Return how long a token is good for. Where the answer does not say, or says something odd, that is not long."""
    try:
        said = timedelta(seconds=float(str(seconds)))
    except (ValueError, OverflowError):
        return UNKNOWN_LIFETIME
    # never so short that each request would renew it first: a token that has expired is refused, and renewed then
    return min(max(said, AHEAD + SHORTEST_USE), LONGEST_LIFETIME) if said > timedelta(0) else UNKNOWN_LIFETIME
