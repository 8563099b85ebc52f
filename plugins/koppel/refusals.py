"""What a request is answered that cannot be met: problem JSON under /api, a page elsewhere; both name the field."""

from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException as AnyHttpException

from include.cleanup.proposals import NotOpen
from include.errors import IntegrationError
from include.installation import NotInstalled
from include.integration_log import UnknownProblem
from include.koppel import NoTables, StoreAway
from include.life.errands import NotUndoable
from include.life.wiping import ChangedSince, WrongParts
from include.push.acts import Refused as WorkOrderRefused
from include.tenants.adding import WrongInput
from include.tenants.states import NotActive, NotNow
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
IN_THIS_STATE = marked("The state of the coupling does not allow it; somebody may have changed it meanwhile.")
AWAY = marked("The database does not answer. Try again in a minute.")
# what the application says no to; the text names what and why
SAID_NO = (ChangedSince, NotOpen, NotUndoable, UnknownProblem, WorkOrderRefused, WrongParts)
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
    for kind in (NotNow, NotActive):
        app.add_exception_handler(kind, _not_now)
    for said_no in SAID_NO:
        app.add_exception_handler(said_no, lambda request, error: _answer(request, 409, str(error)))
    app.add_exception_handler(WrongInput, _wrong_input)
    app.add_exception_handler(IntegrationError, _trouble)
    app.add_exception_handler(StoreAway, lambda request, error: _answer(request, 503, AWAY))
    app.add_exception_handler(NoTables, lambda request, error: _answer(request, 503, NO_TABLES))


def _refused(request: Request, error: Any) -> Response:
    if not isinstance(error, Refused):
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
