"""Actions: what a person changes, declared once and served twice, to the form of a page and as JSON.

An action is a function that declares what it needs as an endpoint does, and takes what a person fills in as ``input``::

    @action(router, "/tenants/{tenant}/pause", Right.operate)
    def pause(*, context: ContextDep, tenant: TenantDep, by: ActorDep) -> ActionResult: ...

The form is sent to the path, JSON to the same path below ``/api``. Both take the right; each has its guard against
forgery.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, TypeVar, get_origin

from fastapi import APIRouter, Depends, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError

from include.messages import Language, Severity
from plugins.koppel import flash
from plugins.koppel.csrf import require_form_token, require_own_origin
from plugins.koppel.flash import Flash
from plugins.koppel.language import LanguageDep, translations
from plugins.koppel.security import Right, requires
from plugins.koppel.templating import root_path

BACK = TypeAdapter(Annotated[str, Field(max_length=500, pattern=r"^/[\w./?=&%+-]*$")])
NO_NUL = r"^[^\x00]*$"
Name = Annotated[str, Field(min_length=1, max_length=200, pattern=NO_NUL)]


def _no_yes_or_no(value: Any) -> Any:
    """Refuse true for 1, which pydantic takes: whoever sends it means something else."""
    if isinstance(value, bool):
        raise ValueError("use a number")
    return value


Count = Annotated[int, BeforeValidator(_no_yes_or_no), Field(ge=0, lt=2**31)]
Number = Annotated[int, Field(ge=1, lt=2**63)]
Form = Mapping[str, list[str]]
Function = TypeVar("Function", bound=Callable[..., Any])
Input = TypeVar("Input", bound="ActionInput")


class ActionInput(BaseModel):
    """What a person fills in for an action."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ActionResponse(BaseModel):
    """What was done, as a sentence and as values."""

    message: str
    result: dict[str, Any] = {}


@dataclass(frozen=True)
class ActionResult:
    """What was done. ``message`` is a text for translation, filled in with ``values``, which JSON gives as they are.

    ``back`` is the page to land on, where it is another one than the action declares.
    """

    message: str
    values: Mapping[str, object] = field(default_factory=dict)
    back: str = ""
    type: Severity = Severity.INFO

    def text(self, language: Language) -> str:
        """Return the message in a language."""
        return str(translations(language).gettext(self.message)).format(**self.values)


async def form_fields(request: Request) -> dict[str, list[str]]:
    """Return the texts of the form by field; an empty one was not filled in."""
    form = await request.form()
    return {name: [str(text) for text in form.getlist(name) if text != ""] for name in form}


FormDep = Annotated[dict[str, list[str]], Depends(form_fields)]


def action(
    router: APIRouter,
    path: str,
    right: Right,
    *,
    back: str = "/tenants/{tenant}",
    form_input: Callable[..., ActionInput] | None = None,
) -> Callable[[Function], Function]:
    """Serve the function below as an action.

    ``back`` is the page to land on after the form; ``form_input`` makes the input of a form whose fields are not those
    of the input.
    """

    def declare(function: Function) -> Function:
        described: dict[str, Any] = {"name": function.__name__, "description": inspect.getdoc(function)}
        form, json = _form_endpoint(_with_form_input(function, form_input), back), _json_endpoint(function)
        for prefix, endpoint, guard in (("", form, require_form_token), ("/api", json, require_own_origin)):
            dependencies = [requires(right), Depends(guard)]
            router.add_api_route(prefix + path, endpoint, methods=["POST"], dependencies=dependencies, **described)
        return function

    return declare


def _form_endpoint(function: Callable[..., ActionResult], back: str) -> Callable[..., Response]:
    def endpoint(
        request: Request,
        language: LanguageDep,
        form: FormDep,
        result: Annotated[ActionResult, Depends(function)],
    ) -> Response:
        page = _page_of_form(form) or result.back or back.format(**request.path_params)
        return redirect(request, page, Flash(result.text(language), result.type))

    return endpoint


def _json_endpoint(function: Callable[..., ActionResult]) -> Callable[..., ActionResponse]:
    def endpoint(language: LanguageDep, result: Annotated[ActionResult, Depends(function)]) -> ActionResponse:
        return ActionResponse(message=result.text(language), result=dict(result.values))

    return endpoint


def _with_form_input(
    function: Callable[..., ActionResult], form_input: Callable[..., ActionInput] | None
) -> Callable[..., ActionResult]:
    """Return the function with its input read from a form instead of from JSON."""
    signature = inspect.signature(function)
    if "input" not in signature.parameters:
        return function
    model = signature.parameters["input"].annotation
    read = Depends(form_input or input_reader(model))
    parameters = [
        parameter.replace(default=read) if parameter.name == "input" else parameter
        for parameter in signature.parameters.values()
    ]

    def of_form(**arguments: Any) -> ActionResult:
        return function(**arguments)

    of_form.__dict__["__signature__"] = signature.replace(parameters=parameters)
    return of_form


def input_reader(model: type[Input]) -> Callable[..., Input]:
    """Return a dependency that makes the input of an action from its form."""

    def read(form: FormDep) -> Input:
        return parse_form(model, form)

    return read


def parse_form(model: type[Input], form: Form, **others: Any) -> Input:
    """Return the input that a form holds; ``name.key`` are the values of a mapping. Raises RequestValidationError."""
    values: dict[str, Any] = {}
    for name, info in model.model_fields.items():
        origin = get_origin(info.annotation)
        if origin is dict:
            values[name] = {
                key.removeprefix(f"{name}."): texts[-1]
                for key, texts in form.items()
                if key.startswith(f"{name}.") and texts
            }
        elif form.get(name):
            values[name] = form[name] if origin in (list, tuple) else form[name][-1]
    try:
        return model.model_validate({**values, **others})
    except ValidationError as error:
        errors = error.errors(include_url=False, include_input=False)
        raise RequestValidationError([{**each, "loc": ("body", *each["loc"])} for each in errors]) from None


def _page_of_form(form: Form) -> str:
    """Return the page that the form asks to land on; nothing when it is not one of ours."""
    try:
        return BACK.validate_python(form["back"][-1]) if form.get("back") else ""
    except ValidationError:
        return ""


def redirect(request: Request, path: str, message: Flash | None = None) -> Response:
    """Return the way to a page of ours, which shows this message."""
    page, hash_sign, place = path.partition("#")
    carried = f"{'&' if '?' in page else '?'}{flash.PARAMETER}={flash.sign(message)}" if message else ""
    return RedirectResponse(f"{root_path(request)}{page}{carried}{hash_sign}{place}", 303)
