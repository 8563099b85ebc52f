"""How Unit4 Multivers is spoken to: OAuth, lists page by page, its refusals as our errors."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Self
from urllib.parse import quote

from pydantic import model_validator

from include.connectors import responses
from include.connectors.access import CredentialStore, WebAddress
from include.connectors.oauth import OAuthConfig, TokenAccess, TokenSession
from include.connectors.package import PackageList, PackageStream, RowPage
from include.connectors.paging import PageFollower
from include.connectors.system import Administration
from include.errors import Misconfigured
from include.http import Http, Response
from include.records import Raw

SYSTEM = "Unit4 Multivers"
PAGE_SIZE = 500
OAUTH = OAuthConfig(
    address="base",
    authorize_path="/OAuth/Authorize",
    token_path="/OAuth/Token",  # noqa: S106 - a path
    scope="http://UNIT4.Multivers.API/Web/WebApi/*",
    registration=("base", "client_id", "client_secret"),
)


class Unit4Access(TokenAccess):
    """``base`` is the whole base address: scheme, host and version."""

    base: WebAddress

    @model_validator(mode="after")
    def _can_sign_in(self) -> Self:
        missing = [name for name in ("client_id", "client_secret", "refresh_token") if not self.stored()[name]]
        if missing:
            raise ValueError(f"{', '.join(missing)} needed")
        return self


class Unit4Client:
    """Speaks to one administration (``database``)."""

    def __init__(
        self,
        credentials: CredentialStore[Unit4Access],
        database: str,
        http: Http,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._session = TokenSession(SYSTEM, credentials, http, config=OAUTH, now=now)
        self._database = database

    def call(
        self, method: str, path: str, *, query: Mapping[str, Any] | None = None, json: Any = None, record: str = ""
    ) -> Any:
        """Return the JSON of a response; ``path`` is below the administration. Raises as ``responses.check`` does."""
        response = self._session.send(method, self._url(path), query=query, json=json)
        return responses.check(response, SYSTEM, record, reason, creates=method == "POST")

    def _url(self, path: str) -> str:
        return f"{self._session.access.base.rstrip('/')}/api/{self._database}/{path}"

    def page(self, stream: PackageList, cursor: str | None, parent: Raw | None = None) -> RowPage:
        """Read the page at a cursor, which is the number of rows to skip (contract, section 4).

        A server may give fewer rows than it is asked for, so only an empty page is the end.
        """
        path = stream.path.format_map({name: path_key(str(value)) for name, value in (parent or {}).items()})
        skip = int(cursor or 0)
        query = dict(stream.query) | ({"$top": PAGE_SIZE, "$skip": skip} if stream.paged else {})
        with responses.expect_shape(SYSTEM, f"GET {path}"):
            rows = responses.rows_of(self.call("GET", path, query=query))
        return RowPage(rows, str(skip + len(rows)) if stream.paged and rows else None)

    def all_rows(self, path: str, query: Mapping[str, Any], *, enough: int | None = None) -> list[Raw]:
        """Read a list to its end, or until there are ``enough`` rows; one that knows no pages comes whole."""
        rows: list[Raw] = []
        page: list[Raw] = []
        followed = PageFollower(SYSTEM, path)
        while True:
            paging = {"$top": PAGE_SIZE, "$skip": len(rows)}
            before, page = page, responses.rows_of(self.call("GET", path, query={**query, **paging}))
            if not page or page == before:
                return rows
            followed.take(page)
            rows += page
            if enough is not None and len(rows) >= enough:
                return rows

    def get_global(self, path: str) -> Any:
        """Return the JSON of something above the administrations."""
        response = self._session.send("GET", f"{self._session.access.base.rstrip('/')}/api/{path}")
        return responses.check(response, SYSTEM, "", reason)

    def get(self, stream: PackageStream, key: str) -> Raw | None:
        """Return the row of this key: from the list, filtered where it can be, else from the record's own address.

        How a key that does not exist is answered is not documented (section 4), so both have to say so.
        """
        field = stream.key[0].upper() + stream.key[1:]
        query = {"$filter": f"{field} eq '{key.replace(chr(39), 2 * chr(39))}'"} if stream.paged else None
        with responses.expect_shape(SYSTEM, f"GET {stream.path}"):
            rows = responses.rows_of(self.call("GET", stream.path, query=query))
            if row := next((row for row in rows if str(row.get(stream.key)) == key), None):
                return row
        return self._single(stream, key)

    def _single(self, stream: PackageStream, key: str) -> Raw | None:
        path = stream.record_path.format(key=path_key(key))
        with responses.expect_shape(SYSTEM, f"GET {path}"):
            response = self._session.send("GET", self._url(path))
            if response.status in (400, 404):
                return None
            row = responses.check(response, SYSTEM, "", reason)
            return None if row is None else dict(row)

    def access_fingerprint(self) -> str:
        """Return the Multivers user, who must see the administration (section 2.2)."""
        with responses.expect_shape(SYSTEM, "GET SessionInfo"):
            user = self.get_global("SessionInfo").get("userName")
            names = [row["name"] for row in self.get_global("AdministrationNVL")]
            if self._database.upper() not in (name.upper() for name in names):
                raise Misconfigured("connection.not_found", system=SYSTEM, path=self._database)
            return str(user)

    def administrations(self) -> list[Administration]:
        """List those that the Multivers user may open (contract, section 6)."""
        with responses.expect_shape(SYSTEM, "GET AdministrationNVL"):
            rows = responses.rows_of(self.get_global("AdministrationNVL"))
            return list(responses.readable(lambda row: Administration(str(row["name"]), str(row["value"])), rows))

    def check_permissions(self) -> None:
        """Read the administration itself: that it is listed does not mean that it can be opened (section 5)."""
        with responses.expect_shape(SYSTEM, "GET CompanyDetailsInfo"):
            self.call("GET", "CompanyDetailsInfo")

    def fingerprint(self, streams: Sequence[PackageList]) -> str:
        """Return a digest of the whole lists, which come in one piece when no page is asked for."""
        digest = hashlib.blake2b(digest_size=16)
        for stream in streams:
            with responses.expect_shape(SYSTEM, f"GET {stream.path}"):
                url, query = self._url(stream.path), dict(stream.query)
                response = self._session.send("GET", url, query=query, consume=digest.update)
                if response.status != 200:
                    responses.check(response, SYSTEM, "", reason)
        return digest.hexdigest()


def path_key(key: str) -> str:
    """Return a key as part of a path: percent-encoded, with ``!_`` for the percent sign (section 3).

    One of dots alone would be a way up.
    """
    encoded = quote(key, safe="-_").replace("%", "!_")
    return encoded.replace(".", "!_2E") if not encoded.strip(".") else encoded


def reason(response: Response) -> str:
    """Return what the error body says, in any of its four shapes; at most 500 characters."""
    try:
        body = response.json()
    except ValueError:
        return response.body.decode("utf-8", "replace")[:500]
    if isinstance(body, dict):
        lower = {str(name).lower(): value for name, value in body.items()}
        if isinstance(lower.get("messages"), list) and lower["messages"]:
            return "; ".join(str(m.get("message", "")) for m in lower["messages"] if isinstance(m, dict))[:500]
        if lower.get("message"):
            return str(lower["message"])[:500]
    return str(body)[:500]
