"""Settings (R4): each with its check and verdict, saved when all were checked, and every version that there was."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, get_args, get_origin

from fastapi import Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic.fields import FieldInfo

from include.settings import drafts
from include.settings.check_draft import check_draft
from include.settings.check_result import worst
from include.settings.versions import history
from include.tenants.tenant import Tenant
from plugins.koppel.actions import FormDep, by, go
from plugins.koppel.csrf import token
from plugins.koppel.dependencies import ContextDep, TenantDep
from plugins.koppel.flash import unsign
from plugins.koppel.labels import HELP, TITLES, VALUES
from plugins.koppel.language import PageLanguage, translations
from plugins.koppel.security import Right, User, may
from plugins.koppel.templating import N_, render

CHECKED, SAVED = N_("Checked."), N_("The settings are saved as version {version}. They count from now on.")
DROPPED = N_("The draft is dropped; the saved settings stand.")


@dataclass(frozen=True)
class Shown:
    """One setting as a field of the form: ``kind`` is text, number, flag, one, some or lines."""

    name: str
    title: str
    help: str
    kind: str
    value: Any
    options: tuple[tuple[str, str], ...]
    least: int | None
    most: int | None
    verdicts: tuple[Any, ...]
    level: str


def show(
    request: Request,
    context: ContextDep,
    tenant: TenantDep,
    user: User,
    language: PageLanguage,
    said_: Annotated[str, Query(alias="said")] = "",
) -> Response:
    draft = drafts.find(context, tenant)
    body = (draft.settings if draft else tenant.settings).model_dump(mode="json")
    settings = [_shown(tenant, name, body[name], draft, language) for name in type(tenant.settings).model_fields]
    savable = draft is not None and not draft.unchecked and not draft.wrong
    shown: dict[str, Any] = {"tenant": tenant, "draft": draft, "settings": settings, "savable": savable}
    shown |= {"versions": history(context, tenant), "titles": TITLES, "said": unsign(said_), "token": token(user)}
    shown |= {"administers": tenant.status != "inactive" and may(user, Right.administer, tenant.slug)}
    return render(request, language, "settings.html", **shown)


def change(
    request: Request, context: ContextDep, tenant: TenantDep, user: User, language: PageLanguage, form: FormDep
) -> Response:
    """``do`` is the button: ``save``, ``discard``, ``check`` for all, or ``check.<setting>``."""
    do, page = form.get("do", [""])[-1], f"/tenants/{tenant.slug}/settings"
    texts = translations(language)
    if do == "discard":
        drafts.discard(context, tenant)
        return go(request, page, texts.gettext(DROPPED))
    drafts.change(context, tenant, filled_in(tenant, form), by(user))
    if do == "save":
        version = drafts.save(context, tenant, by(user), _base(form))
        page = f"/tenants/{tenant.slug}/activation" if tenant.status == "settings" else page
        return go(request, page, texts.gettext(SAVED).format(version=version))
    _, _, name = do.partition(".")
    check_draft(context, tenant, by(user), [name] if name else None)
    return go(request, page, texts.gettext(CHECKED), name and f"at-{name}")


def filled_in(tenant: Tenant, form: Mapping[str, list[str]]) -> dict[str, Any]:
    """The settings of the form; a box that is not ticked is not sent by a browser."""
    found: dict[str, Any] = {}
    for name, about in type(tenant.settings).model_fields.items():
        given, kind = form.get(f"setting.{name}", []), _kind(about)
        if kind == "flag":
            found[name] = bool(given)
        elif kind == "some":
            found[name] = [int(one) if one.isdigit() and len(one) < 10 else one for one in given]
        elif kind == "lines":
            found[name] = [line for text in given for line in text.splitlines() if line.strip()]
        elif kind == "number":
            found[name] = given[-1].strip() if given else (None if about.default is None else about.default)
        else:
            found[name] = given[-1].strip() if given else ""
    return found


def _base(form: Mapping[str, list[str]]) -> int | None:
    text = form.get("base", [""])[-1]
    if text and not (text.isascii() and text.isdigit() and len(text) < 10):
        raise RequestValidationError([{"loc": ("body", "base"), "msg": "use a number", "type": "int_parsing"}])
    return int(text) if text else None


def _shown(tenant: Tenant, name: str, value: Any, draft: Any, language: PageLanguage) -> Shown:
    texts, about = translations(language), type(tenant.settings).model_fields[name]
    title, help = TITLES.get(name, about.title or name), HELP.get(name, about.description or "")
    options = tuple((str(one), texts.gettext(VALUES.get((name, one), str(one)))) for one in _options(about))
    limits = {type(one).__name__: one for one in about.metadata}
    least, most = getattr(limits.get("Ge"), "ge", None), getattr(limits.get("Le"), "le", None)
    found = draft.verdicts.get(name, []) if draft else []
    verdicts = tuple((one.level, one.text(language)) for one in found)
    shown = "\n".join(value) if _kind(about) == "lines" else value
    named = (name, texts.gettext(title), texts.gettext(help))
    return Shown(*named, _kind(about), shown, options, least, most, verdicts, worst(found) if found else "")


def _kind(about: FieldInfo) -> str:
    if about.annotation is bool:
        return "flag"
    if get_origin(about.annotation) is tuple:
        return "some" if _options(about) else "lines"
    if _options(about):
        return "one"
    return "number" if about.annotation is int or int in get_args(about.annotation) else "text"


def _options(about: FieldInfo) -> list[Any]:
    """The values of a Literal, or of a tuple of them."""
    kind = about.annotation
    inner = get_args(kind)[0] if get_origin(kind) is tuple else kind
    return [one for one in get_args(inner) if not isinstance(one, type)]
