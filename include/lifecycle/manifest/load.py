"""Tenants described in YAML files: read, every secret fetched from where the file says it is, and found right in form.

A secret never stands in a file itself: ``{env: NAME}`` or ``{file: PATH}`` says where it is.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import SecretStr

from include.cleanup.wipe import PARTS
from include.connectors import registry
from include.connectors.access import Access
from include.connectors.system import RemoteSystem
from include.context import Context
from include.errors import InvalidInput
from include.tenants import register
from include.tenants.register import TenantSpec

STATES = ("active", "inactive", "paused")
WIPES = ("all", "none")


@dataclass(frozen=True)
class DesiredState:
    """How a tenant is to be. ``wipe`` is None when the file leaves it to the rule: all at first, nothing later."""

    file: str
    described: TenantSpec
    wipe: tuple[str, ...] | None
    state: str

    @property
    def slug(self) -> str:
        return self.described.slug


def read(context: Context, files: Sequence[Path], environment: Mapping[str, str]) -> list[DesiredState]:
    """All tenants of all files. Raises WrongInput with everything that is wrong in any of them."""
    found: list[DesiredState] = []
    problems: list[str] = []
    seen: dict[str, str] = {}
    for file in files:
        try:
            tenants = _tenants(file)
        except InvalidInput as error:
            problems += error.problems
            continue
        for slug, given in tenants.items():
            if slug in seen:
                problems.append(f"{file}: {slug}: described in {seen[slug]} already; once is enough")
            seen[slug] = str(file)
            try:
                found.append(_desired_state(context, file, slug, given, environment))
            except InvalidInput as error:
                problems += [f"{file}: {slug}: {problem}" for problem in error.problems]
    if problems:
        raise InvalidInput(problems)
    return found


def _tenants(file: Path) -> dict[str, Any]:
    try:
        whole = yaml.load(file.read_text(encoding="utf-8-sig"), Loader=_Loader)  # noqa: S506 - a SafeLoader
    except OSError as error:
        raise InvalidInput([f"{file}: {error.strerror}"]) from error
    except UnicodeDecodeError:
        raise InvalidInput([f"{file}: not UTF-8 text"]) from None
    except yaml.MarkedYAMLError as error:  # its own text repeats lines of the file, which may be secret
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise InvalidInput([f"{file}: not YAML: {error.problem}, line {line}"]) from None
    except yaml.YAMLError:
        raise InvalidInput([f"{file}: not YAML"]) from None
    if not isinstance(whole, dict) or set(whole) != {"tenants"} or not isinstance(whole["tenants"], dict):
        raise InvalidInput([f"{file}: use one mapping named tenants, from each tenant's short name to what it is"])
    return {str(slug): given for slug, given in whole["tenants"].items()}


class _Loader(yaml.SafeLoader):  # type: ignore[misc]
    """Refuses a key that stands twice in a mapping, of which YAML would take the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"{key.value!r} stands there twice", key.start_mark)
            seen.add(key.value)
        return dict(super().construct_mapping(node, deep))


def _desired_state(
    context: Context, file: Path, slug: str, given: object, environment: Mapping[str, str]
) -> DesiredState:
    if not isinstance(given, dict):
        raise InvalidInput([f"use a mapping with {', '.join(register.PARTS)}, wipe and state"])
    rest = {str(name): value for name, value in given.items()}
    problems: list[str] = []
    wipe, state = _wipe(rest.pop("wipe", None), problems), _state(rest.pop("state", "active"), problems)
    for part, system in (("package_access", rest.get("package")), ("simon_access", registry.FIELD_SERVICE)):
        if isinstance(rest.get(part), dict) and system in registry.names():
            rest[part] = _fetched(file, registry.system(str(system)), part, rest[part], environment, problems)
    try:
        described = register.parse_spec(context, slug, rest, access=False)
    except InvalidInput as error:
        raise InvalidInput(problems + error.problems) from None
    if problems:
        raise InvalidInput(problems)
    return DesiredState(str(file), described, wipe, state)


def _wipe(value: object, problems: list[str]) -> tuple[str, ...] | None:
    if value is None:
        return None
    if value in WIPES:
        return PARTS if value == "all" else ()
    if isinstance(value, list) and value and all(part in PARTS for part in value):
        return tuple(part for part in PARTS if part in value)
    problems.append(f"wipe: {value!r} is not allowed; use all, none, or a list of {', '.join(PARTS)}")
    return None


def _state(value: object, problems: list[str]) -> str:
    if value not in STATES:
        problems.append(f"state: {value!r} is not allowed; use {', '.join(STATES)}")
    return str(value)


def _fetched(
    file: Path,
    connector: RemoteSystem,
    part: str,
    given: Mapping[str, Any],
    environment: Mapping[str, str],
    problems: list[str],
) -> dict[str, Any]:
    """The access with its secrets in the places of where they are kept; no problem repeats a value."""
    found: dict[str, Any] = {}
    for name, value in given.items():
        where = f"{part}.{name}"
        if isinstance(value, dict):
            found[name] = _secret(file, where, value, environment, problems)
        elif _is_secret(connector.access, str(name)):
            problems.append(f"{where}: a secret does not stand in this file; use {{env: NAME}} or {{file: PATH}}")
            found[name] = "-"  # said once is enough
        else:
            found[name] = value
    return found


def _is_secret(kind: type[Access], name: str) -> bool:
    field = kind.model_fields.get(name)
    return field is None or field.annotation is SecretStr or SecretStr in get_args(field.annotation)


def _secret(
    file: Path, where: str, value: Mapping[str, Any], environment: Mapping[str, str], problems: list[str]
) -> str:
    match value:
        case {"env": str(name)} if len(value) == 1:
            if not (secret := environment.get(name, "")):
                problems.append(f"{where}: the environment variable {name} is not set")
            return secret or "-"
        case {"file": str(path)} if len(value) == 1:
            try:
                return (file.parent / path).read_text(encoding="utf-8").strip() or "-"
            except (OSError, UnicodeDecodeError):
                problems.append(f"{where}: the file {path} cannot be read")
        case _:
            problems.append(f"{where}: use {{env: NAME}} or {{file: PATH}}")
    return "-"
