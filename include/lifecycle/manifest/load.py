"""Manifests: tenants described in YAML files, read, every secret fetched from where it is, and found right in form.

A secret is never in a file itself: ``{env: NAME}`` or ``{file: PATH}`` says where it is.
"""

import sys
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
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

WIPES = ("all", "none")
TEXT_TAG, MERGE_TAG = "tag:yaml.org,2002:str", "tag:yaml.org,2002:merge"
STANDARD_INPUT = Path("-")
PLACEHOLDER = "-"  # in the place of a secret whose problem is reported already


class DesiredStatus(StrEnum):
    """What a manifest wants of a coupling."""

    # It works, or is on its way there.
    ACTIVE = "active"
    # It is deactivated, or was never there.
    INACTIVE = "inactive"
    # It is set up, and waits for somebody to resume it.
    PAUSED = "paused"


@dataclass(frozen=True)
class DesiredState:
    """How a tenant is to be. ``wipe`` is None when the file leaves it to the rule: all at first, nothing later.

    ``terms`` is the version of the terms that the file agrees to; None when it names none.
    """

    file: str
    spec: TenantSpec
    wipe: tuple[str, ...] | None
    status: DesiredStatus
    terms: str | None = None

    @property
    def slug(self) -> str:
        """The tenant's name."""
        return self.spec.slug


def load_manifests(context: Context, files: Sequence[Path], environment: Mapping[str, str]) -> list[DesiredState]:
    """Return all tenants of all files: ``-`` is standard input, a folder stands for the YAML files in it.

    Raises InvalidInput with everything that is wrong in any of them.
    """
    states: list[DesiredState] = []
    problems: list[str] = []
    file_of: dict[str, Path] = {}
    for file in _files(files):
        try:
            tenants = _tenants(file)
        except InvalidInput as error:
            problems += error.problems
            continue
        for slug, description in tenants.items():
            if slug in file_of:
                problems.append(f"{file}: {slug}: described in {file_of[slug]} already; once is enough")
            file_of[slug] = file
            try:
                states.append(_TenantReader(context, file, environment).read(slug, description))
            except InvalidInput as error:
                problems += [f"{file}: {slug}: {problem}" for problem in error.problems]
    if problems:
        raise InvalidInput(problems)
    return states


def _files(named: Sequence[Path]) -> list[Path]:
    """Return the files that are named, those of a folder in the order of their names. Raises InvalidInput."""
    files: list[Path] = []
    for path in named:
        inside = (
            sorted(file for ending in ("*.yaml", "*.yml") for file in path.glob(ending)) if path.is_dir() else [path]
        )
        if not inside:
            raise InvalidInput(f"{path}: there is no YAML file in this folder")
        files += inside
    return files


def _tenants(file: Path) -> dict[str, Any]:
    """Return the descriptions in a file by the tenant's name. Raises InvalidInput."""
    try:
        content = yaml.load(_read(file), Loader=_Loader)  # noqa: S506 - a SafeLoader
    except OSError as error:
        raise InvalidInput(f"{file}: {error.strerror}") from error
    except UnicodeDecodeError:
        raise InvalidInput(f"{file}: not UTF-8 text") from None
    except yaml.MarkedYAMLError as error:  # its own text repeats lines of the file, which may be secret
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise InvalidInput(f"{file}: not YAML: {error.problem}, line {line}") from None
    except yaml.YAMLError:
        raise InvalidInput(f"{file}: not YAML") from None
    if not isinstance(content, dict) or set(content) != {"tenants"} or not isinstance(content["tenants"], dict):
        raise InvalidInput(f"{file}: use one mapping named tenants, from each tenant's short name to what it is")
    return {str(slug): description for slug, description in content["tenants"].items()}


def _read(file: Path) -> str:
    """Return the text of a file, or of standard input. Raises OSError, UnicodeDecodeError."""
    return sys.stdin.buffer.read().decode("utf-8-sig") if file == STANDARD_INPUT else file.read_text("utf-8-sig")


