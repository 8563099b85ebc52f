"""What a request is answered that cannot be met: problem JSON under /api, a page elsewhere; both name the field."""

from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException as AnyHttpException

from include.context import NoTables, StoreAway
from include.errors import (
    ContentsChanged,
    IntegrationError,
    InvalidInput,
    InvalidState,
    NotConfigured,
    NothingToRestore,
    ProblemNotFound,
    ProposalClosed,
    TenantNotActive,
    WorkOrderRefused,
)
from plugins.koppel.language import language, translations
from plugins.koppel.templating import N_, render

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
IN_THIS_STATE = N_("The state of the coupling does not allow it; somebody may have changed it meanwhile.")
AWAY = N_("The database does not answer. Try again in a minute.")
# what the application says no to; the text names what and why
SAID_NO = (ContentsChanged, ProposalClosed, NothingToRestore, ProblemNotFound, WorkOrderRefused, InvalidInput)
NO_TABLES = N_("The tables are not those of this version. Run koppel migrate.")


class PageRefusal(HTTPException):
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
    app.add_exception_handler(NotConfigured, lambda request, error: _answer(request, 503, str(error)))
    for kind in (InvalidState, TenantNotActive):
        app.add_exception_handler(kind, _not_now)
    for said_no in SAID_NO:
        app.add_exception_handler(said_no, lambda request, error: _answer(request, 409, str(error)))
    app.add_exception_handler(InvalidInput, _wrong_input)
    app.add_exception_handler(IntegrationError, _trouble)
    app.add_exception_handler(StoreAway, lambda request, error: _answer(request, 503, AWAY))
    app.add_exception_handler(NoTables, lambda request, error: _answer(request, 503, NO_TABLES))


def _refused(request: Request, error: Any) -> Response:
    if not isinstance(error, PageRefusal):
        return _answer(request, error.status_code, str(error.detail), headers=error.headers)
    errors = [{"field": error.field, "message": str(error.detail), "allowed": list(error.allowed)}]
    return _answer(request, error.status_code, error.message, errors if error.field else [], error.values)


def _not_now(request: Request, error: Exception) -> Response:
    return _answer(request, 409, str(error) if _of_api(request) else IN_THIS_STATE)


def _wrong_input(request: Request, error: Any) -> Response:
    """Each problem begins with the field that it is about."""
    parts = [problem.partition(": ") for problem in error.problems]
    found = [{"field": field, "message": said, "allowed": []} for field, _, said in parts]
    return _answer(request, 422, "", found)


def _trouble(request: Request, error: Any) -> Response:
    """What another system or a missing access kept from being done, with the action to take."""
    wanted = language(request)
    return _answer(request, 409, f"{error.text(wanted)} {error.action(wanted)}".strip())


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
