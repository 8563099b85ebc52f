"""Drafts of settings as a person makes, checks and saves them."""

from typing import Any

from include.settings import drafts
from include.settings.check_result import CheckLevel, CheckResult
from include.settings.drafts import Draft
from tests.helpers.tenants import CoupledTenant

BY = "anna"


def change_draft(coupled: CoupledTenant, by: str = BY, **changes: Any) -> Draft:
    return drafts.change(coupled.context, coupled.tenant, changes, by)


def check_draft(coupled: CoupledTenant) -> Draft:
    return drafts.check(coupled.context, coupled.tenant, BY)


def save_draft(coupled: CoupledTenant, **how: Any) -> int:
    return drafts.save(coupled.context, coupled.tenant, BY, **how)


def result_in_order(name: str) -> CheckResult:
    return CheckResult(name, CheckLevel.OK, "settings.ok", name)


def pass_all_checks(coupled: CoupledTenant, names: list[str] | None = None) -> None:
    """Store results as if every check had found nothing wrong: for tests of what comes after the checks."""
    draft = drafts.open_draft(coupled.context, coupled.tenant, BY)
    results = [result_in_order(name) for name in names or type(draft.settings).model_fields]
    drafts.store_results(coupled.context, coupled.tenant, draft.revision, results)
