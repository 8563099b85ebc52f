"""How Rompslomp is spoken to: personal token or OAuth, pages, its refusals as our errors."""

import itertools
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Self
from urllib.parse import quote

import orjson
from pydantic import model_validator

from include.connectors import responses
from include.connectors.access import CredentialStore, WebAddress
from include.connectors.oauth import OAuthConfig, TokenAccess, TokenSession
from include.connectors.package import PackageList, PackageStream, RowPage
from include.connectors.paging import PageFollower
from include.connectors.system import Administration
from include.errors import Misconfigured, RecordMissing
from include.http import Http, Response
from include.records import Raw

SYSTEM = "Rompslomp"
PAGE_SIZE = 100  # the most it gives
OAUTH = OAuthConfig(
    address="oauth",
    authorize_path="/authorize",
    token_path="/token",  # noqa: S106 - a path
    scope="public manage:contacts manage:products manage:sales_invoices read:me",
    registration=("api", "oauth", "client_id", "client_secret"),
    typed=("api", "access_token"),
)
RIGHTS = ("manage:contacts", "manage:products", "manage:sales_invoices")  # what the coupling reads and writes
READ = ("contacts", "products", "sales_invoices")


class RompslompAccess(TokenAccess):
    """Holds either a personal token, which is stored in ``access_token`` and has no refresh token, or OAuth."""

    api: WebAddress
    oauth: WebAddress | None = None

    @model_validator(mode="after")
    def _can_sign_in(self) -> Self:
        if not self.access_token.get_secret_value() and not self.refresh_token.get_secret_value():
            raise ValueError("access_token (a personal token) or refresh_token is needed")
        if self.refresh_token.get_secret_value() and not (self.oauth and self.client_id):
            raise ValueError(
                "oauth, the address of the log-in, client_id and client_secret are needed with a refresh_token"
            )
        return self


class RompslompClient:
    """Speaks to one company (administration)."""

    def __init__(
        self,
        credentials: CredentialStore[RompslompAccess],
        company: str,
        http: Http,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._session = TokenSession(SYSTEM, credentials, http, config=OAUTH, now=now)
        self._company = company

    def call(
        self, method: str, path: str, *, query: Mapping[str, Any] | None = None, json: Any = None, record: str = ""
    ) -> Any:
        """Return the JSON of a response; ``path`` is relative to the company. Raises as ``responses.check`` does."""
        response = self._send(method, path, query=query, json=json)
        return responses.check(response, SYSTEM, record, reason, creates=method == "POST")

    def _send(self, method: str, path: str, **request: Any) -> Response:
        url = f"{self._session.access.api.rstrip('/')}/companies/{self._company}/{path}"
        return self._session.send(method, url, **request)

    def get_global(self, path: str) -> Any:
        """Return the JSON of something above the companies."""
        response = self._session.send("GET", f"{self._session.access.api.rstrip('/')}/{path}")
        return responses.check(response, SYSTEM, "", reason)

    def administrations(self) -> list[Administration]:
        """List those that the token's user can see, each with what its subscription and its owner allow (section 3)."""
        with responses.expect_shape(SYSTEM, "GET companies"):
            return list(responses.readable(_administration, self._companies()))

    def check_permissions(self) -> None:
        """Read one of each: a token has rights of its own, which the list of companies does not show (section 3)."""
        for path in READ:
            with responses.expect_shape(SYSTEM, f"GET {path}"):
                self.call("GET", path, query={"per_page": 1})

    def _companies(self) -> list[Raw]:
        """Read all pages: a bookkeeper's token may see hundreds."""
        rows: list[Raw] = []
        paging = PageFollower(SYSTEM, "companies")
        for number in itertools.count(1):
            query = {"per_page": PAGE_SIZE, "page": number}
            response = self._session.send("GET", f"{self._session.access.api.rstrip('/')}/companies", query=query)
            page = responses.rows_of(responses.check(response, SYSTEM, "", reason)["companies"])
            paging.take(page)
            rows += page
            if not page or len(rows) >= int(response.headers["X-Total"]):
                break
        return rows

    def get(self, stream: PackageStream, key: str) -> Raw | None:
        """Return the row of this id, None when there is none. It is wrapped under the singular of its path."""
        with responses.expect_shape(SYSTEM, f"GET {stream.path}/{key}"):
            try:
                wrapped = self.call("GET", stream.record_path.format(key=quote(key, safe="")))
                return dict(wrapped[stream.path.removesuffix("s")])
            except RecordMissing:
                return None

    def access_fingerprint(self) -> str:
        """Return the access that we have to the company, as the list of companies shows it (section 9.1)."""
        with responses.expect_shape(SYSTEM, "GET companies"):
            own = next((row for row in self._companies() if str(row["id"]) == self._company), None)
            if own is None:
                raise Misconfigured("connection.not_found", system=SYSTEM, path=f"companies/{self._company}")
            return orjson.dumps(own.get("access_control"), option=orjson.OPT_SORT_KEYS).decode()

    def fingerprint(self, streams: Sequence[PackageList]) -> str | None:
        """Return nothing: the lists come in pages only, so looking would cost as many requests as reading."""
        return None

    def page(self, stream: PackageList, cursor: str | None, parent: Raw | None = None) -> RowPage:
        """Read a page; the cursor is its number, from 1, and how many rows came before it (contract, section 4).

        A server may give fewer rows than it is asked for, so the announced total is the end; or an empty page.
        """
        number, before = map(int, (cursor or "1 0").split())
        response = self._send("GET", stream.path, query={**stream.query, "page": number, "per_page": PAGE_SIZE})
        with responses.expect_shape(SYSTEM, response.request_line):
            rows = responses.rows_of(responses.check(response, SYSTEM, "", reason)[stream.path])
            total = int(response.headers["X-Total"])
        read = before + len(rows)
        return RowPage(rows, f"{number + 1} {read}" if rows and read < total else None, total)


def _administration(row: Raw) -> Administration:
    access = row.get("access_control") or {}  # what it does not tell is found out by asking (``check_permissions``)
    return Administration(
        number=str(row["id"]),
        name=str(row["name"]),
        has_api=bool(access.get("api_accessible", True)),
        missing_rights=tuple(right for right in RIGHTS if right not in access.get("allowed_scopes", RIGHTS)),
    )


def reason(response: Response) -> str:
    """Return what the error body says; at most 500 characters."""
    try:
        return str(response.json()["error"]["message"])[:500]
    except (ValueError, KeyError, TypeError):
        return response.body.decode("utf-8", "replace")[:500]
