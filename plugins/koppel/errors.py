"""What is answered to a request that cannot be met: problem JSON below /api, a page elsewhere.

Which status an error has follows from its place in the tree of ``include/errors.py``; wrong fields are named.
"""

from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel
from starlette.exceptions import HTTPException as AnyHttpException

from include.context import NoTables, StoreAway
from include.errors import Conflict, IntegrationError, InvalidInput, InvalidState, NotConfigured, NotFound
from plugins.koppel.language import N_, language, translations
from plugins.koppel.templating import render

TITLES = {
    400: N_("This cannot be done"),
    401: N_("Sign in to Airflow first"),
    403: N_("You are not allowed to do this"),
    404: N_("This does not exist"),
    405: N_("This cannot be done"),
    409: N_("Not now"),
    422: N_("Something was filled in wrongly"),
    503: N_("Koppel's store cannot be reached"),
}
STATUSES: dict[type[Exception], int] = {
    InvalidInput: 422,
    NotFound: 404,
    InvalidState: 409,
    Conflict: 409,
    NotConfigured: 503,
    IntegrationError: 409,
    StoreAway: 503,
    NoTables: 503,
}
CHANGED_MEANWHILE = N_("The present state does not allow it; somebody may have changed it meanwhile.")
STORE_AWAY = N_("The database does not answer. Try again in a minute.")
NO_TABLES = N_("The tables are not those of this version. Run koppel migrate.")


class FieldError(BaseModel):
    """A field that holds something that is not allowed, and what is."""

    field: str
    message: str
    allowed: list[str] = []


class PageError(HTTPException):
    """A refusal by a page, in the words of the pages; ``values`` fill in the message.

    ``title`` stands above it instead of that of the status.
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        field: str = "",
        allowed: Sequence[str] = (),
        title: str = "",
        **values: object,
    ) -> None:
        super().__init__(status, message.format(**values))
        self.message, self.values, self.field, self.allowed = message, values, field, list(allowed)
        self.title = title

    def text(self, request: Request) -> str:
        """Return the message in the language of the request."""
        return str(translations(language(request)).gettext(self.message)).format(**self.values)


def install(app: FastAPI) -> None:
    """Let the app answer errors in this way."""
    app.add_exception_handler(AnyHttpException, _answer_http)
    app.add_exception_handler(RequestValidationError, _answer_invalid_request)
    for kind in STATUSES:
        app.add_exception_handler(kind, _answer_error)


def _answer_http(request: Request, error: Any) -> Response:
    if not isinstance(error, PageError):
        detail = str(error.detail) if is_api(request) else ""
        return _answer(request, error.status_code, detail, headers=error.headers)
    text = error.text(request)
    fields = [FieldError(field=error.field, message=text, allowed=error.allowed)] if error.field else []
    return _answer(request, error.status_code, text, fields, title=error.title)


def _answer_invalid_request(request: Request, error: Any) -> Response:
    """Answer what pydantic says, without what was filled in: that may be anything."""
    fields = [
        FieldError(
            field=".".join(str(part) for part in each["loc"][1:]) or str(each["loc"][0]),
            message=each["msg"],
            allowed=[str(each["ctx"]["expected"])] if "expected" in each.get("ctx", {}) else [],
        )
        for each in error.errors()
    ]
    return _answer(request, 422, "", fields)


def _answer_error(request: Request, error: Exception) -> Response:
    """Answer an error of the application."""
    status = next(STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES)
    if isinstance(error, InvalidInput):
        parts = [problem.partition(": ") for problem in error.problems]
        return _answer(request, status, "", [FieldError(field=field, message=text) for field, _, text in parts])
    return _answer(request, status, _sentence(request, error))


def _sentence(request: Request, error: Exception) -> str:
    """Return what the error says to the person who asks."""
    shown_in = language(request)
    texts = translations(shown_in)
    if isinstance(error, IntegrationError):
        return f"{error.text(shown_in)} {error.action(shown_in)}".strip()
    if isinstance(error, StoreAway):
        return str(texts.gettext(STORE_AWAY))
    if isinstance(error, NoTables):
        return str(texts.gettext(NO_TABLES))
    if isinstance(error, InvalidState) and not is_api(request):
        return f"{texts.gettext(CHANGED_MEANWHILE)} {error}"
    return str(error)


def _answer(
    request: Request,
    status: int,
    detail: str,
    errors: Sequence[FieldError] = (),
    *,
    headers: Any = None,
    title: str = "",
) -> Response:
    title = title or TITLES.get(status, TITLES[400])
    if is_api(request):
        body = {"type": "about:blank", "title": title, "status": status, "detail": detail}
        body["errors"] = [each.model_dump() for each in errors]
        return JSONResponse(body, status, headers, media_type="application/problem+json")
    shown_in = language(request)
    values = {"title": translations(shown_in).gettext(title), "detail": detail, "errors": errors}
    return render(request, shown_in, "refused.html", status=status, values=values)


def is_api(request: Request) -> bool:
    """Return whether a request is one for JSON."""
    return str(request.scope["path"]).removeprefix(request.scope.get("root_path", "")).startswith("/api/")
