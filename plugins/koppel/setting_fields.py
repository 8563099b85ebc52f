"""The settings as fields of a form: how each is shown, and what a sent form says."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from include.connectors.settings import PackageSettings, setting_text
from include.messages import Language
from include.settings.check_result import worst
from include.settings.drafts import Draft

Kind = Literal["text", "number", "flag", "choice", "choices", "lines"]


@dataclass(frozen=True)
class SettingField:
    """One setting as a field of the form, with what the check of the draft says about it."""

    name: str
    title: str
    help: str
    kind: Kind
    value: Any
    options: tuple[tuple[str, str], ...]
    least: int | None
    most: int | None
    results: tuple[Any, ...]
    level: str


def setting_fields(settings: PackageSettings, draft: Draft | None, language: Language) -> list[SettingField]:
    """Return the fields of the form, filled in with these settings."""
    values = settings.model_dump(mode="json")
    return [_field(type(settings), name, values[name], draft=draft, language=language) for name in values]


def _field(
    model: type[PackageSettings], name: str, value: Any, *, draft: Draft | None, language: Language
) -> SettingField:
    info, text = model.model_fields[name], setting_text(model, name)
    limits = {type(limit).__name__: limit for limit in info.metadata}
    results = draft.results.get(name, []) if draft else []
    return SettingField(
        name=name,
        title=text.title(language),
        help=text.help(language),
        kind=_kind(info),
        value="\n".join(value) if _kind(info) == "lines" else value,
        options=tuple((str(option), text.choice(option, language)) for option in _options(info)),
        least=getattr(limits.get("Ge"), "ge", None),
        most=getattr(limits.get("Le"), "le", None),
        results=tuple((result.level, result.text(language)) for result in results),
        level=worst(results) if results else "",
    )


def settings_of_form(model: type[PackageSettings], form: Mapping[str, list[str]]) -> dict[str, Any]:
    """Return the settings by name as a form holds them; a box that is not ticked is not sent by a browser."""
    return {name: _value(info, form.get(f"setting.{name}", [])) for name, info in model.model_fields.items()}


def _value(info: FieldInfo, texts: list[str]) -> Any:
    kind = _kind(info)
    if kind == "flag":
        return bool(texts)
    if kind == "choices":
        return [int(text) if text.isdigit() and len(text) < 10 else text for text in texts]
    if kind == "lines":
        return [line for text in texts for line in text.splitlines() if line.strip()]
    if texts:
        return texts[-1].strip()
    return info.default if kind == "number" else ""


def _kind(info: FieldInfo) -> Kind:
    if info.annotation is bool:
        return "flag"
    if get_origin(info.annotation) is tuple:
        return "choices" if _options(info) else "lines"
    if _options(info):
        return "choice"
    return "number" if info.annotation is int or int in get_args(info.annotation) else "text"


def _options(info: FieldInfo) -> list[Any]:
    """Return the values of a Literal, or of a tuple of them."""
    inner = get_args(info.annotation)[0] if get_origin(info.annotation) is tuple else info.annotation
    return [option for option in get_args(inner) if not isinstance(option, type)]
