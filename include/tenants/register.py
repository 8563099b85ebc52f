"""A tenant's description: everything in it is checked for form before anything is stored; and its first entry."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from include.connectors import registry
from include.connectors.access import Access
from include.connectors.package import Package
from include.connectors.settings import PackageSettings, setting_text
from include.connectors.system import RemoteSystem
from include.context import Context
from include.errors import InvalidInput
from include.installation import registration
from include.store import tenants as tenants_table
from include.store.tenants import TransitionRow
from include.tenants.states import TenantState
from include.tenants.tenant import Tenant, read

SLUG = re.compile(r"[a-z][a-z0-9_]{1,39}")
LONGEST_NAME = 200  # it stands in the names of DAGs, for which Airflow has little room
PARTS = ("company", "package", "settings", "package_access", "simon_access")


@dataclass(frozen=True)
class TenantSpec:
    """A tenant as somebody described it, its form found right; nothing was asked of any system yet."""

    slug: str
    company: str
    package: Package
    settings: PackageSettings
    package_access: Access | None
    simon_access: Access | None


def parse_spec(context: Context, slug: str, given: Mapping[str, Any], access: bool = True) -> TenantSpec:
    """``given`` has the keys of PARTS; what may be stored already, not always the ``access``. Raises WrongInput."""
    _refuse(_shape_problems(slug, given, access))
    package = registry.package(given["package"])
    simon = registry.field_service()
    problems: list[str] = []
    settings = validated("settings", package.settings, given["settings"], problems)
    found = {}
    for part, connector in (("package_access", package), ("simon_access", simon)):
        if part in given:
            found[part] = validated(part, connector.access, _whole(context, connector, given[part]), problems)
    _refuse(problems)
    accesses = (found.get("package_access"), found.get("simon_access"))
    return TenantSpec(slug, given["company"].strip(), package, settings, *accesses)


def _whole(context: Context, connector: RemoteSystem, access: object) -> object:
    """With what the vendor gave this installation, which need not be given for each tenant."""
    if connector.oauth is None or not isinstance(access, Mapping):
        return access
    return {**registration(context.registered, connector.name, connector.oauth.registration), **access}


def register(context: Context, slug: str, company: str, package: str, by: str) -> Tenant:
    """A new tenant, of which nothing is known but its name. Raises WrongInput."""
    _refuse(_name_problems(slug, company, package))
    with context.store.begin() as tx:
        if tenants_table.find(tx, slug):
            raise InvalidInput([f"tenant: {slug!r} exists already"])
        tenant_id = tenants_table.add(tx, slug, company.strip(), package, status=TenantState.NEW)
        first = TransitionRow(at=context.now(), by=by, before="", after=TenantState.NEW)
        tenants_table.add_transition(tx, tenant_id, first)
        return read(tx, slug)


def _refuse(problems: list[str]) -> None:
    if problems:
        raise InvalidInput(problems)


def _shape_problems(slug: str, given: Mapping[str, Any], access: bool) -> list[str]:
    problems = _slug_problems(slug)
    needed = [name for name in PARTS if access or not name.endswith("_access")]
    problems += [f"{name}: missing" for name in needed if name not in given]
    problems += [f"{name}: unknown; use {', '.join(PARTS)}" for name in given if name not in PARTS]
    problems += _company_problems(given.get("company", "x"))
    return problems + (_package_problems(given["package"]) if "package" in given else [])


def _name_problems(slug: str, company: str, package: str) -> list[str]:
    return [*_slug_problems(slug), *_company_problems(company), *_package_problems(package)]


def _slug_problems(slug: str) -> list[str]:
    problems = []
    if not SLUG.fullmatch(slug):
        problems.append(f"tenant: {slug!r} is not allowed; use 2 to 40 of a-z, 0-9 and _, starting with a letter")
    if "__" in slug:
        problems.append(f"tenant: {slug!r} is not allowed; use no double underscore")
    return problems


def _company_problems(company: object) -> list[str]:
    if not isinstance(company, str) or not company.strip():
        shown = f"{company!r} is not allowed" if company and not isinstance(company, str) else "empty"
        return [f"company: {shown}; use the company's name"]
    if not company.isprintable() or len(company) > LONGEST_NAME:
        return [f"company: {company[:40]!r} is not allowed; use one line of at most {LONGEST_NAME} characters"]
    return []


def _package_problems(package: object) -> list[str]:
    if package in registry.packages():
        return []
    return [f"package: {package!r} is not allowed; use {' or '.join(registry.packages())}"]


def validated(part: str, kind: type[BaseModel], given: object, problems: list[str]) -> Any:
    """The model, or None with its problems noted; only of settings is the value repeated, the rest is secret."""
    try:
        return kind.model_validate(given)
    except ValidationError as error:
        for found in error.errors(include_url=False, include_context=False):
            field = ".".join(str(step) for step in (part, *found["loc"]))
            if found["type"] == "extra_forbidden":
                problems.append(f"{field}: unknown; use {', '.join(kind.model_fields)}")
            elif part == "settings" and found["loc"] and found["type"] != "missing":
                about = _about(kind, str(found["loc"][0]))
                problems.append(f"{field}: {found['input']!r} is not allowed: {found['msg']}{about}")
            else:
                problems.append(f"{field}: {found['msg']}")
        return None


def _about(kind: type[BaseModel], name: str) -> str:
    """What the field is for, which says what is allowed where a pattern does not."""
    return f" ({setting_text(kind, name).help('en').rstrip('.')})" if name in kind.model_fields else ""
