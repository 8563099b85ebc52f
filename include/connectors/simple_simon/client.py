"""How Simple-Simon is spoken to: signing in, and its refusals as our errors. One request at a time per licence."""

import re
from collections.abc import Mapping
from typing import Any, Literal, Self

from pydantic import SecretStr, model_validator

from include.connectors import responses
from include.connectors.access import Access, CredentialStore, WebAddress
from include.connectors.simple_simon.dialect import DIALECTS, Dialect
from include.errors import Misconfigured
from include.http import Http, Response

SYSTEM = "Simple-Simon"
_TOKEN = re.compile(r"[!-;=?-~]{1,4096}")  # what a header can hold, and no page of HTML


class SimonAccess(Access):
    """Licence code, office user, password and, for the OData generation, an API key."""

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
    """Signed in when first used; signs in again once when its token has expired."""

    def __init__(self, credentials: CredentialStore[SimonAccess], http: Http) -> None:
        self._credentials, self._http = credentials, http
        self._token: str | None = None
        self._access = credentials.read()

    @property
    def dialect(self) -> Dialect:
        return DIALECTS[self._access.dialect]

    def call(
        self, method: str, path: str, *, query: Mapping[str, Any] | None = None, json: Any = None, record: str = ""
    ) -> Any:
        """The JSON of the answer. ``path`` is relative to the base, or whole (a next link).

        Raises the errors of ``responses.check``; RecordMissing for a record that is not there.
        """
        url = path if path.startswith("http") else f"{self._access.base.rstrip('/')}/{path}"
        creates = method == "POST"
        answer = self._send(method, url, creates, query=query, json=json)
        if answer.status == 401:
            self._token = None
            answer = self._send(method, url, creates, query=query, json=json)
        return responses.check(answer, SYSTEM, record, reason, creates=creates)

    def _send(self, method: str, url: str, creates: bool, **content: Any) -> Response:
        headers = {self.dialect.token_header: self._token or self._log_in(), **self._api_key()}
        return responses.send(self._http, SYSTEM, method, url, creates=creates, headers=headers, **content)

    def _api_key(self) -> dict[str, str]:
        name, key = self.dialect.apikey_header, self._access.api_key
        return {name: key.get_secret_value()} if name and key else {}

    def _log_in(self) -> str:
        """A new token; as a POST with a body, so that the password is never in an address."""
        access, dialect = self._access, self.dialect
        secrets = (access.key.get_secret_value(), access.usr, access.pwd.get_secret_value())
        url = f"{access.base.rstrip('/')}/{dialect.login_path}"
        body = dict(zip(dialect.login_fields, secrets, strict=True))
        answer = responses.send(self._http, SYSTEM, "POST", url, json=body, headers=self._api_key())
        if answer.status in responses.REFUSED:
            raise Misconfigured("connection.refused", system=SYSTEM, reason=reason(answer))
        with responses.expect_shape(SYSTEM, answer.request_line):
            if answer.status != 200:
                responses.check(answer, SYSTEM, "", reason)
            self._token = _token(answer)
        return self._token


def _token(answer: Response) -> str:
    """The token, in whichever of the shapes the log-in answers with."""
    try:
        found = answer.json()
    except ValueError:
        found = answer.body.decode("utf-8", "replace").strip()
    if isinstance(found, dict):
        texts = {name.lower(): value for name, value in found.items() if isinstance(value, str)}
        found = texts.get("token") or next((v for k, v in texts.items() if k != "expires"), None)
    if isinstance(found, int) and not isinstance(found, bool):
        found = str(found)
    if not isinstance(found, str) or not _TOKEN.fullmatch(found):
        raise ValueError("no token")
    return found


def reason(answer: Response) -> str:
    """What the error body says, whatever its shape; at most 500 characters."""
    try:
        body = answer.json()
    except ValueError:
        return answer.body.decode("utf-8", "replace")[:500]
    if isinstance(body, dict):
        error = body.get("error")
        inner = error.get("message") if isinstance(error, dict) else None
        for text in (inner, *(body.get(name) for name in ("Message", "ExceptionMessage", "detail", "title"))):
            if text:
                return str(text)[:500]
    return str(body)[:500]
