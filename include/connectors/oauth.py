"""Access with OAuth tokens that expire: what both packages share of it (RFC 6749, section 6)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from pydantic import SecretStr

from include.connectors import answers
from include.connectors.base import Access, Vault
from include.errors import Misconfigured
from include.http import Answer, Http

AHEAD = timedelta(minutes=5)  # renewed this long before it expires


class TokenAccess(Access):
    """Client and tokens. ``access_token`` and ``expires_at`` are filled by renewing."""

    client_id: str = ""
    client_secret: SecretStr = SecretStr("")
    refresh_token: SecretStr = SecretStr("")
    access_token: SecretStr = SecretStr("")
    expires_at: datetime | None = None


T = TypeVar("T", bound=TokenAccess)


class Bearer(Generic[T]):
    """Sends requests with a valid access token; renews it ahead of time, and once more when it is refused."""

    def __init__(
        self, system: str, vault: Vault[T], http: Http, token_url: Callable[[T], str], now: Callable[[], datetime]
    ) -> None:
        self._system, self._vault, self._http, self._token_url, self._now = system, vault, http, token_url, now
        self._access = vault.read()

    @property
    def access(self) -> T:
        """The access in use."""
        return self._access

    def send(self, method: str, url: str, **content: Any) -> Answer:
        """The answer, whatever its status. Raises Transient, AnswerLost, Misconfigured (connect again)."""
        if not self._fresh():
            self._renew()
        answer = self._once(method, url, **content)
        if answer.status == 401 and self._access.refresh_token.get_secret_value():
            self._renew()
            answer = self._once(method, url, **content)
        return answer

    def _once(self, method: str, url: str, **content: Any) -> Answer:
        token = self._access.access_token.get_secret_value()
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        return answers.send(self._http, self._system, method, url, headers=headers, creates=method == "POST", **content)

    def _fresh(self) -> bool:
        if not self._access.refresh_token.get_secret_value():
            return True  # a personal token does not expire
        expires = self._access.expires_at
        return expires is not None and self._now() < expires - AHEAD

    def _renew(self) -> None:
        self._access = self._vault.renew(self._access, self._exchange)

    def _exchange(self, stored: T) -> T:
        """The same access with new tokens. Raises Misconfigured when the refresh token is dead."""
        form = {
            "grant_type": "refresh_token",
            "refresh_token": stored.refresh_token.get_secret_value(),
            "client_id": stored.client_id,
            "client_secret": stored.client_secret.get_secret_value(),
        }
        answer = answers.send(self._http, self._system, "POST", self._token_url(stored), form=form)
        if answer.status in (400, 401):
            raise self._refusal(answer)
        with answers.understood(self._system, answer.what):
            found = answers.check(answer, self._system, "", lambda a: f"status {a.status}")
            tokens = {
                "access_token": SecretStr(_text(found["access_token"])),
                "refresh_token": SecretStr(_text(found.get("refresh_token") or form["refresh_token"])),
                "expires_at": self._now() + timedelta(seconds=int(found["expires_in"])),
            }
        return stored.model_copy(update=tokens)

    def _refusal(self, answer: Answer) -> Misconfigured:
        """A dead token needs new consent; a wrong client is the installation's own mistake."""
        if b"invalid_client" in answer.body:
            return Misconfigured("connection.refused", system=self._system, reason="invalid_client")
        return Misconfigured("connection.reconnect", system=self._system)


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("no token")
    return value
