"""Adding a tenant from a description: everything is checked before anything is stored."""

import re
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from include.connectors import registry
from include.koppel import Koppel
from include.store import tenants as rows
from include.tenants import credentials
from include.tenants.tenant import ACTIVE, Tenant, read

SLUG = re.compile(r"[a-z][a-z0-9_]{1,39}")
LONGEST_NAME = 200  # it stands in the names of DAGs, for which Airflow has little room
PARTS = ("company", "package", "settings", "package_access", "simon_access")


class WrongInput(Exception):
    """What was given is not right; ``problems`` name each field, its value and what is allowed."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("; ".join(problems))


def add(koppel: Koppel, slug: str, given: Mapping[str, Any], by: str) -> Tenant:
    """An active tenant. ``given`` has the keys of PARTS. Raises WrongInput; then nothing was stored."""
    _refuse(_shape_problems(slug, given))
    package = registry.connector(given["package"])
    simon = registry.connector(registry.FIELD_SERVICE)
    problems: list[str] = []
    assert package.settings is not None, f"{package.name} is not an accounting package"  # noqa: S101
    settings = _validate("settings", package.settings, given["settings"], problems)
    package_access = _validate("package_access", package.access, given["package_access"], problems)
    simon_access = _validate("simon_access", simon.access, given["simon_access"], problems)
    _refuse(problems)
    with koppel.store.begin() as tx:
        if rows.find(tx, slug):
            raise WrongInput([f"tenant: {slug!r} exists already"])
        tenant_id = rows.add(tx, slug, given["company"].strip(), package.name, ACTIVE, koppel.now())
        rows.save_settings(tx, tenant_id, settings.model_dump(mode="json"), by)
        credentials.put(koppel, tx, tenant_id, package.name, package_access)
        credentials.put(koppel, tx, tenant_id, simon.name, simon_access)
        return read(tx, slug)


def _refuse(problems: list[str]) -> None:
    if problems:
        raise WrongInput(problems)


def _shape_problems(slug: str, given: Mapping[str, Any]) -> list[str]:
    problems = []
    if not SLUG.fullmatch(slug):
        problems.append(f"tenant: {slug!r} is not allowed; use 2 to 40 of a-z, 0-9 and _, starting with a letter")
    if "__" in slug:
        problems.append(f"tenant: {slug!r} is not allowed; use no double underscore")
    problems += [f"{name}: missing" for name in PARTS if name not in given]
    problems += [f"{name}: unknown; use {', '.join(PARTS)}" for name in given if name not in PARTS]
    company = given.get("company", "x")
    if not isinstance(company, str) or not company.strip():
        shown = f"{company!r} is not allowed" if company and not isinstance(company, str) else "empty"
        problems.append(f"company: {shown}; use the company's name")
    elif not company.isprintable() or len(company) > LONGEST_NAME:
        problems.append(f"company: {company[:40]!r} is not allowed; use one line of at most {LONGEST_NAME} characters")
    if "package" in given and given["package"] not in registry.packages():
        problems.append(f"package: {given['package']!r} is not allowed; use {' or '.join(registry.packages())}")
    return problems


def _validate(part: str, kind: type[BaseModel], given: object, problems: list[str]) -> Any:
    """The model, or None with its problems noted; only of settings is the value repeated, the rest is secret."""
    try:
        return kind.model_validate(given)
    except ValidationError as error:
        for found in error.errors(include_url=False, include_context=False):
            field = ".".join(str(step) for step in (part, *found["loc"]))
            if found["type"] == "extra_forbidden":
                problems.append(f"{field}: unknown; use {', '.join(kind.model_fields)}")
            elif part == "settings" and found["loc"] and found["type"] != "missing":
                problems.append(f"{field}: {found['input']!r} is not allowed: {found['msg']}")
            else:
                problems.append(f"{field}: {found['msg']}")
        return None
