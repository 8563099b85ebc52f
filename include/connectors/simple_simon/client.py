"""How Simple-Simon is spoken to: signing in, and its refusals as our errors. One request at a time per licence."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, Self

from pydantic import SecretStr, field_validator, model_validator

from include.connectors import responses
from include.connectors.access import Access, CredentialStore, WebAddress
from include.connectors.simple_simon.dialect import DIALECTS, ApiDialect
from include.errors import Misconfigured
from include.http import Http, Response
from include.typed_text import digits_of

SYSTEM = "Simple-Simon"
MOST_LOG_INS = 2  # for one request: another process may cancel our token just when it is handed out
_TOKEN = re.compile(r"[!-;=?-~]{1,4096}")  # what a header can hold, and no page of HTML


class SimonAccess(Access):
    """Holds licence code, office user, password and, for the OData generation, an API key."""

    base: WebAddress
    dialect: Literal["odata", "rest"] = "odata"
    key: SecretStr
    usr: str
    pwd: SecretStr
    api_key: SecretStr | None = None
    token: SecretStr = SecretStr("")  # of the last log-in, shared by all processes: another log-in may cancel it

    kept = ("token",)
    exact = ("pwd",)

    @field_validator("key", mode="after")
    @classmethod
    def _as_meant(cls, key: SecretStr) -> SecretStr:
        """Read a licence code as it stands on paper, in groups of digits."""
        return SecretStr(digits_of(key.get_secret_value()))

    @model_validator(mode="after")
    def _has_api_key(self) -> Self:
        if self.dialect == "odata" and not (self.api_key and self.api_key.get_secret_value()):
            raise ValueError("api_key needed with the odata dialect")
        return self


class SimonClient:
    """Signs in when there is no token yet, and again when that is not taken any more.

    A log-in may cancel the token of the one before (contract, section 3), so all processes share one: whoever finds it
    refused takes the one that another has fetched meanwhile, if there is one.
    """

    def __init__(self, credentials: CredentialStore[SimonAccess], http: Http) -> None:
        self._http, self._credentials = http, credentials
        self._access = credentials.read()
        self.answered_at: datetime | None = None  # by Simon's clock, as the last answer has it

    @property
    def dialect(self) -> ApiDialect:
        """The generation of the API that the access is for."""
        return DIALECTS[self._access.dialect]

    def address(self, path: str) -> str:
        """Return the whole address of a path below the base."""
        return f"{self._access.base.rstrip('/')}/{path}"

    def call(
        self, method: str, path: str, *, query: Mapping[str, Any] | None = None, json: Any = None, record: str = ""
    ) -> Any:
        """Return the JSON of a response. ``path`` is relative to the base, or an ``address``.

        Raises as ``responses.check`` does; RecordMissing for a record that is not there.
        """
        url = path if path.startswith(self._access.base) else self.address(path)
        # the older generation also changes and deletes with a POST, which says of which record
        creates = method == "POST" and not path.endswith(("/update", "/delete"))
        if not self._access.token.get_secret_value():
            self._sign_in()
        response = self._send(method, url, creates, query=query, json=json)
        for _ in range(MOST_LOG_INS):
            if response.status != 401:
                break
            self._sign_in()
            response = self._send(method, url, creates, query=query, json=json)
        return responses.check(response, SYSTEM, record, reason, creates=creates)

    def _send(self, method: str, url: str, creates: bool, **request: Any) -> Response:
        headers = {self.dialect.token_header: self._access.token.get_secret_value(), **self._api_key()}
        response = responses.send(self._http, SYSTEM, method, url, creates=creates, headers=headers, **request)
        self.answered_at = response.answered_at
        return response

    def _api_key(self) -> dict[str, str]:
        name, key = self.dialect.apikey_header, self._access.api_key
        return {name: key.get_secret_value()} if name and key else {}

    def _sign_in(self) -> None:
        self._access = self._credentials.renew(self._access, self._log_in)

    def _log_in(self, access: SimonAccess) -> SimonAccess:
        """Return the access with a new token, asked for in a POST with a body: no password is ever in an address."""
        dialect = self.dialect
        secrets = (access.key.get_secret_value(), access.usr, access.pwd.get_secret_value())
        url = f"{access.base.rstrip('/')}/{dialect.login_path}"
        body = dict(zip(dialect.login_fields, secrets, strict=True))
        response = responses.send(self._http, SYSTEM, "POST", url, json=body, headers=self._api_key(), logs_in=True)
        if response.status in responses.REFUSED:
            raise Misconfigured("connection.refused", system=SYSTEM, reason=reason(response))
        with responses.expect_shape(SYSTEM, response.request_line):
            if response.status != 200:
                responses.check(response, SYSTEM, "", reason)
            return access.model_copy(update={"token": SecretStr(_token(response))})


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