class _Loader(yaml.SafeLoader):  # type: ignore[misc]
    """Refuses a key that is twice in a mapping, of which YAML would take the last, and one that is no text."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = set()
        for key, _ in node.value:
            if key.tag not in (TEXT_TAG, MERGE_TAG):
                raise yaml.constructor.ConstructorError(None, None, _no_text(key), key.start_mark)
            if key.value in keys:
                raise yaml.constructor.ConstructorError(None, None, f"{key.value!r} stands there twice", key.start_mark)
            keys.add(key.value)
        return dict(super().construct_mapping(node, deep))


def _no_text(key: yaml.Node) -> str:
    """Return why a key is refused: a name such as ``on`` or ``1`` is something else to YAML."""
    written = repr(key.value) if isinstance(key, yaml.ScalarNode) else "a list or a mapping"
    return f"{written} is no text, as a name has to be; put a name in quotes"


class _TenantReader:
    """Reads the description of one tenant in a file, and collects what is wrong with it."""

    def __init__(self, context: Context, file: Path, environment: Mapping[str, str]) -> None:
        self._context, self._file, self._environment = context, file, environment
        self._problems: list[str] = []

    def read(self, slug: str, description: object) -> DesiredState:
        """Return how the tenant is to be. Raises InvalidInput."""
        if not isinstance(description, dict):
            raise InvalidInput(f"use a mapping with {', '.join(register.PARTS)}, wipe, state and terms")
        parts = {str(name): value for name, value in description.items()}
        wipe, status = self._wipe(parts.pop("wipe", None)), self._status(parts.pop("state", DesiredStatus.ACTIVE))
        terms = self._terms(parts.pop("terms", None))
        for part, system in (("package_access", parts.get("package")), ("simon_access", registry.FIELD_SERVICE)):
            if isinstance(parts.get(part), dict) and system in registry.names():
                parts[part] = self._fetched(part, registry.system(str(system)), parts[part])
        try:
            spec = register.parse_spec(self._context, slug, parts, needs_access=False)
        except InvalidInput as error:
            raise InvalidInput(self._problems + error.problems) from None
        if self._problems:
            raise InvalidInput(self._problems)
        return DesiredState(str(self._file), spec, wipe, status, terms)

    def _terms(self, value: object) -> str | None:
        """Return the version that the file agrees to; YAML takes some for a number or a day."""
        if value is None or (isinstance(value, str | int | float | date) and not isinstance(value, bool)):
            return None if value is None else str(value).strip()
        self._problems.append(
            f"terms: {value!r} is not allowed; use the version, such as {self._context.terms.version!r}"
        )
        return None

    def _wipe(self, value: object) -> tuple[str, ...] | None:
        if value is None:
            return None
        if value in WIPES:
            return PARTS if value == "all" else ()
        if isinstance(value, list) and value and all(part in PARTS for part in value):
            return tuple(part for part in PARTS if part in value)
        self._problems.append(f"wipe: {value!r} is not allowed; use all, none, or a list of {', '.join(PARTS)}")
        return None

    def _status(self, value: object) -> DesiredStatus:
        if value in list(DesiredStatus):
            return DesiredStatus(str(value))
        self._problems.append(f"state: {value!r} is not allowed; use {', '.join(DesiredStatus)}")
        return DesiredStatus.ACTIVE

    def _fetched(self, part: str, system: RemoteSystem, access: Mapping[str, Any]) -> dict[str, Any]:
        """Return an access with its secrets in the places of where they are; no problem repeats a value."""
        values: dict[str, Any] = {}
        for name, value in access.items():
            field = f"{part}.{name}"
            if isinstance(value, dict):
                values[name] = self._secret(field, value)
            elif _is_secret(system.access, str(name)):
                self._problems.append(
                    f"{field}: a secret does not stand in this file; use {{env: NAME}} or {{file: PATH}}"
                )
                values[name] = PLACEHOLDER
            else:
                values[name] = value
        return values

    def _secret(self, field: str, place: Mapping[str, Any]) -> str:
        """Return the secret that is in a place, or PLACEHOLDER with a problem."""
        secret = ""
        match place:
            case {"env": str(name)} if len(place) == 1:
                if not (secret := self._environment.get(name, "")):
                    self._problems.append(f"{field}: the environment variable {name} is not set")
            case {"file": str(path)} if len(place) == 1:
                try:
                    secret = (self._file.parent / path).read_text(encoding="utf-8").rstrip("\r\n")
                except (OSError, UnicodeDecodeError):
                    self._problems.append(f"{field}: the file {path} cannot be read")
            case _:
                self._problems.append(f"{field}: use {{env: NAME}} or {{file: PATH}}")
        return secret or PLACEHOLDER


def _is_secret(kind: type[Access], name: str) -> bool:
    field = kind.model_fields.get(name)
    return field is None or field.annotation is SecretStr or SecretStr in get_args(field.annotation)
