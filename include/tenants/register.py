"""A tenant's description: everything in it is checked for form before anything is stored; and its first entry."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from include.connectors import registry
from include.connectors.access import Access
from include.connectors.package import Package
from include.connectors.settings import PackageSettings, setting_text
from include.connectors.system import RemoteSystem
from include.context import Context
from include.errors import Conflict, InvalidInput
from include.installation import registration
from include.store import tenants as tenants_table
from include.store.tenants import TransitionRow
from include.tenants.states import TenantState
from include.tenants.tenant import Tenant, read

SLUG = re.compile(r"[a-z][a-z0-9_]{1,39}")
LONGEST_COMPANY = 200  # characters; it is part of the names of DAGs, for which Airflow has little room
PARTS = ("company", "package", "settings", "package_access", "simon_access")

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, kw_only=True)
class TenantSpec:
    """A tenant as somebody described it, its form found right; nothing was asked of any system yet."""

    slug: str
    company: str
    package: Package
    settings: PackageSettings
    package_access: Access | None
    simon_access: Access | None


def parse_spec(context: Context, slug: str, description: Mapping[str, Any], *, needs_access: bool = True) -> TenantSpec:
    """Return the tenant that a mapping with the keys of PARTS describes. Raises InvalidInput.

    Access may be left out where it may be stored already: then it is not needed.
    """
    _raise_problems(_shape_problems(slug, description, needs_access))
    package, simon = registry.package(description["package"]), registry.field_service()
    problems: list[str] = []
    settings = validated("settings", package.settings, description["settings"], problems)
    accesses: dict[str, Access | None] = {}
    for part, system in (("package_access", package), ("simon_access", simon)):
        if part in description:
            values = _with_registration(context, system, description[part])
            accesses[part] = validated(part, system.access, values, problems)
    if settings is None or problems:
        raise InvalidInput(problems)
    return TenantSpec(
        slug=slug,
        company=description["company"].strip(),
        package=package,
        settings=settings,
        package_access=accesses.get("package_access"),
        simon_access=accesses.get("simon_access"),
    )


def register(context: Context, slug: str, company: str, package: str, *, by: str) -> Tenant:
    """Add a tenant, of which nothing is known but its name, and return it. Raises InvalidInput, Conflict."""
    _raise_problems([*_slug_problems(slug), *_company_problems(company), *_package_problems(package)])
    with context.store.begin() as tx:
        if tenants_table.find(tx, slug):
            raise Conflict(f"tenant: {slug!r} exists already")
        tenant_id = tenants_table.add(tx, slug, company.strip(), package, status=TenantState.NEW)
        first = TransitionRow(at=context.now(), by=by, before="", after=TenantState.NEW)
        tenants_table.add_transition(tx, tenant_id, first)
        return read(tx, slug)


def validated(part: str, kind: type[M], values: object, problems: list[str]) -> M | None:
    """Return the model, or None after adding what is wrong to the problems.

    Only of settings is a value repeated; the rest is secret.
    """
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=False)
        problems += [_problem(part, kind, detail) for detail in details]
        return None


def _problem(part: str, kind: type[BaseModel], detail: ErrorDetails) -> str:
    """Return what is wrong with one field, in the form in which all problems with input are reported."""
    field = ".".join(str(step) for step in (part, *detail["loc"]))
    if detail["type"] == "extra_forbidden":
        return f"{field}: unknown; use {', '.join(kind.model_fields)}"
    if part != "settings" or not detail["loc"] or detail["type"] == "missing":
        return f"{field}: {detail['msg']}"
    return f"{field}: {detail['input']!r} is not allowed: {detail['msg']}{_help(kind, str(detail['loc'][0]))}"


def _help(kind: type[BaseModel], name: str) -> str:
    """Return what a setting is for, which says what is allowed where a pattern does not."""
    return f" ({setting_text(kind, name).help('en').rstrip('.')})" if name in kind.model_fields else ""


def _with_registration(context: Context, system: RemoteSystem, access: object) -> object:
    """Add what the vendor gave this installation, which need not be given for each tenant."""
    if system.oauth is None or not isinstance(access, Mapping):
        return access
    return {**registration(context.registered, system.name, system.oauth.registration), **access}


def _raise_problems(problems: Sequence[str]) -> None:
    if problems:
        raise InvalidInput(problems)


def _shape_problems(slug: str, description: Mapping[str, Any], needs_access: bool) -> list[str]:
    problems = _slug_problems(slug)
    needed = [name for name in PARTS if needs_access or not name.endswith("_access")]
    problems += [f"{name}: missing" for name in needed if name not in description]
    problems += [f"{name}: unknown; use {', '.join(PARTS)}" for name in description if name not in PARTS]
    problems += _company_problems(description["company"]) if "company" in description else []
    return problems + (_package_problems(description["package"]) if "package" in description else [])


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
    if not company.isprintable() or len(company) > LONGEST_COMPANY:
        return [f"company: {company[:40]!r} is not allowed; use one line of at most {LONGEST_COMPANY} characters"]
    return []


def _package_problems(package: object) -> list[str]:
    if package in registry.packages():
        return []
    return [f"package: {package!r} is not allowed; use {' or '.join(registry.packages())}"]
