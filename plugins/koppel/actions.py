"""An act: something that a person does to a coupling, once as the form of a page and once as JSON, with one right."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, get_origin

from fastapi import Body, Depends, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from include.context import Context
from include.messages import Language
from include.tenants.tenant import Tenant
from plugins.koppel.dependencies import ContextDep, TenantDep
from plugins.koppel.flash import sign
from plugins.koppel.language import PageLanguage, translations
from plugins.koppel.security import Right, User

Back = Annotated[str, Field(max_length=500, pattern=r"^/[\w./?=&%+-]*$")]
BACK = TypeAdapter(Back)
Name = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]
Number = Annotated[int, Field(ge=1, lt=2**63)]


class ActionInput(BaseModel):
    """What an act takes; nothing, unless a subclass says more."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ActionResponse(BaseModel):
    """What was done, as a sentence and as values."""

    said: str
    result: dict[str, Any] = {}


@dataclass(frozen=True)
class ActionContext:
    """``by`` is who does it."""

    context: Context
    tenant: Tenant
    by: str


@dataclass(frozen=True)
class ActionResult:
    """``said`` is a marked text, filled in with ``values``, which JSON gives as they are."""

    said: str
    values: Mapping[str, object] = field(default_factory=dict)

    def text(self, language: Language) -> str:
        return str(translations(language).gettext(self.said)).format(**self.values)


@dataclass(frozen=True)
class Action:
    """``path`` is below the tenant, of the page's form and of the JSON API. ``back``: the page to show afterwards."""

    path: str
    right: Right
    given: type[ActionInput]
    carry_out: Callable[[ActionContext, Any], ActionResult]
    back: str = ""


async def filled_in(request: Request) -> dict[str, list[str]]:
    """The texts of the form by field; an empty one was not filled in."""
    form = await request.form()
    return {name: [str(value) for value in form.getlist(name) if value != ""] for name in form}


FormDep = Annotated[dict[str, list[str]], Depends(filled_in)]


def of_page(act: Action) -> Callable[..., Response]:
    """The endpoint of the form."""

    def endpoint(
        request: Request, context: ContextDep, tenant: TenantDep, user: User, language: PageLanguage, form: FormDep
    ) -> Response:
        back = _back(form) or f"/tenants/{tenant.slug}{act.back}"
        done = act.carry_out(ActionContext(context, tenant, by(user)), read(act.given, form))
        return go(request, back, done.text(language))

    return _named(endpoint, act)


def of_api(act: Action) -> Callable[..., ActionResponse]:
    """The endpoint of the JSON API."""

    def endpoint(
        context: ContextDep, tenant: TenantDep, user: User, language: PageLanguage, given: Any
    ) -> ActionResponse:
        done = act.carry_out(ActionContext(context, tenant, by(user)), given)
        return ActionResponse(said=done.text(language), result=dict(done.values))

    endpoint.__annotations__["given"] = Annotated[act.given, Body()]
    return _named(endpoint, act)


def _named(endpoint: Callable[..., Any], act: Action) -> Callable[..., Any]:
    endpoint.__name__, endpoint.__doc__ = act.carry_out.__name__, act.carry_out.__doc__
    return endpoint


def by(user: User) -> str:
    """As it is kept: who did something."""
    return str(user.get_name())


def go(request: Request, path: str, said: str = "", place: str = "") -> Response:
    """To a page of ours, which says this; to a place on it."""
    root = request.scope.get("root_path", "").rstrip("/")
    carried = f"{'&' if '?' in path else '?'}said={sign(said)}" if said else ""
    return RedirectResponse(f"{root}{path}{carried}{place and f'#{place}'}", 303)


def read(kind: type[ActionInput], form: Mapping[str, list[str]]) -> Any:
    """The model from a form; ``name.key`` are the values of a mapping. Raises RequestValidationError."""
    values: dict[str, Any] = {}
    for name, about in kind.model_fields.items():
        origin = get_origin(about.annotation)
        if origin is dict:
            values[name] = {key[len(name) + 1 :]: given[-1] for key, given in form.items() if _under(name, key, given)}
        elif form.get(name):
            values[name] = form[name] if origin in (list, tuple) else form[name][-1]
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        raise RequestValidationError([{**one, "loc": ("body", *one["loc"])} for one in found]) from None


def _under(name: str, key: str, given: list[str]) -> bool:
    return key.startswith(f"{name}.") and bool(given)


def _back(form: Mapping[str, list[str]]) -> str:
    try:
        return BACK.validate_python(form["back"][-1]) if form.get("back") else ""
    except ValidationError:
        return ""
