"""How Rompslomp is spoken to: personal token or OAuth, pages, its refusals as our errors."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Self

from pydantic import model_validator

from include.connectors import answers
from include.connectors.base import Page, Stream, Vault, WebAddress
from include.connectors.oauth import Bearer, TokenAccess
from include.http import Answer, Http
from include.records import Raw

SYSTEM = "Rompslomp"
PAGE_SIZE = 100  # the most it gives


class RompslompAccess(TokenAccess):
    """Either a personal token, which stands in ``access_token`` and has no refresh token, or OAuth."""

    api: WebAddress
    oauth: WebAddress | None = None

    @model_validator(mode="after")
    def _can_sign_in(self) -> Self:
        if not self.access_token.get_secret_value() and not self.refresh_token.get_secret_value():
            raise ValueError("access_token (a personal token) or refresh_token is needed")
        if self.refresh_token.get_secret_value() and not self.oauth:
            raise ValueError("oauth, the address of the log-in, is needed with a refresh_token")
        return self


class RompslompClient:
    """One company (administration)."""

    def __init__(
        self,
        vault: Vault[RompslompAccess],
        company: str,
        http: Http,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._bearer = Bearer(SYSTEM, vault, http, lambda access: f"{str(access.oauth).rstrip('/')}/token", now)
        self._company = company

    def call(
        self, method: str, path: str, *, query: Mapping[str, Any] | None = None, json: Any = None, record: str = ""
    ) -> Any:
        """The JSON of the answer; ``path`` is relative to the company. Raises the errors of ``answers.check``."""
        answer = self._send(method, path, query=query, json=json)
        return answers.check(answer, SYSTEM, record, reason, creates=method == "POST")

    def _send(self, method: str, path: str, **content: Any) -> Answer:
        url = f"{self._bearer.access.api.rstrip('/')}/companies/{self._company}/{path}"
        return self._bearer.send(method, url, **content)

    def page(self, stream: Stream, cursor: str | None, parent: Raw | None = None) -> Page:
        """The rows of a page; the cursor is the page's number, from 1 (contract, section 4)."""
        number = int(cursor or 1)
        answer = self._send("GET", stream.path, query={**stream.query, "page": number, "per_page": PAGE_SIZE})
        with answers.understood(SYSTEM, answer.what):
            rows = [dict(row) for row in answers.check(answer, SYSTEM, "", reason)[stream.path]]
            total = int(answer.headers["X-Total"])
        return Page(rows, str(number + 1) if number * PAGE_SIZE < total else None, total)


def reason(answer: Answer) -> str:
    """What the error body says; at most 500 characters."""
    try:
        return str(answer.json()["error"]["message"])[:500]
    except (ValueError, KeyError, TypeError):
        return answer.body.decode("utf-8", "replace")[:500]
