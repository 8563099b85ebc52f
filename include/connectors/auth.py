"""Access with OAuth tokens: consent of a person, and renewing (RFC 6749, 4.1 and 6); what packages share of it."""

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
# others wait for an exchange, and for longer than it can take (store.credentials)
LONGEST_ANSWER_S, LONGEST_PAUSE_S = 15.0, 5.0
_ERROR = re.compile(r"[a-z_]{1,40}")


@dataclass(frozen=True)
class OAuthConfig:
    """OAuth authorization code, as data. ``address`` is the field of the access that the two paths follow.

    ``registration``: the fields of the access that belong to the installation rather than to the tenant. ``typed``: the
    fields that may be typed instead of going to that page, if any.
    """

    address: str
    authorize_path: str
    token_path: str
    scope: str
    registration: Sequence[str]
    typed: Sequence[str] = ()


class TokenAccess(Access):
    """Client and tokens. ``access_token`` and ``expires_at`` are filled by renewing."""

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
        consent: OAuthConfig,
        now: Callable[[], datetime],
    ) -> None:
        self._system, self._credentials, self._http, self._consent, self._now = system, credentials, http, consent, now
        self._access = credentials.read()

    @property
    def access(self) -> T:
        """The access in use."""
        return self._access

    def send(self, method: str, url: str, **content: Any) -> Response:
        """The answer, whatever its status. Raises Transient, OutcomeUnknown, Misconfigured (connect again)."""
        if not self._fresh():
            self._renew()
        answer = self._once(method, url, **content)
        if answer.status == 401 and self._access.refresh_token.get_secret_value():
            self._renew()
            answer = self._once(method, url, **content)
        return answer

    def _once(self, method: str, url: str, **content: Any) -> Response:
        token = self._access.access_token.get_secret_value()
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        return responses.send(
            self._http, self._system, method, url, headers=headers, creates=method == "POST", **content
        )

    def _fresh(self) -> bool:
        if not self._access.refresh_token.get_secret_value():
            return True  # a personal token does not expire
        expires = self._access.expires_at
        return expires is not None and self._now() < expires - AHEAD

    def _renew(self) -> None:
        self._access = self._credentials.renew(self._access, self._exchange)

    def _exchange(self, stored: T) -> T:
        """The same access with new tokens. Raises TokenRevoked."""
        grant = {"grant_type": "refresh_token", "refresh_token": stored.refresh_token.get_secret_value()}
        tokens = exchange(self._system, self._consent, stored.stored(), grant, self._http, self._now())
        return stored.model_copy(update=tokens)


def authorization_url(consent: OAuthConfig, registration: Mapping[str, str], redirect_uri: str, state: str) -> str:
    """Where to send the person; ``state`` comes back with them."""
    query = {
        "client_id": registration["client_id"],
        "redirect_uri": redirect_uri,
        "response_type": "code",
        "scope": consent.scope,
        "state": state,
    }
    return f"{registration[consent.address].rstrip('/')}{consent.authorize_path}?{urlencode(query)}"


def known_error(given: str) -> str:
    """An error code as the standard writes them; what comes along in an address can be anybody's text."""
    return given if _ERROR.fullmatch(given) else "unknown"


def exchange(
    system: str, consent: OAuthConfig, access: Mapping[str, Any], grant: Mapping[str, str], http: Http, now: datetime
) -> dict[str, Any]:
    """The fields of an access that come of a grant. Raises TokenRevoked when the grant is not good (any more)."""
    client = {name: access[name] for name in ("client_id", "client_secret")}
    url = f"{access[consent.address].rstrip('/')}{consent.token_path}"
    hasty = replace(
        http, timeout_s=min(http.timeout_s, LONGEST_ANSWER_S), waiting_s=min(http.waiting_s, LONGEST_PAUSE_S)
    )
    answer = responses.send(hasty, system, "POST", url, form={**grant, **client})
    if answer.status in (400, 401):
        raise _refusal(system, answer)
    with responses.expect_shape(system, answer.request_line):
        found = responses.check(answer, system, "", lambda a: f"status {a.status}")
        return {
            "access_token": SecretStr(_text(found["access_token"])),
            "refresh_token": SecretStr(_text(found.get("refresh_token") or grant.get("refresh_token"))),
            "expires_at": now + timedelta(seconds=int(found["expires_in"])),
        }


def _refusal(system: str, answer: Response) -> Misconfigured:
    """A dead grant needs new consent; anything else, such as a wrong client, is the installation's own mistake."""
    try:
        error = known_error(str(answer.json()["error"]))
    except (ValueError, LookupError, TypeError):
        error = f"status {answer.status}"
    if error == "invalid_grant":
        return TokenRevoked("connection.token_revoked", system=system)
    return Misconfigured("connection.registration_refused", system=system, reason=error)


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("no token")
    return value
