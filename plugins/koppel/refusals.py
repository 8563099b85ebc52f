"""What a request is answered that cannot be met: problem JSON under /api, a page elsewhere; both name the field."""

from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException as AnyHttpException

from include.installation import NotInstalled
from include.koppel import NoTables, StoreAway
from plugins.koppel.language import language, translations
from plugins.koppel.rendering import marked, render

TITLES = {
    400: marked("This cannot be done"),
    401: marked("Sign in to Airflow first"),
    403: marked("You are not allowed to do this"),
    404: marked("This does not exist"),
    405: marked("This cannot be done"),
    409: marked("Not now"),
    422: marked("Something was filled in wrongly"),
    503: marked("Koppel's store cannot be reached"),
}
AWAY = marked("The database does not answer. Try again in a minute.")
NO_TABLES = marked("The tables are not those of this version. Run koppel migrate.")


class Refused(HTTPException):
    """``field`` is what was wrong, ``allowed`` what may be given instead; ``values`` fill in the message."""

    def __init__(
        self, status: int, message: str, field: str = "", allowed: Sequence[str] = (), **values: object
    ) -> None:
        super().__init__(status, message.format(**values))
        self.message, self.values, self.field, self.allowed = message, values, field, allowed


def install(app: FastAPI) -> None:
    """Make these the answers of the app."""
    app.add_exception_handler(AnyHttpException, _refused)
    app.add_exception_handler(RequestValidationError, _wrong)
    app.add_exception_handler(NotInstalled, lambda request, error: _answer(request, 503, str(error)))
    app.add_exception_handler(StoreAway, lambda request, error: _answer(request, 503, AWAY))
    app.add_exception_handler(NoTables, lambda request, error: _answer(request, 503, NO_TABLES))


def _refused(request: Request, error: Any) -> Response:
    if not isinstance(error, Refused):
        return _answer(request, error.status_code, str(error.detail), headers=error.headers)
    errors = [{"field": error.field, "message": str(error.detail), "allowed": list(error.allowed)}]
    return _answer(request, error.status_code, error.message, errors if error.field else [], error.values)


def _wrong(request: Request, error: Any) -> Response:
    """Pydantic's finding, without what was given: that may be anything."""
    found = [
        {
            "field": ".".join(str(part) for part in one["loc"][1:]) or str(one["loc"][0]),
            "message": one["msg"],
            "allowed": [str(one["ctx"]["expected"])] if "expected" in one.get("ctx", {}) else [],
        }
        for one in error.errors()
    ]
    return _answer(request, 422, "", found)


def _answer(
    request: Request,
    status: int,
    detail: str,
    errors: Sequence[dict[str, Any]] = (),
    values: dict[str, object] | None = None,
    headers: Any = None,
) -> Response:
    title = TITLES.get(status, TITLES[400])
    if _of_api(request):
        said = detail.format(**values) if values else detail
        body = {"type": "about:blank", "title": title, "status": status, "detail": said, "errors": list(errors)}
        return JSONResponse(body, status, headers, media_type="application/problem+json")
    wanted = language(request)
    texts = translations(wanted)
    said = texts.gettext(detail) if detail and status in (409, 422, 503) else ""
    shown = {"title": texts.gettext(title), "detail": said.format(**values) if values else said}
    return render(request, wanted, "refused.html", status, errors=errors, **shown)


def _of_api(request: Request) -> bool:
    return bool(request.scope["path"].removeprefix(request.scope.get("root_path", "")).startswith("/api/"))
