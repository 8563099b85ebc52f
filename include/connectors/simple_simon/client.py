"""How Simple-Simon is spoken to: signing in, and its refusals as our errors. One request at a time per licence."""

import re
from collections.abc import Mapping
from typing import Any, Literal, Self

from pydantic import SecretStr, model_validator

from include.connectors import responses
from include.connectors.access import Access, CredentialStore, WebAddress
from include.connectors.simple_simon.dialect import DIALECTS, ApiDialect
from include.errors import Misconfigured
from include.http import Http, Response

SYSTEM = "Simple-Simon"
_TOKEN = re.compile(r"[!-;=?-~]{1,4096}")  # what a header can hold, and no page of HTML


class SimonAccess(Access):
    """Holds licence code, office user, password and, for the OData generation, an API key."""

    base: WebAddress
    dialect: Literal["odata", "rest"] = "odata"
    key: SecretStr
    usr: str
    pwd: SecretStr
    api_key: SecretStr | None = None

    @model_validator(mode="after")
    def _has_api_key(self) -> Self:
        if self.dialect == "odata" and not (self.api_key and self.api_key.get_secret_value()):
            raise ValueError("api_key needed with the odata dialect")
        return self


class SimonClient:
    """Signs in when it is first used, and once more when its token has expired."""

    def __init__(self, credentials: CredentialStore[SimonAccess], http: Http) -> None:
        self._http = http
        self._token: str | None = None
        self._access = credentials.read()

    @property
    def dialect(self) -> ApiDialect:
        """The generation of the API that the access is for."""
        return DIALECTS[self._access.dialect]

    def call(
        self, method: str, path: str, *, query: Mapping[str, Any] | None = None, json: Any = None, record: str = ""
    ) -> Any:
        """Return the JSON of a response. ``path`` is relative to the base, or whole (a next link).

        Raises as ``responses.check`` does; RecordMissing for a record that is not there.
        """
        url = path if path.startswith("http") else f"{self._access.base.rstrip('/')}/{path}"
        creates = method == "POST"
        response = self._send(method, url, creates, query=query, json=json)
        if response.status == 401:
            self._token = None
            response = self._send(method, url, creates, query=query, json=json)
        return responses.check(response, SYSTEM, record, reason, creates=creates)

    def _send(self, method: str, url: str, creates: bool, **request: Any) -> Response:
        headers = {self.dialect.token_header: self._token or self._log_in(), **self._api_key()}
        return responses.send(self._http, SYSTEM, method, url, creates=creates, headers=headers, **request)

    def _api_key(self) -> dict[str, str]:
        name, key = self.dialect.apikey_header, self._access.api_key
        return {name: key.get_secret_value()} if name and key else {}

    def _log_in(self) -> str:
        """Return a new token, asked for in a POST with a body, so that the password is never in an address."""
        access, dialect = self._access, self.dialect
        secrets = (access.key.get_secret_value(), access.usr, access.pwd.get_secret_value())
        url = f"{access.base.rstrip('/')}/{dialect.login_path}"
        body = dict(zip(dialect.login_fields, secrets, strict=True))
        response = responses.send(self._http, SYSTEM, "POST", url, json=body, headers=self._api_key())
        if response.status in responses.REFUSED:
            raise Misconfigured("connection.refused", system=SYSTEM, reason=reason(response))
        with responses.expect_shape(SYSTEM, response.request_line):
            if response.status != 200:
                responses.check(response, SYSTEM, "", reason)
            self._token = _token(response)
        return self._token


def _token(response: Response) -> str:
    """Return the token, in whichever of the shapes the log-in answers with."""
    try:
        token = response.json()
    except ValueError:
        token = response.body.decode("utf-8", "replace").strip()
    if isinstance(token, dict):
        texts = {name.lower(): value for name, value in token.items() if isinstance(value, str)}
        token = texts.get("token") or next((text for name, text in texts.items() if name != "expires"), None)
    if isinstance(token, int) and not isinstance(token, bool):
        token = str(token)
    if not isinstance(token, str) or not _TOKEN.fullmatch(token):
        raise ValueError("no token")
    return token


def reason(response: Response) -> str:
    """Return what the error body says, whatever its shape; at most 500 characters."""
    try:
        body = response.json()
    except ValueError:
        return response.body.decode("utf-8", "replace")[:500]
    if isinstance(body, dict):
        error = body.get("error")
        inner = error.get("message") if isinstance(error, dict) else None
        for text in (inner, *(body.get(name) for name in ("Message", "ExceptionMessage", "detail", "title"))):
            if text:
                return str(text)[:500]
    return str(body)[:500]
